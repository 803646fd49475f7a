//! Handlers of steps.

use std::collections::BTreeMap;

use axum::extract::State;
use entities::{
    ApplicationStepId,
    enrolment::application_step,
    screening::assessment,
    words::{EnrolmentMode, Language, ReviewOutcome},
};
use serde_json::json;

use super::{
    forms::{ReviewForm, field_name, missing_name},
    service,
    views::{Answered, FieldView, StepPage},
};
use crate::{
    access::Can,
    assessment::instruments_of,
    enrolment::{
        application::{file, file::Opened, queries, service as applications},
        chain::known::is_place,
        decision,
    },
    organisations,
    platform::{
        App, Error, Errors, Result, Say,
        approval::{Answers, Chain, Field, FieldKind, Step},
        event::{self, Subject},
        words,
    },
    web::{Answer, Choice, Ctx, Form, Path, Routes, choices},
};

/// The routes of steps.
pub fn routes() -> Routes {
    Routes::new()
        .page_of("application_step", "/application-steps/{id}", Can::ViewEnrolment, show)
        .post("/application-steps/{id}/decision", Can::Review, decide)
}

async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<ApplicationStepId>) -> Answer {
    let page = page(&app, &ctx, id, None, Errors::default()).await?;
    let about = Subject::child(page.of.child.id);
    event::note(
        &app,
        &ctx.actor,
        "child.viewed",
        about,
        json!({ "page": "application" }),
    )
    .await?;
    ctx.page(&page)
}

async fn decide(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<ApplicationStepId>,
    Form(form): Form<ReviewForm>,
) -> Answer {
    let done = async {
        let (step, row) = queries::step(&*app.db, &ctx.actor, id).await?;
        let opened = file::opened(&app, &ctx, row).await?;
        let meant = meant(&opened.chain, &step)?;
        let papers: Vec<String> = papers(&opened, &ctx).into_iter().map(|(code, _)| code).collect();
        let offered = instruments(&app, &ctx, &opened).await?;
        let offered: Vec<String> = offered.into_iter().map(|(id, _)| id).collect();
        let verdict = form.input(meant, &papers, &offered)?;
        let outcome = verdict.outcome;
        let row = service::decide(&app, &ctx.actor, id, form.version(), verdict).await?;
        let say = Say::new("review.said").with_word("outcome", outcome.word());
        ctx.go(applications::page(row.id)).saying(say).answer()
    };
    ctx.after(done.await, |errors| page(&app, &ctx, id, Some(form), errors))
        .await
}

fn meant<'c>(chain: &'c Chain, step: &application_step::Model) -> Result<&'c Step> {
    let found = chain.step(&step.code).map(|(_, meant)| meant);
    found.ok_or(Error::NotFound)
}

/// The papers that are asked of an application, by code and name.
fn papers(opened: &Opened, ctx: &Ctx) -> Vec<(String, String)> {
    let whole = &opened.whole;
    let asked = whole
        .rules
        .materials
        .asked(whole.row.mode, whole.age_months(ctx.actor.today()));
    let named = asked
        .iter()
        .map(|row| (row.code.clone(), row.name(ctx.language).to_owned()));
    named.collect()
}

/// The finished instruments of the child, by number and name; only those who read instruments are offered any.
async fn instruments(app: &App, ctx: &Ctx, opened: &Opened) -> Result<Vec<(String, String)>> {
    if !ctx.may(Can::ViewAssessments) {
        return Ok(Vec::new());
    }
    let rows = queries::finished(&*app.db, opened.whole.row.child_id).await?;
    let names = instruments_of(&*app.db).await?;
    let told = |row: &assessment::Model| {
        let name = names.name(row, ctx.language);
        (row.id.to_string(), format!("{name} · {}", row.performed_on))
    };
    Ok(rows.iter().map(told).collect())
}

