//! Guardians of a child: added, shared with a sibling, corrected, ended.

use axum::extract::State;
use entities::{
    ChildId, GuardianshipId,
    child::child,
    words::{Kinship, Language},
};

use crate::{
    access::scope,
    children::{
        forms::{DayForm, GuardianForm, SharedGuardianForm},
        guardians, queries,
        reuse::Differing,
        service,
        views::GuardianPage,
    },
    platform::{App, Errors, Result, Say, Version},
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
    let mut page = blank_page(&ctx, child, GuardianForm::blank(), Errors::default());
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

fn blank_page(ctx: &Ctx, child: child::Model, form: GuardianForm, errors: Errors) -> GuardianPage {
    GuardianPage {
        title: "guardian.add",
        target: format!("/children/{}/guardians", child.id),
        kinships: choices::<Kinship>(ctx.language, &form.kinship),
        languages: choices::<Language>(ctx.language, &form.language),
        child,
        form,
        errors,
        no_errors: Errors::default(),
        differing: None,
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
    let done = async {
        let (new, differing) = (form.alone()?, Differing::typed(&form.differing));
        let reused = guardians::add(&app, &ctx.actor, id, &new, form.first == "true", differing).await?;
        let go = ctx.go(format!("/children/{id}"));
        match reused {
            None => go.saying("guardian.added").answer(),
            Some(reused) => {
                let what = ctx.say(reused.say());
                go.saying(Say::new("guardian.added.reused").with("what", what)).answer()
            }
        }
    };
    ctx.after(done.await, |errors| new_page(&app, &ctx, id, form, errors))
        .await
}

async fn new_page(app: &App, ctx: &Ctx, id: ChildId, form: GuardianForm, errors: Errors) -> Result<GuardianPage> {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    Ok(blank_page(ctx, child, form, errors))
}

pub(super) async fn share(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ChildId>,
    Form(form): Form<SharedGuardianForm>,
) -> Answer {
    let done = async {
        let (guardian, kinship) = form.input()?;
        guardians::share(&app, &ctx.actor, id, guardian, kinship).await?;
        ctx.go(format!("/children/{id}")).saying("guardian.added").answer()
    };
    ctx.after(done.await, |errors| {
        new_page(&app, &ctx, id, GuardianForm::blank(), errors)
    })
    .await
}

pub(super) async fn edit(State(app): State<App>, ctx: Ctx, Path((id, tie)): Path<(ChildId, GuardianshipId)>) -> Answer {
    let child = service::view_page(&app, &ctx.actor, id, "guardians").await?;
    ctx.page(&correction_page(&app, &ctx, (child.id, tie), None, Errors::default()).await?)
}

async fn correction_page(
    app: &App,
    ctx: &Ctx,
    (id, tie): (ChildId, GuardianshipId),
    typed: Option<GuardianForm>,
    errors: Errors,
) -> Result<GuardianPage> {
    let child = scope::child(&*app.db, &ctx.actor, id).await?;
    let (tie, person) = guardians::tie(&*app.db, id, tie).await?;
    let present = GuardianForm::of(&tie, &person);
    let mut form = typed.unwrap_or_else(|| present.clone());
    let stale = !Version::typed(&form.version).is(person.version);
    let differing = stale.then(|| form.differing(&present, ctx.language));
    // Whoever has seen the difference and saves again means it.
    form.version = present.version;
    let mut page = blank_page(ctx, child, form, errors);
    page.differing = differing;
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
    Form(form): Form<GuardianForm>,
) -> Answer {
    let done = async {
        guardians::correct(&app, &ctx.actor, id, tie, &form.correction()?).await?;
        ctx.go(format!("/children/{id}")).saying("guardian.corrected").answer()
    };
    ctx.after(done.await, |errors| {
        correction_page(&app, &ctx, (id, tie), Some(form), errors)
    })
    .await
}

pub(super) async fn end(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, tie)): Path<(ChildId, GuardianshipId)>,
    Form(form): Form<DayForm>,
) -> Answer {
    let done = async {
        guardians::end(&app, &ctx.actor, id, tie, form.input(ctx.actor.today())?).await?;
        ctx.go(format!("/children/{id}")).saying("guardian.ended").answer()
    };
    ctx.after(done.await, async |errors| {
        let page = correction_page(&app, &ctx, (id, tie), None, Errors::default()).await?;
        Ok(GuardianPage {
            ended_on: form.on,
            end_errors: errors,
            ..page
        })
    })
    .await
}
