//! The file itself: shown, opened to the eye, corrected, and who looked at it.

use axum::{extract::State, response::Response};
use entities::{ChildId, GuardianshipId, child::child, child::residence};

use crate::{
    access::scope,
    children::{
        corrections::{self, Corrects},
        file_page::{self, FilePage},
        forms::ChildForm,
        guardians,
        phones::{self, Phone, PhonePart},
        places, queries, service,
        views::{EditPage, Options, ViewsPage},
    },
    organisations::{naming, queries as organisations},
    person::Ethnicity,
    platform::{App, Error, Errors, Result, Say, Version},
    web::{
        Answer, Ctx, Form, List, Path, PlaceField, Query, draft,
        reveal::{self, Shown},
    },
};

pub(super) async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = service::survivor(&app, &ctx.actor, id).await?;
    if child.id != id {
        return ctx
            .go(format!("/children/{}", child.id))
            .warning("child.forwarded")
            .answer();
    }
    let child = service::view(&app, &ctx.actor, id).await?;
    file(&app, &ctx, child).await
}

async fn file(app: &App, ctx: &Ctx, child: child::Model) -> Answer {
    let db = &*app.db;
    let household = match &child.household_division {
        Some(code) => places::full_name(db, code).await?,
        None => String::new(),
    };
    ctx.page(&FilePage {
        ethnicity: Ethnicity::find(&child.ethnicity).map_or_else(String::new, |e| e.name(ctx.language)),
        household,
        lives: places::full_name(db, &child.division).await?,
        guardians: queries::guardians(db, child.id).await?,
        siblings: queries::siblings(app, &ctx.actor, child.id).await?,
        consents: queries::consents(db, child.id).await?,
        residences: residences(app, child.id).await?,
        messages: queries::last_messages(db, child.id).await?,
        merged: queries::merged_files(db, child.id).await?,
        shown: Shown::now(app, ctx).await?,
        today: ctx.actor.today(),
        language: ctx.language,
        child,
    })
}

pub(super) async fn residences(app: &App, id: ChildId) -> Result<Vec<(String, residence::Model)>> {
    let mut named = Vec::new();
    for place in queries::residences(&*app.db, id).await? {
        let name = places::full_name(&*app.db, &place.division).await?;
        named.push((name, place));
    }
    Ok(named)
}

pub(super) async fn identity(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let identity_no = service::identity_no(&app, &ctx.actor, id).await?;
    let child = service::survivor(&app, &ctx.actor, id).await?;
    let place = file_page::identity(child.id);
    reveal::show(&app, &ctx, &place, &identity_no).await?;
    ctx.back_to(&format!("/children/{}", child.id), &place).answer()
}

pub(super) async fn disability_card(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let card_no = service::disability_card_no(&app, &ctx.actor, id).await?;
    let child = service::survivor(&app, &ctx.actor, id).await?;
    let place = file_page::card(child.id);
    reveal::show(&app, &ctx, &place, &card_no).await?;
    ctx.back_to(&format!("/children/{}", child.id), &place).answer()
}

pub(super) async fn phone(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, tie)): Path<(ChildId, GuardianshipId)>,
) -> Answer {
    let phone = guardians::phone(&app, &ctx.actor, id, tie).await?;
    let child = service::survivor(&app, &ctx.actor, id).await?;
    let place = phones::place(tie);
    let shown = reveal::show(&app, &ctx, &place, &phone).await?;
    if !ctx.htmx {
        return ctx.back_to(&format!("/children/{}", child.id), &place).answer();
    }
    let (tie, person) = guardians::tie(&*app.db, child.id, tie).await?;
    let one = Phone {
        fresh: true,
        ..Phone::of(&shown, &tie, &person)
    };
    ctx.page(&PhonePart { one })
}

/// What shows a number is no page: whoever opens its address is led to the file that it belongs to.
pub(super) async fn belongs(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>) -> Answer {
    let child = service::survivor(&app, &ctx.actor, id).await?;
    ctx.go(format!("/children/{}", child.id)).answer()
}

