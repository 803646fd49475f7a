//! Choosing, filling in, reading and comparing.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse as _,
};
use entities::{
    AssessmentId, ChildId,
    child::child,
    screening::assessment,
    words::{AssessmentState, ReferralKind},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    comparison,
    drafts::{self, Kept},
    forms::{self, Filled, NewForm, SecondForm, SheetForm},
    instruments::{Library, library},
    queries,
    service::{self, Submitted, unfit},
    sheet,
    views::{
        ComparisonPage, Counted, Entry, IndexPage, NewPage, OfChildPage, Offer, Score, SecondPage, SheetPage,
        SheetState, ShowPage, Side, Standing, conflicts, dated, look, of_child, tongue,
    },
};
use crate::{
    access::Can,
    children::{
        self,
        service::{survivor, view_page},
        views::age_on,
    },
    organisations,
    platform::{
        App, Check, Error, Errors, Result, Say,
        event::{self, Subject},
    },
    screening::{
        instruments::{Outcome, Package},
        screen::rules::CHECKLIST,
    },
    web::{Answer, Ctx, Form, List, Page, Query, Routes},
};

/// The routes of assessments.
pub fn routes() -> Routes {
    Routes::new()
        .get("/assessments", Can::Assess, index)
        .get("/assessments/new", Can::Assess, new)
        .post("/assessments", Can::Assess, create)
        .get("/assessments/{id}", Can::ViewAssessments, show)
        .post("/assessments/{id}", Can::Assess, submit)
        .post("/assessments/{id}/draft", Can::Assess, keep)
        .post("/assessments/{id}/standing", Can::Assess, standing)
        .post("/assessments/{id}/withdrawal", Can::Assess, withdraw)
        .get("/assessments/{id}/second", Can::Assess, second)
        .post("/assessments/{id}/second", Can::Assess, begin_second)
        .get("/assessments/{id}/comparison", Can::ViewAssessments, compare)
        .get("/children/{id}/assessments", Can::ViewAssessments, child_index)
}

/// Opening a sheet is opening the child's file, and which sheet it was is told apart: a second rater must not have seen
/// the first.
async fn viewed(app: &App, ctx: &Ctx, row: &assessment::Model) -> Result<()> {
    let subject = Subject::of_child("assessment", row.id.0, row.child_id);
    event::note(
        app,
        &ctx.actor,
        "child.viewed",
        subject,
        json!({ "page": "assessment" }),
    )
    .await
}

// ---- lists

async fn index(State(app): State<App>, ctx: Ctx, Query(list): Query<List>) -> Answer {
    let found: Page<assessment::Model> = list.fetch(&*app.db, queries::of_rater(&ctx.actor)?).await?;
    let children = queries::children_of(&*app.db, &found.rows).await?;
    let mut entries = entries(&app, &ctx, &found.rows).await?;
    for entry in &mut entries {
        entry.child = children.get(&entry.row.child_id).cloned();
    }
    let found = Page::place(found.page, found.total).with(entries);
    ctx.page(&IndexPage { list, found })
}

async fn child_index(State(app): State<App>, ctx: Ctx, Path(id): Path<ChildId>, Query(list): Query<List>) -> Answer {
    let child = view_page(&app, &ctx.actor, id, "assessments").await?;
    if child.id != id {
        return ctx.go(of_child(child.id)).answer();
    }
    let found: Page<assessment::Model> = list.fetch(&*app.db, queries::of_child(child.id)).await?;
    let entries = entries(&app, &ctx, &found.rows).await?;
    let found = Page::place(found.page, found.total).with(entries);
    ctx.page(&OfChildPage { child, list, found })
}

