//! Choosing an instrument for a child and a day.

use axum::extract::State;
use entities::{ChildId, child::child};

use crate::{
    assessment::{
        forms::{self, NewForm},
        instruments::library,
        service, sheet,
        views::{NewPage, Offer, tongue},
    },
    children::{
        self, age_on,
        service::{survivor, view_page},
    },
    platform::{App, Check, Error, Result},
    screening::{instruments::Package, screen::rules::CHECKLIST},
    web::{Answer, Ctx, Form, Query},
};

pub(super) async fn new(State(app): State<App>, ctx: Ctx, Query(mut form): Query<NewForm>) -> Answer {
    let id: ChildId = form.child.parse().map_err(|_| Error::NotFound)?;
    let child = view_page(&app, &ctx.actor, id, "assessments").await?;
    if form.performed_on.is_empty() {
        form.performed_on = ctx.actor.today().to_string();
    }
    ctx.page(&new_page(&app, &ctx, child, form).await?)
}

async fn new_page(app: &App, ctx: &Ctx, child: child::Model, form: NewForm) -> Result<NewPage> {
    let here = library::load(&*app.db).await?;
    let (tongue, today) = (tongue(ctx), ctx.actor.today());
    let mut check = Check::default();
    let day = forms::day(&mut check, &form.performed_on, child.birth_on, today);
    let rules = children::service::check_age_rules(&*app.db, &child.district, &ctx.actor).await?;
    let months = day.and_then(|day| sheet::age_months(&child, &rules.preterm, day));
    let (offers, others): (Vec<&Package>, Vec<&Package>) = here
        .current()
        .into_iter()
        .filter(|package| package.code != CHECKLIST && (app.config.demo || !package.is_example()))
        .partition(|package| months.is_some_and(|(months, _)| sheet::fits(package, months)));
    let offer = |packages: Vec<&Package>| -> Vec<Offer> {
        packages
            .into_iter()
            .map(|p| Offer::of(p, &form.instrument, tongue))
            .collect()
    };
    Ok(NewPage {
        age: day.map(|day| age_on(child.birth_on, day)),
        corrected: months.is_some_and(|(_, corrected)| corrected),
        offers: offer(offers),
        others: offer(others),
        errors: check.done(Some(())).err().unwrap_or_default(),
        today: today.to_string(),
        child,
        form,
    })
}

pub(super) async fn create(State(app): State<App>, ctx: Ctx, Form(form): Form<NewForm>) -> Answer {
    let id: ChildId = form.child.parse().map_err(|_| Error::NotFound)?;
    let child = survivor(&app, &ctx.actor, id).await?;
    let page = new_page(&app, &ctx, child, form).await?;
    let done = async {
        let offered: Vec<&str> = page.offers.iter().map(|offer| offer.code.as_str()).collect();
        let today = ctx.actor.today();
        let new = page.form.input(page.child.id, page.child.birth_on, today, &offered)?;
        let (id, is_new) = service::begin(&app, &ctx.actor, &new).await?;
        let go = ctx.go(format!("/assessments/{id}"));
        if is_new {
            go.answer()
        } else {
            go.warning("assessment.goes_on").answer()
        }
    };
    ctx.after(done.await, async |errors| Ok(NewPage { errors, ..page }))
        .await
}
