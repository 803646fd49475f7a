//! Handlers of decisions.

use axum::extract::State;
use entities::{
    EnrolmentDecisionId,
    words::{EnrolmentMode, ReviewOutcome},
};
use serde_json::json;

use super::{DecisionPaper, Decisions, forms::DecisionForm, queries, service, views::DecisionPage};
use crate::{
    access::Can,
    children::queries as children,
    enrolment::application::{about::lead, queries as applications, states},
    organisations,
    platform::{
        App, Errors, Result, Say,
        event::{self, Subject},
        words,
    },
    web::{
        Answer, Choice, Ctx, Form, Path, Routes, choices,
        paper::{self, Printed as _},
    },
};

/// The routes of decisions.
pub fn routes() -> Routes {
    Routes::new()
        .list::<Decisions>()
        .page_of(
            "enrolment_decision",
            "/enrolment-decisions/{id}",
            Can::ViewEnrolment,
            show,
        )
        .post("/enrolment-decisions/{id}/reading", Can::Enrol, reading)
        .post("/enrolment-decisions/{id}/conclusion", Can::Review, conclusion)
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<EnrolmentDecisionId>) -> Answer {
    let page = page(&app, &ctx, id, None, Errors::default()).await?;
    let about = Subject::child(page.child.id);
    event::note(
        &app,
        &ctx.actor,
        "child.viewed",
        about,
        json!({ "page": "enrolment_decision" }),
    )
    .await?;
    ctx.page(&page)
}

async fn reading(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<EnrolmentDecisionId>,
    Form(form): Form<DecisionForm>,
) -> Answer {
    let done = async {
        service::record_reading(&app, &ctx.actor, id, form.version(), form.reading()?).await?;
        ctx.go(service::page(id)).saying("decision.said.read").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, Some(form), errors))
        .await
}

async fn conclusion(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<EnrolmentDecisionId>,
    Form(form): Form<DecisionForm>,
) -> Answer {
    let done = async {
        let next = service::conclude(&app, &ctx.actor, id, form.version(), form.conclusion()?).await?;
        ctx.go(service::page(next)).saying("decision.said.concluded").answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, Some(form), errors))
        .await
}

/// What may come of a trial.
const CONCLUSIONS: [ReviewOutcome; 4] = [
    ReviewOutcome::Admitted,
    ReviewOutcome::Trial,
    ReviewOutcome::ReferredOn,
    ReviewOutcome::Refused,
];

async fn page(
    app: &App,
    ctx: &Ctx,
    id: EnrolmentDecisionId,
    form: Option<DecisionForm>,
    errors: Errors,
) -> Result<DecisionPage> {
    let db = &*app.db;
    let by = &ctx.actor;
    let today = by.today();
    let row = queries::find(db, by, id).await?;
    let application = applications::find(db, by, row.application_id).await?;
    let child = applications::child_of(db, &application).await?;
    let places = organisations::queries::names(db, [row.organisation_id]).await?;
    let terms = service::terms(db, &row.district, today).await?;
    let here = by.workplace.as_ref().map(|place| place.id) == Some(row.organisation_id);
    let mut form = match form {
        Some(form) => form,
        None => {
            let guardians = children::guardians(db, child.id).await?;
            let applies = guardians
                .iter()
                .find(|(_, person)| Some(person.id) == application.guardian_id);
            let from = row.valid_to.and_then(|to| to.succ_opt()).unwrap_or(today);
            DecisionForm {
                read_on: today.to_string(),
                read_by: applies.map(|(_, person)| person.name.clone()).unwrap_or_default(),
                mode: row.mode.as_str().to_owned(),
                hours: row
                    .minutes_per_week
                    .map(|minutes| (minutes / 60).to_string())
                    .unwrap_or_default(),
                valid_from: from.to_string(),
                valid_to: terms.until(from, false).to_string(),
                ..DecisionForm::default()
            }
        }
    };
    form.version = row.version.to_string();
    let outcomes = CONCLUSIONS.iter().map(|outcome| {
        let label = words::raw(ctx.language, outcome.word()).into_owned();
        Choice::new(outcome.as_str(), label, &form.outcome)
    });
    Ok(DecisionPage {
        lead: lead(&child, ctx),
        centre: places.get(&row.organisation_id).cloned().unwrap_or_default(),
        hours: row
            .minutes_per_week
            .map(|minutes| ctx.say(Say::new("decision.hours.of_week").with("hours", minutes / 60)))
            .unwrap_or_default(),
        decided_by: crate::account::queries::name(db, Some(row.decided_by)).await?,
        look: states::look(row.outcome),
        paper: paper::address(DecisionPaper::NAME, "", [row.id]),
        may_print: ctx.may(DecisionPaper::CAN),
        may_record: here && ctx.may(Can::Enrol),
        appeal: Say::new("decision.appeal").with("days", terms.appeal_days),
        may_conclude: here && ctx.may(Can::Review) && service::is_on_trial(&row, &application),
        outcomes: outcomes.collect(),
        modes: choices::<EnrolmentMode>(ctx.language, &form.mode),
        row,
        child,
        form,
        errors,
    })
}