/// Rows as the reader may see them: while somebody is to rate a second time, the first result is hidden from them.
async fn entries(app: &App, ctx: &Ctx, rows: &[assessment::Model]) -> Result<Vec<Entry>> {
    let db = &*app.db;
    let here = library::load(db).await?;
    let people = crate::account::queries::names(db, rows.iter().map(|row| row.by)).await?;
    let seconds = queries::seconds(db, rows.iter().map(|row| row.id)).await?;
    let me = ctx.actor.account;
    let tongue = tongue(ctx);
    Ok(rows
        .iter()
        .map(|row| {
            let outcome: Option<Outcome> = serde_json::from_value(row.result.clone()).ok();
            let second = seconds.get(&row.id);
            let mine = Some(row.by) == me;
            let blind = second.is_some_and(|s| s.state == AssessmentState::Draft && Some(s.by) == me);
            let shown = outcome.filter(|_| row.state != AssessmentState::Draft && !blind);
            let package = here.version(&row.instrument, &row.instrument_version);
            Entry {
                name: package.map_or_else(|| row.instrument.to_uppercase(), |p| p.name.get(tongue).to_owned()),
                rater: people.get(&row.by).cloned().unwrap_or_default(),
                total: shown.as_ref().map(|o| o.total.to_string()).unwrap_or_default(),
                look: look(shown.as_ref().and_then(|o| o.positive)),
                band: shown
                    .and_then(|o| o.band_label)
                    .map(|label| label.get(tongue).to_owned())
                    .unwrap_or_default(),
                own_sheet: row.state == AssessmentState::Draft && mine && ctx.may(Can::Assess),
                opens: row.state != AssessmentState::Draft && !blind,
                second: second.is_none()
                    && ctx.may(Can::Assess)
                    && service::may_be_rated_again(row, &ctx.actor).is_ok(),
                compared: second.is_some_and(|s| s.state == AssessmentState::Final),
                child: None,
                row: row.clone(),
            }
        })
        .collect())
}

// ---- choosing

async fn new(State(app): State<App>, ctx: Ctx, Query(mut form): Query<NewForm>) -> Answer {
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
        .filter(|package| package.code != CHECKLIST)
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

async fn create(State(app): State<App>, ctx: Ctx, Form(form): Form<NewForm>) -> Answer {
    let id: ChildId = form.child.parse().map_err(|_| Error::NotFound)?;
    let child = survivor(&app, &ctx.actor, id).await?;
    let mut page = new_page(&app, &ctx, child, form).await?;
    let offered: Vec<&str> = page.offers.iter().map(|offer| offer.code.as_str()).collect();
    let today = ctx.actor.today();
    let new = match page.form.input(page.child.id, page.child.birth_on, today, &offered) {
        Ok(new) => new,
        Err(errors) => {
            page.errors = errors;
            return ctx.invalid(&page);
        }
    };
    let (id, is_new) = service::begin(&app, &ctx.actor, &new).await?;
    let go = ctx.go(format!("/assessments/{id}"));
    if is_new {
        go.answer()
    } else {
        go.warning("assessment.goes_on").answer()
    }
}

// ---- filling in

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Stage {
    stage: String,
}

/// A finished assessment, or the sheet of the one who is filling it in.
async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<AssessmentId>, Query(asked): Query<Stage>) -> Answer {
    let (row, child) = queries::find(&*app.db, &ctx.actor, id).await?;
    if row.state != AssessmentState::Draft {
        return result(&app, &ctx, row, child).await;
    }
    if !ctx.may(Can::Assess) {
        return Err(Error::NotFound);
    }
    viewed(&app, &ctx, &row).await?;
    let here = library::load(&*app.db).await?;
    let package = here.needed(&row.instrument, &row.instrument_version)?;
    let kept = drafts::load(&app, &*app.db, row.by, id).await?;
    let stage = match asked.stage.as_str() {
        "1" => 1,
        _ => sheet::stage(package, &kept.answers).map_err(unfit)?,
    };
    let page = sheet_page(
        &ctx,
        SheetState {
            row,
            child,
            package,
            kept,
            stage,
        },
    )?;
    ctx.page(&page)
}

fn sheet_page(ctx: &Ctx, state: SheetState<'_>) -> Result<SheetPage> {
    let outcome = sheet::standing(state.package, &state.kept, service::months(&state.row)).map_err(unfit)?;
    state.page(ctx, &outcome)
}

/// The own sheet that a page was sent for, with its package's library.
async fn own(
    app: &App,
    ctx: &Ctx,
    id: AssessmentId,
) -> Result<(assessment::Model, child::Model, std::sync::Arc<Library>)> {
    let (row, child) = queries::find(&*app.db, &ctx.actor, id).await?;
    if Some(row.by) != ctx.actor.account {
        return Err(Error::NotFound);
    }
    Ok((row, child, library::load(&*app.db).await?))
}