/// The same where the address names a guardian.
pub(super) async fn phone_belongs(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, tie)): Path<(ChildId, GuardianshipId)>,
) -> Answer {
    let child = service::survivor(&app, &ctx.actor, id).await?;
    guardians::tie(&*app.db, child.id, tie).await?;
    ctx.go(format!("/children/{}", child.id)).answer()
}

pub(super) async fn edit(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Query(opened): Query<draft::Opened>,
) -> Answer {
    let child = service::view_page(&app, &ctx.actor, id, "edit").await?;
    let kept: Option<ChildForm> = draft::load(&app, &ctx, &corrections::form(child.id), &opened).await?;
    let restored = kept.is_some();
    let form = kept.unwrap_or_else(|| ChildForm::of(&child));
    let page = edit_page(&app, &ctx, child, form, Errors::default(), Vec::new()).await?;
    ctx.page(&EditPage { restored, ..page })
}

/// What is typed of a correction is kept; that its effects were read is said anew.
pub(super) async fn keep(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Query(asked): Query<draft::Asked>,
    Form(form): Form<ChildForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let typed = unconfirmed(&form);
    draft::store(
        &app,
        &ctx,
        &child.district,
        &corrections::form(child.id),
        &typed,
        &asked,
    )
    .await
}

fn unconfirmed(form: &ChildForm) -> ChildForm {
    ChildForm {
        confirmed: String::new(),
        ..form.clone()
    }
}

async fn edit_page(
    app: &App,
    ctx: &Ctx,
    child: child::Model,
    mut form: ChildForm,
    errors: Errors,
    judged: Vec<Say>,
) -> Result<EditPage> {
    let household = naming::typed(&*app.db, &form.household_division).await?;
    let stale = !Version::typed(&form.version).is(child.version);
    let differing = stale.then(|| form.differing(&ChildForm::of(&child), ctx.language));
    // Whoever has seen the difference and saves again means it.
    form.version = child.version.to_string();
    Ok(EditPage {
        options: Options::of(ctx.language, &form, household, PlaceField::default()),
        child,
        form,
        errors,
        differing: differing.unwrap_or_default(),
        judged,
        restored: false,
    })
}

pub(super) async fn update(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Form(mut form): Form<ChildForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    naming::settle(&*app.db, &mut form.household_division).await?;
    let mut judged = Vec::new();
    let done = async {
        let to = form.correction(ctx.actor.today(), child.identity_kind)?;
        let confirmed = form.confirmed == "true";
        if let Corrects::Judged(told) = corrections::correct(&app, &ctx.actor, id, &to, confirmed).await? {
            judged = told;
            // Whoever goes back finds the form as it was sent.
            let (path, typed) = (corrections::form(child.id), unconfirmed(&form));
            draft::on_the_way(&app, &ctx, &child.district, &path, &typed).await?;
            return Err(Error::field("confirmed", "judged.confirm"));
        }
        ctx.go(format!("/children/{id}")).saying("child.corrected").answer()
    };
    ctx.after(done.await, async |errors| {
        let present = scope::child(&*app.db, &ctx.actor, id).await?;
        edit_page(&app, &ctx, present, form, errors, judged).await
    })
    .await
}

pub(super) async fn views(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    list: List,
) -> std::result::Result<Response, Error> {
    let child = service::view_page(&app, &ctx.actor, id, "views").await?;
    let found = queries::views(&app, child.id, &list).await?;
    let ids = found.rows.iter().filter_map(|view| view.organisation_id);
    let names = organisations::names(&*app.db, ids).await?;
    let people = crate::account::queries::names(&*app.db, found.rows.iter().filter_map(|view| view.account_id)).await?;
    ctx.page(&ViewsPage {
        child,
        people,
        list,
        found,
        names,
    })
}
