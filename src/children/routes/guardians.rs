//! Guardians of a child: added, shared with a sibling, corrected, ended.

use axum::extract::State;
use entities::{
    ChildId, GuardianId, GuardianshipId,
    child::child,
    words::{Kinship, Language},
};

use crate::{
    access::scope,
    children::{
        forms::{DayForm, GuardianForm, SharedGuardianForm},
        guardians, queries, service,
        views::GuardianPage,
    },
    platform::{App, Check, Error, Errors, Result},
    web::{Answer, Ctx, Form, Path, Query, choices},
};

#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct SiblingQuery {
    sibling: String,
}

pub(super) async fn new(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Query(query): Query<SiblingQuery>,
) -> Answer {
    let child = service::view_page(&app, &ctx.actor, id, "guardians").await?;
    let mut page = guardian_page(&ctx, child, GuardianForm::blank());
    if let Some(sibling) = queries::by_file_no(&app, &ctx.actor, &query.sibling).await?
        && sibling.id != page.child.id
    {
        let ties = queries::guardians(&*app.db, sibling.id).await?;
        let current = ties.into_iter().filter(|(tie, _)| tie.ended_on.is_none());
        page.offered = current.map(|(_, person)| person).collect();
    }
    page.sibling = query.sibling;
    ctx.page(&page)
}

fn guardian_page(ctx: &Ctx, child: child::Model, form: GuardianForm) -> GuardianPage {
    GuardianPage {
        title: "guardian.add",
        target: format!("/children/{}/guardians", child.id),
        kinships: choices::<Kinship>(ctx.language, &form.kinship),
        languages: choices::<Language>(ctx.language, &form.language),
        child,
        form,
        errors: Errors::default(),
        no_errors: Errors::default(),
        shared: false,
        has_phone: false,
        phone_hint: "",
        ends: None,
        ended_on: String::new(),
        end_errors: Errors::default(),
        sibling: String::new(),
        offered: Vec::new(),
    }
}

pub(super) async fn create(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Form(form): Form<GuardianForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let outcome = match form.alone() {
        Ok(new) => guardians::add(&app, &ctx.actor, id, &new, form.first == "true").await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ctx.go(format!("/children/{id}")).saying("guardian.added").answer(),
        Err(Error::Invalid(errors)) => {
            let mut page = guardian_page(&ctx, child, form);
            page.errors = *errors;
            ctx.invalid(&page)
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn share(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Form(form): Form<SharedGuardianForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let mut check = Check::default();
    let guardian = check.parse::<GuardianId>("guardian_id", &form.guardian_id);
    let kinship = check.word::<Kinship>("kinship", &form.kinship);
    let outcome = match check.done(guardian.zip(kinship)) {
        Ok((guardian, kinship)) => guardians::share(&app, &ctx.actor, id, guardian, kinship).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ctx.go(format!("/children/{id}")).saying("guardian.added").answer(),
        Err(Error::Invalid(errors)) => {
            let mut page = guardian_page(&ctx, child, GuardianForm::blank());
            page.errors = *errors;
            ctx.invalid(&page)
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn edit(State(app): State<App>, ctx: Ctx, Path((id, tie)): Path<(ChildId, GuardianshipId)>) -> Answer {
    let child = service::view_page(&app, &ctx.actor, id, "guardians").await?;
    let (tie, person) = guardians::tie(&*app.db, child.id, tie).await?;
    let form = GuardianForm::of(&tie, &person);
    ctx.page(&correction_page(&app, &ctx, child, (tie, person), form).await?)
}

async fn correction_page(
    app: &App,
    ctx: &Ctx,
    child: child::Model,
    (tie, person): guardians::Tie,
    form: GuardianForm,
) -> Result<GuardianPage> {
    let mut page = guardian_page(ctx, child, form);
    page.title = "guardian.edit";
    page.target = format!("/children/{}/guardians/{}", page.child.id, tie.id);
    page.shared = guardians::children_of(&*app.db, person.id).await? > 1;
    page.has_phone = person.phone.is_some();
    page.phone_hint = if page.has_phone { "guardian.phone.keep" } else { "" };
    page.ends = tie.ended_on.is_none().then_some(tie.id);
    Ok(page)
}

pub(super) async fn update(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, tie)): Path<(ChildId, GuardianshipId)>,
    Form(mut form): Form<GuardianForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let outcome = match form.correction() {
        Ok(to) => guardians::correct(&app, &ctx.actor, id, tie, &to).await,
        Err(errors) => Err(errors.into()),
    };
    let errors = match outcome {
        Ok(()) => return ctx.go(format!("/children/{id}")).saying("guardian.corrected").answer(),
        Err(Error::Invalid(errors)) => Some(*errors),
        Err(Error::Stale) => None,
        Err(error) => return Err(error),
    };
    let found = guardians::tie(&*app.db, id, tie).await?;
    match errors {
        Some(errors) => {
            let mut page = correction_page(&app, &ctx, child, found, form).await?;
            page.errors = errors;
            ctx.invalid(&page)
        }
        None => {
            form.version = found.1.version.to_string();
            let mut page = correction_page(&app, &ctx, child, found, form).await?;
            page.errors.add_form("child.changed_meanwhile");
            ctx.conflict(&page)
        }
    }
}

pub(super) async fn end(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, tie)): Path<(ChildId, GuardianshipId)>,
    Form(form): Form<DayForm>,
) -> Answer {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let found = guardians::tie(&*app.db, id, tie).await?;
    let outcome = match form.input(ctx.actor.today()) {
        Ok(on) => guardians::end(&app, &ctx.actor, id, tie, on).await,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ctx.go(format!("/children/{id}")).saying("guardian.ended").answer(),
        Err(Error::Invalid(errors)) => {
            let again = GuardianForm::of(&found.0, &found.1);
            let mut page = correction_page(&app, &ctx, child, found, again).await?;
            page.ended_on = form.on;
            page.end_errors = *errors;
            ctx.invalid(&page)
        }
        Err(error) => Err(error),
    }
}