async fn keep(State(app): State<App>, ctx: Ctx, Path(id): Path<AssessmentId>, Form(form): Form<SheetForm>) -> Answer {
    let (row, _, here) = own(&app, &ctx, id).await?;
    let package = here.needed(&row.instrument, &row.instrument_version)?;
    let filled = form.read(package)?;
    service::keep(&app, &ctx.actor, id, package, &filled).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// How the page stands, without saving anything.
async fn standing(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AssessmentId>,
    Form(form): Form<SheetForm>,
) -> Answer {
    let (row, _, here) = own(&app, &ctx, id).await?;
    let package = here.needed(&row.instrument, &row.instrument_version)?;
    let filled = form.read(package)?;
    let kept = typed(&app, package, &row, &filled).await?;
    let outcome = sheet::standing(package, &kept, service::months(&row)).map_err(unfit)?;
    ctx.page(&Standing::of(package, &kept, &outcome, filled.stage, tongue(&ctx)))
}

/// What would be kept if the page were saved.
async fn typed(app: &App, package: &Package, row: &assessment::Model, filled: &Filled) -> Result<Kept> {
    let kept = drafts::load(app, &*app.db, row.by, row.id).await?;
    Ok(Kept {
        answers: sheet::merged(package, &kept.answers, &filled.answers, filled.stage).map_err(unfit)?,
        cutoffs: filled.cutoffs.clone(),
        ..kept
    })
}

async fn submit(State(app): State<App>, ctx: Ctx, Path(id): Path<AssessmentId>, Form(form): Form<SheetForm>) -> Answer {
    let (row, child, here) = own(&app, &ctx, id).await?;
    if row.state != AssessmentState::Draft {
        return ctx
            .go(format!("/assessments/{id}"))
            .warning("assessment.finished_elsewhere")
            .answer();
    }
    let package = here.needed(&row.instrument, &row.instrument_version)?;
    let filled = form.read(package)?;
    match service::submit(&app, &ctx.actor, id, package, &filled).await {
        Ok(Submitted::Finished(_)) => ctx
            .go(format!("/assessments/{id}"))
            .saying("assessment.finished")
            .answer(),
        Ok(Submitted::Open(outcome)) if outcome.follow_up_needed && filled.stage == 1 => {
            ctx.go(format!("/assessments/{id}")).answer()
        }
        Ok(Submitted::Open(_)) => {
            let kept = drafts::load(&app, &*app.db, row.by, id).await?;
            let stage = filled.stage;
            let mut page = sheet_page(
                &ctx,
                SheetState {
                    row,
                    child,
                    package,
                    kept,
                    stage,
                },
            )?;
            page.errors = missing(&page.standing);
            ctx.invalid(&page)
        }
        Err(Error::Stale) => differing(&app, &ctx, (row, child), package, &filled).await,
        Err(other) => Err(other),
    }
}

fn missing(standing: &Standing) -> Errors {
    let mut errors = Errors::default();
    for (field, name) in &standing.missing {
        errors.add(field.clone(), Say::new("assessment.item_missing").with("item", name));
    }
    if standing.missing.is_empty() {
        errors.add_form("assessment.first_stage_missing");
    }
    errors
}

/// Another page saved since this one was made: nothing is overwritten, nothing of this page is lost, and what differs
/// is shown. Submitting once more is a decision.
async fn differing(
    app: &App,
    ctx: &Ctx,
    (row, child): (assessment::Model, child::Model),
    package: &Package,
    filled: &Filled,
) -> Answer {
    let there = drafts::load(app, &*app.db, row.by, row.id).await?;
    let kept = typed(app, package, &row, filled).await?;
    let state = SheetState {
        row,
        child,
        package,
        kept,
        stage: filled.stage,
    };
    let different = conflicts(&state, &there, tongue(ctx))?;
    let mut page = sheet_page(ctx, state)?;
    page.conflicts = different;
    page.errors.add_form("assessment.other_window");
    ctx.conflict(&page)
}

async fn withdraw(State(app): State<App>, ctx: Ctx, Path(id): Path<AssessmentId>) -> Answer {
    let row = service::withdraw(&app, &ctx.actor, id).await?;
    ctx.go(of_child(row.child_id)).saying("assessment.withdrawn").answer()
}

// ---- reading

async fn result(app: &App, ctx: &Ctx, row: assessment::Model, child: child::Model) -> Answer {
    let db = &*app.db;
    let second = queries::second(db, row.id).await?;
    if let Some(own) = &second
        && own.state == AssessmentState::Draft
        && Some(own.by) == ctx.actor.account
    {
        let to = format!("/assessments/{}", own.id);
        return ctx.go(to).warning("assessment.second.blind").answer();
    }
    viewed(app, ctx, &row).await?;
    let here = library::load(db).await?;
    let package = here.version(&row.instrument, &row.instrument_version);
    let outcome: Option<Outcome> = serde_json::from_value(row.result.clone()).ok();
    let Some(outcome) = outcome else {
        // A sheet that was given up has no result.
        return ctx.go(of_child(child.id)).warning("assessment.was_given_up").answer();
    };
    let tongue = tongue(ctx);
    let set = package.and_then(|p| p.cutoffs.iter().find(|set| Some(&set.id) == row.cutoffs.as_ref()));
    let column = package.and_then(|p| p.column(outcome.age_months).ok().flatten());
    let subscale = |id: &str| {
        let found = package.and_then(|p| p.subscales.iter().find(|s| s.id == id));
        found.map_or_else(|| id.to_owned(), |s| s.name.get(tongue).to_owned())
    };
    let counted = outcome.item_scores.iter().map(|score| {
        let item = package.and_then(|p| p.item(&score.item).map(|(_, item)| (p, item)));
        Counted {
            item: item.map_or_else(
                || score.item.clone(),
                |(p, item)| p.label(item, column).get(tongue).to_owned(),
            ),
            answer: package.map_or_else(
                || score.answer.to_string(),
                |p| comparison::answer_in_words(p, &score.item, &score.answer, tongue),
            ),
            points: score.points.to_string(),
        }
    });
    let compared = match (row.round, &second) {
        (Some(first), _) => Some(first),
        (None, Some(other)) if other.state == AssessmentState::Final => Some(row.id),
        (None, _) => None,
    };
    let page = ShowPage {
        name: package.map_or_else(|| row.instrument.to_uppercase(), |p| p.name.get(tongue).to_owned()),
        copyright: package.and_then(|p| p.licence.copyright.clone()).unwrap_or_default(),
        person: crate::account::queries::names(db, [row.by])
            .await?
            .remove(&row.by)
            .unwrap_or_default(),
        organisation: organisations::queries::names(db, [row.organisation_id])
            .await?
            .remove(&row.organisation_id)
            .unwrap_or_default(),
        score: Score {
            name: package
                .and_then(|p| p.total.name.as_ref())
                .map(|name| name.get(tongue).to_owned()),
            total: outcome.total.to_string(),
            look: look(outcome.positive),
            band: outcome.band_label.as_ref().map(|label| label.get(tongue).to_owned()),
            explanation: outcome.explanation.get(tongue).to_owned(),
        },
        subscales: outcome
            .subscales
            .iter()
            .map(|s| (subscale(&s.id), s.points.to_string()))
            .collect(),
        cutoffs: set.map_or_else(|| row.cutoffs.clone().unwrap_or_default(), |set| dated(set, tongue)),
        cutoffs_source: set.map(|set| set.source.clone()).unwrap_or_default(),
        warnings: outcome.warnings.iter().map(|w| w.get(tongue).to_owned()).collect(),
        counted: counted.collect(),
        compared,
        second: second.is_none() && ctx.may(Can::Assess) && service::may_be_rated_again(&row, &ctx.actor).is_ok(),
        withdrawable: second.is_none()
            && ctx.may(Can::Assess)
            && service::may_be_withdrawn(&row, ctx.actor.account).is_ok(),
        back: back(app, ctx, &row).await?,
        row,
        child,
    };
    ctx.page(&page)
}

/// The form that waits for this instrument, while nothing rests on it yet.
async fn back(app: &App, ctx: &Ctx, row: &assessment::Model) -> Result<Option<(String, &'static str)>> {
    let Some(id) = row
        .referral_id
        .filter(|_| row.rescreen_id.is_none() && row.diagnosis_id.is_none())
    else {
        return Ok(None);
    };
    let Ok(referral) = queries::referral_here(&*app.db, &ctx.actor, row.child_id, id).await else {
        return Ok(None);
    };
    if referral.closed_at.is_some() {
        return Ok(None);
    }
    Ok(match referral.kind {
        ReferralKind::Rescreen if ctx.may(Can::Rescreen) => {
            Some((format!("/referrals/{id}/rescreen"), "assessment.to_rescreen"))
        }
        ReferralKind::Diagnosis if ctx.may(Can::Diagnose) => {
            Some((format!("/referrals/{id}/diagnosis"), "assessment.to_diagnosis"))
        }
        ReferralKind::Rescreen | ReferralKind::Diagnosis | ReferralKind::Intake => None,
    })
}

// ---- two raters

async fn second(State(app): State<App>, ctx: Ctx, Path(id): Path<AssessmentId>) -> Answer {
    let page = second_page(&app, &ctx, id).await?;
    if let Some(other) = queries::second(&*app.db, id).await?
        && other.state == AssessmentState::Draft
        && Some(other.by) == ctx.actor.account
    {
        return ctx.go(format!("/assessments/{}", other.id)).answer();
    }
    view_page(&app, &ctx.actor, page.child.id, "assessments").await?;
    ctx.page(&page)
}

async fn second_page(app: &App, ctx: &Ctx, id: AssessmentId) -> Result<SecondPage> {
    let (row, child) = queries::find(&*app.db, &ctx.actor, id).await?;
    service::may_be_rated_again(&row, &ctx.actor)?;
    let here = library::load(&*app.db).await?;
    let package = here.needed(&row.instrument, &row.instrument_version)?;
    Ok(SecondPage {
        first: row.id,
        child,
        name: package.name.get(tongue(ctx)).to_owned(),
        version: row.instrument_version.clone(),
        person: crate::account::queries::names(&*app.db, [row.by])
            .await?
            .remove(&row.by)
            .unwrap_or_default(),
        performed_on: row.performed_on.to_string(),
        form: SecondForm {
            performed_on: ctx.actor.today().to_string(),
        },
        errors: Errors::default(),
        today: ctx.actor.today().to_string(),
    })
}

async fn begin_second(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AssessmentId>,
    Form(form): Form<SecondForm>,
) -> Answer {
    let mut page = second_page(&app, &ctx, id).await?;
    let mut check = Check::default();
    let day = forms::day(&mut check, &form.performed_on, page.child.birth_on, ctx.actor.today());
    match check.done(day) {
        Ok(day) => {
            let id = service::begin_second(&app, &ctx.actor, id, day).await?;
            ctx.go(format!("/assessments/{id}")).answer()
        }
        Err(errors) => {
            page.form = form;
            page.errors = errors;
            ctx.invalid(&page)
        }
    }
}

async fn compare(State(app): State<App>, ctx: Ctx, Path(id): Path<AssessmentId>) -> Answer {
    let db = &*app.db;
    let (row, child) = queries::find(db, &ctx.actor, id).await?;
    if let Some(first) = row.round {
        return ctx.go(format!("/assessments/{first}/comparison")).answer();
    }
    let other = queries::second(db, id).await?.ok_or(Error::NotFound)?;
    if other.state != AssessmentState::Final || row.state != AssessmentState::Final {
        return Err(Error::refused("assessment.second.unfinished"));
    }
    viewed(&app, &ctx, &row).await?;
    viewed(&app, &ctx, &other).await?;
    let here = library::load(db).await?;
    let package = here.needed(&row.instrument, &row.instrument_version)?;
    let tongue = tongue(&ctx);
    let column = package.column(Some(service::months(&row))).map_err(unfit)?;
    let (first, second) = (comparison::answers(&row)?, comparison::answers(&other)?);
    let (lines, agreement) = comparison::compare(package, column, (&first, &second), tongue)?;
    let mut people = crate::account::queries::names(db, [row.by, other.by]).await?;
    let mut side = |row: &assessment::Model| {
        let outcome: Option<Outcome> = serde_json::from_value(row.result.clone()).ok();
        Side {
            id: row.id,
            person: people.remove(&row.by).unwrap_or_default(),
            performed_on: row.performed_on.to_string(),
            total: outcome.as_ref().map(|o| o.total.to_string()).unwrap_or_default(),
            band: outcome
                .and_then(|o| o.band_label)
                .map(|label| label.get(tongue).to_owned())
                .unwrap_or_default(),
        }
    };
    let page = ComparisonPage {
        name: package.name.get(tongue).to_owned(),
        version: row.instrument_version.clone(),
        first: side(&row),
        second: side(&other),
        lines,
        compared: agreement.compared,
        alike: agreement.alike,
        not_blind: queries::saw_the_first(db, &other).await?,
        child,
    };
    ctx.page(&page)
}
