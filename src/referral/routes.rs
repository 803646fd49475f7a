//! The referral page and its moves.

use axum::extract::State;
use entities::{
    ReferralId,
    words::{ContactMethod, ContactResult, Focus, TaskState},
};

use super::{
    appointments, contact,
    forms::MoveForm,
    history, queries, rules, service,
    views::{ReferralPage, TurnView},
};
use crate::{
    access::Can,
    children::{age_in_words, calls_for, service::view_page},
    notifications::service::read_behind,
    platform::{App, Calendar, Error, Errors, Result, Say},
    task::{Tried, late, queries as tasks},
    web::{Answer, Choice, Ctx, Findings, Form, Path, Routes, choices},
};

/// The routes of referrals.
pub fn routes() -> Routes {
    Routes::new()
        .page_of("referral", "/referrals/{id}", Can::ViewChildren, show)
        .post("/referrals/{id}/acceptance", Can::Refer, acceptance)
        .post("/referrals/{id}/decline", Can::Refer, decline)
        .post("/referrals/{id}/recall", Can::Refer, recall)
        .post("/referrals/{id}/forwarding", Can::Refer, forwarding)
        .post("/referrals/{id}/appointment", Can::Refer, appointment)
        .post("/referrals/{id}/no-show", Can::Refer, no_show)
        .post("/referrals/{id}/contacts", Can::Refer, contacts)
        .post("/referrals/{id}/loss", Can::Refer, loss)
        .post("/referrals/{id}/completion", Can::Intake, completion)
        .post("/referrals/{id}/renewal", Can::Refer, renewal)
}

async fn show(State(app): State<App>, ctx: Ctx, findings: Findings, Path(id): Path<ReferralId>) -> Answer {
    let page = page(&app, &ctx, findings, id, MoveForm::default(), Errors::default()).await?;
    view_page(&app, &ctx.actor, page.child.id, "referral").await?;
    read_behind(&app, &ctx.actor, &service::page(id)).await?;
    ctx.page(&page)
}

/// Done: back to the page, with a sentence.
fn said(ctx: &Ctx, id: ReferralId, say: impl Into<Say>) -> Answer {
    ctx.go(service::page(id)).saying(say).answer()
}

async fn acceptance(
    State(app): State<App>,
    ctx: Ctx,
    findings: Findings,
    Path(id): Path<ReferralId>,
    Form(form): Form<MoveForm>,
) -> Answer {
    let done = async {
        service::accept(&app, &ctx.actor, id, form.version()).await?;
        said(&ctx, id, "referral.said.accepted")
    };
    ctx.after(done.await, |errors| page(&app, &ctx, findings, id, form, errors))
        .await
}

async fn decline(
    State(app): State<App>,
    ctx: Ctx,
    findings: Findings,
    Path(id): Path<ReferralId>,
    Form(form): Form<MoveForm>,
) -> Answer {
    let done = async {
        let told = service::decline(&app, &ctx.actor, id, form.version(), form.decline()?).await?;
        said(&ctx, id, service::told("referral.said.declined", told))
    };
    ctx.after(done.await, |errors| page(&app, &ctx, findings, id, form, errors))
        .await
}

async fn recall(
    State(app): State<App>,
    ctx: Ctx,
    findings: Findings,
    Path(id): Path<ReferralId>,
    Form(form): Form<MoveForm>,
) -> Answer {
    let done = async {
        service::recall(&app, &ctx.actor, id, form.version(), form.recall()?).await?;
        said(&ctx, id, "referral.said.recalled")
    };
    ctx.after(done.await, |errors| page(&app, &ctx, findings, id, form, errors))
        .await
}

async fn forwarding(
    State(app): State<App>,
    ctx: Ctx,
    findings: Findings,
    Path(id): Path<ReferralId>,
    Form(form): Form<MoveForm>,
) -> Answer {
    let done = async {
        let told = service::forward(&app, &ctx.actor, id, form.version(), form.forwarding()?).await?;
        said(&ctx, id, service::told("referral.said.forwarded", told))
    };
    ctx.after(done.await, |errors| page(&app, &ctx, findings, id, form, errors))
        .await
}

