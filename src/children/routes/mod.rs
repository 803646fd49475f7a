//! Children: list, search, registration; the file and what is done with it.

mod consents;
mod file;
mod guardians;
mod moves;

use axum::extract::State;

use super::{
    alike::{self, Alike},
    forms::{self, ChildForm},
    list::{Children, street_names},
    places, queries,
    service::{self, Registered},
    similar,
    views::{NewPage, Options, SearchPage, SimilarPart},
};
use crate::{
    access::Can,
    organisations::naming,
    platform::{App, Errors, Result},
    web::{Answer, Ctx, Form, List, Page, Routes},
};

/// The routes of children.
pub fn routes() -> Routes {
    Routes::new()
        .merge(super::departure::routes::routes())
        .list::<Children>()
        .get("/search", Can::ViewChildren, search)
        .get("/children/new", Can::EditChildren, new)
        .post("/children/similar", Can::EditChildren, similar_part)
        .post("/children", Can::EditChildren, create)
        .page_of("child", "/children/{id}", Can::ViewChildren, file::show)
        .post("/children/{id}", Can::EditChildren, file::update)
        .get("/children/{id}/edit", Can::EditChildren, file::edit)
        .post("/children/{id}/identity", Can::Unmask, file::identity)
        .post("/children/{id}/disability-card", Can::Unmask, file::disability_card)
        .get("/children/{id}/guardians/new", Can::EditChildren, guardians::new)
        .post("/children/{id}/guardians", Can::EditChildren, guardians::create)
        .post("/children/{id}/guardians/shared", Can::EditChildren, guardians::share)
        .get(
            "/children/{id}/guardians/{tie}/edit",
            Can::EditChildren,
            guardians::edit,
        )
        .post("/children/{id}/guardians/{tie}", Can::EditChildren, guardians::update)
        .post(
            "/children/{id}/guardians/{tie}/ending",
            Can::EditChildren,
            guardians::end,
        )
        .post("/children/{id}/guardians/{tie}/phone", Can::Unmask, file::phone)
        .get("/children/{id}/consents", Can::ViewChildren, consents::index)
        .post("/children/{id}/consents", Can::EditChildren, consents::create)
        .post(
            "/children/{id}/consents/{consent}/withdrawal",
            Can::EditChildren,
            consents::withdraw,
        )
        .get("/children/{id}/moves", Can::EditChildren, moves::index)
        .post("/children/{id}/moves", Can::EditChildren, moves::create)
        .get("/children/{id}/views", Can::ViewChildren, file::views)
}

async fn search(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let found = if list.term().is_empty() {
        Page::place(1, 0)
    } else {
        queries::page(&app, &ctx.actor, &list).await?
    };
    let names = street_names(&app, &found.rows, &[]).await?;
    ctx.page(&SearchPage {
        today: ctx.actor.today(),
        list,
        found,
        names,
    })
}

async fn new(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.page(&new_page(&app, &ctx, forms::blank(), Errors::default()).await?)
}

async fn new_page(app: &App, ctx: &Ctx, form: ChildForm, errors: Errors) -> Result<NewPage> {
    let household = naming::typed(&*app.db, &form.household_division).await?;
    let division = places::registers_in(&*app.db, &ctx.actor, &form.division).await?;
    Ok(NewPage {
        options: Options::of(ctx.language, &form, household, division),
        confirmed: form.confirmed == "true",
        form,
        errors,
        no_errors: Errors::default(),
        alike: Alike::default(),
    })
}

/// While the form is typed it is rarely complete, so what can be compared is compared.
async fn similar_part(State(app): State<App>, ctx: Ctx, Form(form): Form<ChildForm>) -> Answer {
    let alike = match form.features(&app.keys)? {
        None => Alike::default(),
        Some(_) if is_spent(&app, &ctx).await? => Alike::spent(),
        Some(features) => alike::tell(&app, &ctx.actor, similar::find(&*app.db, &features, None).await?).await?,
    };
    ctx.page(&SimilarPart {
        no_errors: Errors::default(),
        alike,
        confirmed: form.confirmed == "true",
    })
}

async fn is_spent(app: &App, ctx: &Ctx) -> Result<bool> {
    alike::is_spent(&*app.db, &ctx.actor, app.config.likenesses_per_day).await
}

async fn create(State(app): State<App>, ctx: Ctx, Form(mut form): Form<ChildForm>) -> Answer {
    naming::settle(&*app.db, &mut form.division).await?;
    naming::settle(&*app.db, &mut form.household_division).await?;
    let confirmed = form.confirmed == "true";
    let done = async {
        let new = form.registration(ctx.actor.today())?;
        // Said in any case, so that it says nothing about this child.
        if !confirmed && is_spent(&app, &ctx).await? {
            return ask_again(&app, &ctx, form.clone(), Alike::spent()).await;
        }
        match service::register(&app, &ctx.actor, &new, confirmed).await? {
            Registered::Done(id) => ctx.go(format!("/children/{id}")).saying("child.registered").answer(),
            Registered::Similar(similar) => {
                let alike = alike::tell(&app, &ctx.actor, similar).await?;
                ask_again(&app, &ctx, form.clone(), alike).await
            }
        }
    };
    ctx.after(done.await, |errors| new_page(&app, &ctx, form, errors)).await
}

/// The form again, with the question whether it is another child.
async fn ask_again(app: &App, ctx: &Ctx, form: ChildForm, alike: Alike) -> Answer {
    let errors = Errors::field("confirmed", alike.title());
    let mut page = new_page(app, ctx, form, errors).await?;
    page.alike = alike;
    ctx.conflict(&page)
}
