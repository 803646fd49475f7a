//! Children: list, search, registration; the file and what is done with it.

mod consents;
mod file;
mod guardians;
mod moves;

use axum::{extract::State, response::IntoResponse as _};
use serde::Deserialize;

use super::{
    alike::{self, Alike},
    claims,
    forms::{self, ChildForm},
    list::{Children, street_names},
    places, queries,
    reuse::Differing,
    service::{self, Answers, Registered},
    similar,
    views::{NewPage, Options, SearchPage, SimilarPart, SuggestionsPart},
};
use crate::{
    access::Can,
    organisations::naming,
    person::likeness::{Reason, is_citizen},
    platform::{App, Check, Errors, Result, Say},
    web::{Answer, Ctx, Form, List, Page, Query, Routes, draft},
};

/// The routes of children.
pub fn routes() -> Routes {
    Routes::new()
        .merge(super::departure::routes::routes())
        .merge(claims::routes::routes())
        .list::<Children>()
        .get("/search", Can::ViewChildren, search)
        .post("/search/suggestions", Can::ViewChildren, suggest)
        .get(service::FORM, Can::EditChildren, new)
        .post("/children/new/draft", Can::EditChildren, keep)
        .post("/children/similar", Can::EditChildren, similar_part)
        .post("/children", Can::EditChildren, create)
        .page_of("child", "/children/{id}", Can::ViewChildren, file::show)
        .post("/children/{id}", Can::EditChildren, file::update)
        .get("/children/{id}/edit", Can::EditChildren, file::edit)
        .post("/children/{id}/edit/draft", Can::EditChildren, file::keep)
        .get("/children/{id}/identity", Can::ViewChildren, file::belongs)
        .post("/children/{id}/identity", Can::Unmask, file::identity)
        .get("/children/{id}/disability-card", Can::ViewChildren, file::belongs)
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
        .get(
            "/children/{id}/guardians/{tie}/phone",
            Can::ViewChildren,
            file::phone_belongs,
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

/// What a search finds; one child alone is opened.
async fn search(State(app): State<App>, ctx: Ctx, list: List) -> Answer {
    let found = if list.term().is_empty() {
        Page::place(1, 0)
    } else {
        queries::page(&app, &ctx.actor, &list).await?
    };
    if let ([only], 1) = (found.rows.as_slice(), found.total) {
        let file = format!("/children/{}", only.id);
        // A part of the page would take the place of the list.
        return if ctx.htmx {
            Ok([("HX-Redirect", file)].into_response())
        } else {
            ctx.go(file).answer()
        };
    }
    let names = street_names(&app, &found.rows, &[]).await?;
    ctx.page(&SearchPage {
        today: ctx.actor.today(),
        list,
        found,
        names,
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct SuggestForm {
    q: String,
}

/// While a term is typed: the first few whom it finds. Posted, so that nobody's name stands in an address.
async fn suggest(State(app): State<App>, ctx: Ctx, Form(form): Form<SuggestForm>) -> Answer {
    let term = form.q.trim();
    let (rows, more) = queries::suggestions(&app, &ctx.actor, term).await?;
    ctx.page(&SuggestionsPart {
        none: rows.is_empty() && !term.is_empty(),
        rows,
        more,
    })
}

async fn new(State(app): State<App>, ctx: Ctx, Query(opened): Query<draft::Opened>) -> Answer {
    let kept: Option<ChildForm> = draft::load(&app, &ctx, service::FORM, &opened).await?;
    let restored = kept.is_some();
    let form = kept.unwrap_or_else(forms::blank);
    let page = new_page(&app, &ctx, form, Errors::default()).await?;
    ctx.page(&NewPage { restored, ..page })
}

/// Whether it is another child is asked anew.
fn kept(form: ChildForm) -> ChildForm {
    ChildForm {
        confirmed: String::new(),
        ..form
    }
}

/// What is typed is kept.
async fn keep(
    State(app): State<App>,
    ctx: Ctx,
    Query(asked): Query<draft::Asked>,
    Form(form): Form<ChildForm>,
) -> Answer {
    let form = kept(form);
    draft::store(
        &app,
        &ctx,
        service::registers_in(&ctx.actor),
        service::FORM,
        &form,
        &asked,
    )
    .await
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
        restored: false,
        taken: false,
        has_claims: claims::queries::are_there(&*app.db, &ctx.actor).await?,
    })
}

/// While the form is typed it is rarely complete, so what can be compared is compared.
async fn similar_part(State(app): State<App>, ctx: Ctx, Form(form): Form<ChildForm>) -> Answer {
    let mut taken = false;
    let alike = match form.features(&app.keys)? {
        None => Alike::default(),
        Some(_) if is_spent(&app, &ctx).await? => Alike::spent(),
        Some(features) => {
            let similar = similar::find(&*app.db, &features, None).await?;
            taken = is_citizen(features.identity_kind)
                && similar
                    .iter()
                    .any(|one| one.reasons.contains(&Reason::Identity) && is_citizen(one.child.identity_kind));
            alike::tell(&app, &ctx.actor, similar).await?
        }
    };
    ctx.page(&SimilarPart {
        no_errors: Errors::default(),
        alike,
        confirmed: form.confirmed == "true",
        taken,
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
        let answers = Answers {
            another: confirmed,
            guardians: [&form.guardian1_differing, &form.guardian2_differing].map(|text| Differing::typed(text)),
        };
        let (registered, reused) = service::register_answered(&app, &ctx.actor, &new, &answers).await?;
        match registered {
            Registered::Done(id) if reused.is_empty() => {
                ctx.go(format!("/children/{id}")).saying("child.registered").answer()
            }
            Registered::Done(id) => {
                let what: Vec<String> = reused.iter().map(|one| ctx.say(one.say())).collect();
                let say = Say::new("child.registered.reused").with("what", what.join(" "));
                ctx.go(format!("/children/{id}")).saying(say).answer()
            }
            Registered::Similar(similar) => {
                let alike = alike::tell(&app, &ctx.actor, similar).await?;
                ask_again(&app, &ctx, form.clone(), alike).await
            }
            Registered::Taken(_) if !form.claim_reason.trim().is_empty() => {
                let mut check = Check::default();
                let reason = check.note("claim_reason", &form.claim_reason, claims::routes::LONGEST);
                let claim = claims::propose(&app, &ctx.actor, &form, &new, &check.done(reason)?).await?;
                ctx.go(format!("/number-claims/{claim}"))
                    .saying("claim.proposed")
                    .answer()
            }
            Registered::Taken(similar) => {
                let alike = alike::tell(&app, &ctx.actor, similar).await?;
                on_the_way(&app, &ctx, &form).await?;
                let mut page = new_page(
                    &app,
                    &ctx,
                    form.clone(),
                    Errors::field("identity_no", "child.number_taken"),
                )
                .await?;
                page.alike = alike;
                page.taken = true;
                ctx.conflict(&page)
            }
        }
    };
    ctx.after(done.await, |errors| new_page(&app, &ctx, form, errors)).await
}

/// Whoever goes back from the question finds the form as it was sent.
async fn on_the_way(app: &App, ctx: &Ctx, form: &ChildForm) -> Result<()> {
    let district = service::registers_in(&ctx.actor);
    draft::on_the_way(app, ctx, district, service::FORM, &kept(form.clone())).await
}

/// The form again, with the question whether it is another child.
async fn ask_again(app: &App, ctx: &Ctx, form: ChildForm, alike: Alike) -> Answer {
    on_the_way(app, ctx, &form).await?;
    let errors = Errors::field("confirmed", alike.title());
    let mut page = new_page(app, ctx, form, errors).await?;
    page.alike = alike;
    ctx.conflict(&page)
}