async fn page(
    app: &App,
    ctx: &Ctx,
    id: ApplicationStepId,
    form: Option<ReviewForm>,
    errors: Errors,
) -> Result<StepPage> {
    let db = &*app.db;
    let by = &ctx.actor;
    let (step, row) = queries::step(db, by, id).await?;
    let opened = file::opened(app, ctx, row).await?;
    let meant = meant(&opened.chain, &step)?;
    let of = file::overview(app, ctx, &opened).await?;
    let barred = service::why_not(&opened.chain, &of.row, &opened.whole.steps, &step, by)?;
    let mut form = match form {
        Some(form) => form,
        None => blank(app, ctx, &opened).await?,
    };
    form.version = step.version.to_string();
    let offered = instruments(app, ctx, &opened).await?;
    let fields = meant
        .fields
        .iter()
        .map(|field| view(field, &form, ctx.language, &offered));
    let returns = meant.outcomes.contains(&ReviewOutcome::Returned);
    let missing = if returns { papers(&opened, ctx) } else { Vec::new() };
    let missing = missing.into_iter().map(|(code, label)| Choice {
        selected: form.misses(&code),
        value: missing_name(&code),
        label,
    });
    let outcomes = meant.outcomes.iter().map(|outcome| {
        let label = words::raw(ctx.language, outcome.word()).into_owned();
        Choice::new(outcome.as_str(), label, &form.outcome)
    });
    let places = organisations::queries::names(db, [step.organisation_id]).await?;
    Ok(StepPage {
        name: meant.name.get(ctx.language).to_owned(),
        place: places.get(&step.organisation_id).cloned().unwrap_or_default(),
        fields: fields.collect(),
        outcomes: outcomes.collect(),
        gives_place: meant.outcomes.iter().any(|outcome| is_place(*outcome)),
        modes: choices::<EnrolmentMode>(ctx.language, &form.mode),
        missing: missing.collect(),
        answered: answered(app, ctx, &opened).await?,
        barred,
        of,
        step,
        form,
        errors,
    })
}

/// What the form begins with: the place as the family wants it.
async fn blank(app: &App, ctx: &Ctx, opened: &Opened) -> Result<ReviewForm> {
    let row = &opened.whole.row;
    let from = row.wanted_from.max(ctx.actor.today());
    let terms = decision::service::terms(&*app.db, &row.district, ctx.actor.today()).await?;
    Ok(ReviewForm {
        mode: row.mode.as_str().to_owned(),
        valid_from: from.to_string(),
        valid_to: terms.until(from, false).to_string(),
        ..ReviewForm::default()
    })
}

fn view(field: &Field, form: &ReviewForm, language: Language, offered: &[(String, String)]) -> FieldView {
    let value = form.answer(&field.code).to_owned();
    let options = match field.kind {
        FieldKind::Choice => field
            .choices
            .iter()
            .map(|one| Choice::new(&one.code, one.name.get(language), &value))
            .collect(),
        FieldKind::Instrument => offered.iter().map(|(id, name)| Choice::new(id, name, &value)).collect(),
        FieldKind::Text | FieldKind::Number | FieldKind::Date => Vec::new(),
    };
    FieldView {
        name: field_name(&field.code),
        label: Say::new("review.label").with("label", field.name.get(language)),
        kind: field.kind,
        required: field.required,
        value,
        options,
    }
}

/// What was filled in at the steps before, in the order of the chain.
async fn answered(app: &App, ctx: &Ctx, opened: &Opened) -> Result<Vec<Answered>> {
    let names = instruments_of(&*app.db).await?;
    let scales: BTreeMap<String, String> = queries::finished(&*app.db, opened.whole.row.child_id)
        .await?
        .iter()
        .map(|row| {
            (
                row.id.to_string(),
                format!("{} · {}", names.name(row, ctx.language), row.performed_on),
            )
        })
        .collect();
    let mut all = Vec::new();
    for (_, meant) in opened.chain.steps() {
        let decided = opened
            .whole
            .steps
            .iter()
            .rfind(|step| step.code == meant.code && step.outcome.is_some());
        let Some(step) = decided else { continue };
        let answers: Answers = serde_json::from_value(step.answers.clone())?;
        let facts: Vec<(String, String)> = meant
            .fields
            .iter()
            .filter_map(|field| {
                let answer = answers.get(&field.code)?;
                let text = match field.kind {
                    FieldKind::Choice => {
                        let chosen = field.choices.iter().find(|one| one.code == *answer);
                        chosen.map_or(answer.clone(), |one| one.name.get(ctx.language).to_owned())
                    }
                    FieldKind::Instrument => scales.get(answer).unwrap_or(answer).clone(),
                    FieldKind::Text | FieldKind::Number | FieldKind::Date => answer.clone(),
                };
                Some((field.name.get(ctx.language).to_owned(), text))
            })
            .collect();
        if !facts.is_empty() {
            all.push(Answered {
                title: meant.name.get(ctx.language).to_owned(),
                facts,
            });
        }
    }
    Ok(all)
}