async fn appointment(
    State(app): State<App>,
    ctx: Ctx,
    findings: Findings,
    Path(id): Path<ReferralId>,
    Form(form): Form<MoveForm>,
) -> Answer {
    let done = async {
        let appointment = form.appointment(ctx.actor.now)?;
        let told = service::appoint(&app, &ctx.actor, id, form.version(), appointment).await?;
        let key = if told == 0 {
            "referral.said.appointed.call"
        } else {
            "referral.said.appointed"
        };
        said(&ctx, id, Say::new(key).with("told", told))
    };
    ctx.after(done.await, |errors| page(&app, &ctx, findings, id, form, errors))
        .await
}

async fn no_show(
    State(app): State<App>,
    ctx: Ctx,
    findings: Findings,
    Path(id): Path<ReferralId>,
    Form(form): Form<MoveForm>,
) -> Answer {
    let done = async {
        service::no_show(
            &app,
            &ctx.actor,
            id,
            form.version(),
            MoveForm::note("no_show_note", &form.no_show_note)?,
        )
        .await?;
        said(&ctx, id, "referral.said.no_show")
    };
    ctx.after(done.await, |errors| page(&app, &ctx, findings, id, form, errors))
        .await
}

async fn contacts(
    State(app): State<App>,
    ctx: Ctx,
    findings: Findings,
    Path(id): Path<ReferralId>,
    Form(form): Form<MoveForm>,
) -> Answer {
    let done = async {
        let row = queries::find(&*app.db, &ctx.actor, id).await?;
        let attempt = form.attempt(ctx.actor.now, row.since)?;
        contact::record_for_referral(&app, &ctx.actor, id, attempt).await?;
        if form.is_at_once() {
            return ctx
                .back_to(&service::page(id), "phones")
                .saying("contact.said")
                .answer();
        }
        said(&ctx, id, "contact.said")
    };
    ctx.after(done.await, |errors| page(&app, &ctx, findings, id, form, errors))
        .await
}

async fn loss(
    State(app): State<App>,
    ctx: Ctx,
    findings: Findings,
    Path(id): Path<ReferralId>,
    Form(form): Form<MoveForm>,
) -> Answer {
    let done = async {
        let told = service::lose(
            &app,
            &ctx.actor,
            id,
            form.version(),
            MoveForm::note("loss_note", &form.loss_note)?,
        )
        .await?;
        said(&ctx, id, service::told("referral.said.lost", told))
    };
    ctx.after(done.await, |errors| page(&app, &ctx, findings, id, form, errors))
        .await
}

async fn completion(
    State(app): State<App>,
    ctx: Ctx,
    findings: Findings,
    Path(id): Path<ReferralId>,
    Form(form): Form<MoveForm>,
) -> Answer {
    let done = async {
        service::complete_intake(
            &app,
            &ctx.actor,
            id,
            form.version(),
            MoveForm::note("completion_note", &form.completion_note)?,
        )
        .await?;
        said(&ctx, id, "referral.said.completed")
    };
    ctx.after(done.await, |errors| page(&app, &ctx, findings, id, form, errors))
        .await
}

async fn renewal(
    State(app): State<App>,
    ctx: Ctx,
    findings: Findings,
    Path(id): Path<ReferralId>,
    Form(form): Form<MoveForm>,
) -> Answer {
    let done = async {
        let next = service::renew(&app, &ctx.actor, id).await?;
        said(&ctx, next, "referral.said.renewed")
    };
    ctx.after(done.await, |errors| page(&app, &ctx, findings, id, form, errors))
        .await
}

// ---- the page

async fn page(
    app: &App,
    ctx: &Ctx,
    findings: Findings,
    id: ReferralId,
    mut form: MoveForm,
    errors: Errors,
) -> Result<ReferralPage> {
    let db = &*app.db;
    let by = &ctx.actor;
    let row = queries::find(db, by, id).await?;
    let child = queries::child_of(db, &row).await?;
    let names = queries::places(db, [row.from_organisation_id, row.to_organisation_id]).await?;
    let people = crate::account::queries::names(db, [Some(row.sender_id), row.owner_id].into_iter().flatten()).await?;
    let name = |place| names.get(&place).cloned().unwrap_or_default();
    let now = queries::circumstances(db, by, &row).await?;
    let calendar = Calendar::known(&app.db).await?;
    let tasks = tasks::about(db, Focus::Referral, id.0).await?;
    let open = tasks.iter().find(|task| task.state == TaskState::Open);
    let turn = open.and_then(|task| Some((task, task.due_on?))).map(|(task, due_on)| {
        let late = late(&calendar, due_on, by.today());
        TurnView {
            place: name(task.organisation_id),
            ours: by.workplace.as_ref().map(|w| w.id) == Some(task.organisation_id),
            due_on,
            say: late.say(due_on, by.today()),
            late,
        }
    });
    let warnings = turn.iter().flat_map(|t| t.late.years_missing.iter());
    let moves = rules::moves(&row, by, now);
    fill(&mut form, ctx, &row, &errors);
    let receivers = queries::possible_receivers(db, &row).await?;
    let choice = |chosen: &str| -> Vec<Choice> {
        receivers
            .iter()
            .map(|place| Choice::new(place.id, place.name.clone(), chosen))
            .collect()
    };
    let present = row.to_organisation_id.to_string();
    let mut others = choice(&form.forward_to);
    others.retain(|c| c.value != present);
    let may_contact = contact::may_record(by, &row);
    let record = may_contact.then(|| contact::page(row.id));
    let calls = calls_for(app, ctx, child.id, record).await?;
    Ok(ReferralPage {
        age: age_in_words(ctx.language, child.birth_on, by.today()),
        from: name(row.from_organisation_id),
        to: name(row.to_organisation_id),
        sender: people.get(&row.sender_id).cloned().unwrap_or_default(),
        owner: row.owner_id.and_then(|id| people.get(&id).cloned()).unwrap_or_default(),
        warnings: warnings
            .map(|year| Say::new("calendar.year_missing").with("year", year))
            .collect(),
        turn,
        findings: findings.of(app, ctx, &row).await?,
        history: history::history_of(db, ctx, &row).await?,
        continues: visible(app, ctx, row.continues_id).await?,
        continued_by: queries::continued_by(db, by, row.id).await?,
        calls,
        may_contact,
        may_renew: service::may_renew(db, by, &row).await?,
        attempts: (now.failed_attempts, now.attempts_needed),
        rungs: tasks.iter().map(|task| task.rung).max().unwrap_or(0),
        others,
        methods: choices::<ContactMethod>(ctx.language, &form.method),
        results: choices::<ContactResult>(ctx.language, &form.result),
        moves,
        referral: row,
        child,
        form,
        errors,
    })
}

/// What the forms begin with.
fn fill(form: &mut MoveForm, ctx: &Ctx, row: &entities::screening::referral::Model, errors: &Errors) {
    form.version = row.version.to_string();
    if !errors.get(appointments::ASKED_AT).is_empty() {
        // Whoever says yes says it to what the page names now.
        form.appointment_asked = appointments::asked(&form.appointment_typed(), errors);
        form.appointment_anyway.clear();
    }
    Tried::begin(
        ctx.actor.now,
        &mut form.method,
        &mut form.attempted_on,
        &mut form.attempted_time,
    );
}

/// A referral that the reader may open, or nothing.
async fn visible(app: &App, ctx: &Ctx, id: Option<ReferralId>) -> Result<Option<ReferralId>> {
    let Some(id) = id else { return Ok(None) };
    match queries::find(&*app.db, &ctx.actor, id).await {
        Ok(row) => Ok(Some(row.id)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
