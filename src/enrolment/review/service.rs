//! Deciding a step, and what follows from it.

use entities::{
    ApplicationId, ApplicationStepId, OrganisationId, Texts,
    enrolment::{application, application_step},
    words::{ApplicationState, OrganisationKind, ReviewOutcome, Role},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
};
use serde_json::json;

use crate::{
    access::Can,
    enrolment::{
        application::{
            about::{self, had_a_hand, subject},
            queries,
            states::{self, States},
        },
        chain,
        decision::{self, service::Placement},
    },
    notifications::{News, tell_roles},
    organisations,
    platform::{
        Actor, App, Calendar, Error, Result, Say, Tx, Version,
        approval::{Answers, Bar, Chain, Standing, Step},
        clock, event,
        states::Machine as _,
    },
};

/// What somebody decides about a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How.
    pub outcome: ReviewOutcome,
    /// Why, or what there is to say.
    pub note: Option<String>,
    /// What was filled in.
    pub answers: Answers,
    /// Papers that are missing, by their codes, where it is returned.
    pub missing: Vec<String>,
    /// The place that is given, where one is.
    pub placement: Option<Placement>,
}

/// The organisation that a step of an application is decided by.
pub async fn place_of(
    db: &impl ConnectionTrait,
    row: &application::Model,
    step: &Step,
) -> Result<Option<OrganisationId>> {
    let Some(kind) = step.organisation else { return Ok(None) };
    if kind == OrganisationKind::RehabilitationCentre {
        return Ok(Some(row.centre_id));
    }
    let places = organisations::queries::covering(db, kind, &row.street).await?;
    Ok(places.first().map(|place| place.id))
}

/// Bring the steps that wait in line with where the application stands, and the application itself. `placed` is the place that
/// the last decision gives.
///
/// # Errors
/// Refused where nobody is there who could decide a step.
pub async fn advance_in(
    tx: &Tx,
    by: &Actor,
    row: application::Model,
    placed: Option<(Placement, Option<String>)>,
) -> Result<application::Model> {
    let pinned = row
        .chain_id
        .ok_or_else(|| anyhow::anyhow!("application {} without a chain", row.id))?;
    let chain = chain::queries::of(&**tx, pinned).await?;
    let steps = queries::steps(&**tx, row.id).await?;
    let (entry, facts) = (queries::entry(&row, &steps), queries::facts(&row)?);
    match chain.standing(&entry, &facts) {
        Standing::Waits(waiting) => {
            let calendar = Calendar::load(&**tx).await?;
            for one in &waiting {
                let known = steps
                    .iter()
                    .any(|step| step.round == row.round && step.code == one.step.code);
                if known {
                    continue;
                }
                let nobody = || {
                    let name = one.step.name.zh.clone();
                    Error::refused(Say::new("review.nobody").with("step", name))
                };
                let place = place_of(&**tx, &row, one.step).await?.ok_or_else(nobody)?;
                let role = one.step.role().ok_or_else(nobody)?;
                let since = one.since;
                let waits = application_step::ActiveModel {
                    id: NotSet,
                    application_id: Set(row.id),
                    child_id: Set(row.child_id),
                    round: Set(row.round),
                    code: Set(one.step.code.clone()),
                    organisation_id: Set(place),
                    role: Set(role),
                    since: Set(since),
                    not_before: Set(one.step.not_before(since, &calendar)),
                    due_on: Set(one.step.due_on(since, &calendar)),
                    outcome: Set(None),
                    decided_by: Set(None),
                    decided_at: Set(None),
                    note: Set(None),
                    answers: Set(json!({})),
                    missing: Set(Texts::default()),
                    ended_at: Set(None),
                    version: Set(1),
                };
                let waits = waits.insert(&**tx).await?;
                tell_deciders_in(tx, by, &row, &waits, role).await?;
            }
            Ok(row)
        }
        Standing::Returned(_) => {
            end_waiting_in(tx, by, row.id).await?;
            let row = move_in(tx, by, row, ApplicationState::Returned).await?;
            tell_intake_in(tx, by, &row, "application.returned").await?;
            Ok(row)
        }
        Standing::Refused(_) => {
            end_waiting_in(tx, by, row.id).await?;
            let grounds = placed.and_then(|(_, grounds)| grounds).or_else(|| last_note(&steps));
            concluded_in(tx, by, row, ReviewOutcome::Refused, (None, grounds)).await
        }
        Standing::Done(outcome) => {
            let outcome = outcome
                .filter(|outcome| chain::known::is_answer(*outcome))
                .ok_or_else(|| anyhow::anyhow!("the chain of application {} ends without an answer", row.id))?;
            let (placement, grounds) = match placed {
                Some((placement, grounds)) => (Some(placement), grounds),
                None => (None, last_note(&steps)),
            };
            concluded_in(tx, by, row, outcome, (placement, grounds)).await
        }
    }
}

fn last_note(steps: &[application_step::Model]) -> Option<String> {
    let decided = steps.iter().filter(|step| step.outcome.is_some());
    decided
        .max_by_key(|step| step.decided_at)
        .and_then(|step| step.note.clone())
}

async fn concluded_in(
    tx: &Tx,
    by: &Actor,
    row: application::Model,
    outcome: ReviewOutcome,
    (placement, grounds): (Option<Placement>, Option<String>),
) -> Result<application::Model> {
    decision::service::issue_in(tx, by, &row, outcome, placement, grounds).await?;
    let row = move_in(tx, by, row, states::after(outcome)).await?;
    tell_intake_in(tx, by, &row, "application.decided").await?;
    Ok(row)
}

/// Another state of an application, where the table of states knows the way.
pub(in crate::enrolment) async fn move_in(
    tx: &Tx,
    by: &Actor,
    row: application::Model,
    to: ApplicationState,
) -> Result<application::Model> {
    States::must(row.state, to, "application.over")?;
    let version = row.version + 1;
    let mut moved = row.into_active_model();
    moved.state = Set(to);
    moved.version = Set(version);
    moved.closed_at = Set((!States::is_open(to)).then_some(by.now));
    Ok(moved.update(&**tx).await?)
}

/// What waits of an application waits no more.
pub async fn end_waiting_in(tx: &Tx, by: &Actor, id: ApplicationId) -> Result<()> {
    let waiting = application_step::Entity::find()
        .filter(application_step::COLUMN.application_id.eq(id))
        .filter(application_step::COLUMN.ended_at.is_null())
        .all(&**tx)
        .await?;
    for step in waiting {
        let version = step.version + 1;
        let mut ended = step.into_active_model();
        ended.ended_at = Set(Some(by.now));
        ended.version = Set(version);
        ended.update(&**tx).await?;
    }
    Ok(())
}

async fn tell_deciders_in(
    tx: &Tx,
    by: &Actor,
    row: &application::Model,
    step: &application_step::Model,
    role: Role,
) -> Result<()> {
    let news = News {
        template: "application.waits",
        params: json!({ "step": step.code, "due_on": step.due_on }),
        link: step_page(step.id),
        child: Some(row.child_id),
        cause: format!("application_step/{}", step.id),
    };
    tell_roles(tx, by, step.organisation_id, &[role], &news).await?;
    Ok(())
}

async fn tell_intake_in(tx: &Tx, by: &Actor, row: &application::Model, template: &'static str) -> Result<()> {
    let news = News {
        template,
        params: json!({}),
        link: about::page(row.id),
        child: Some(row.child_id),
        cause: format!("application/{}/{}", row.id, row.version),
    };
    tell_roles(tx, by, row.centre_id, &[Role::IntakeWorker], &news).await?;
    Ok(())
}

/// The page of a step that waits.
pub fn step_page(id: ApplicationStepId) -> String {
    format!("/application-steps/{id}")
}

/// Why somebody may not decide, as the page says it.
pub fn barred(bar: Bar) -> Error {
    Error::refused(match bar {
        Bar::Over | Bar::Changed => "review.over",
        Bar::AnotherPerson => "review.another_person",
        Bar::NotTheirs => "review.not_theirs",
        Bar::NoSuchOutcome => "form.choice",
    })
}

/// Whether somebody may decide a step that waits: the machine's answer, and that they work where it waits.
///
/// # Errors
/// Why not.
pub fn may_decide<'c>(
    chain: &'c Chain,
    row: &application::Model,
    steps: &[application_step::Model],
    step: &application_step::Model,
    by: &Actor,
) -> Result<&'c Step> {
    let entry = queries::entry(row, steps);
    let facts = queries::facts(row)?;
    let theirs = chain.theirs(&entry, &facts, by).map_err(barred)?;
    if had_a_hand(row, by.account) {
        return Err(barred(Bar::AnotherPerson));
    }
    if by.workplace.as_ref().map(|place| place.id) != Some(step.organisation_id) {
        return Err(barred(Bar::NotTheirs));
    }
    let found = theirs.into_iter().find(|one| one.code == step.code);
    found.ok_or_else(|| barred(Bar::NotTheirs))
}

/// Why somebody may not decide a step, in words; none when they may.
pub fn why_not(
    chain: &Chain,
    row: &application::Model,
    steps: &[application_step::Model],
    step: &application_step::Model,
    by: &Actor,
) -> Result<Option<Say>> {
    if step.ended_at.is_some() {
        return Ok(Some(Say::new("review.over")));
    }
    if !Can::Review.allows(&by.roles) {
        return Ok(Some(Say::new("review.not_theirs")));
    }
    match may_decide(chain, row, steps, step, by) {
        Ok(_) => Ok(None),
        Err(Error::Refused(say)) => Ok(Some(*say)),
        Err(other) => Err(other),
    }
}

/// Decide a step that waits, as whoever read a version of it.
///
/// # Errors
/// Stale when somebody was quicker; refused when the machine says no, or it is too early to go on.
pub async fn decide(
    app: &App,
    by: &Actor,
    id: ApplicationStepId,
    version: Version,
    verdict: Verdict,
) -> Result<application::Model> {
    let (_, seen) = queries::step(&*app.db, by, id).await?;
    let tx = app.db.write(by, &seen.district).await?;
    let row = decide_in(&tx, by, id, version, verdict).await?;
    tx.commit().await?;
    Ok(row)
}

/// The same in a transaction of the application's district.
pub async fn decide_in(
    tx: &Tx,
    by: &Actor,
    id: ApplicationStepId,
    version: Version,
    verdict: Verdict,
) -> Result<application::Model> {
    let (step, row) = queries::step(&**tx, by, id).await?;
    if step.ended_at.is_some() || !version.is(step.version) {
        return Err(Error::stale_as(quicker(tx, &step).await?));
    }
    let pinned = row.chain_id.ok_or_else(|| barred(Bar::Over))?;
    let chain = chain::queries::of(&**tx, pinned).await?;
    let steps = queries::steps(&**tx, row.id).await?;
    let meant = may_decide(&chain, &row, &steps, &step, by)?;
    if !meant.outcomes.contains(&verdict.outcome) {
        return Err(barred(Bar::NoSuchOutcome));
    }
    if let Some(first) = step
        .not_before
        .filter(|first| verdict.outcome.goes_on() && *first > by.today())
    {
        return Err(Error::refused(Say::new("review.too_early").with("day", first)));
    }
    let (code, next) = (step.code.clone(), step.version + 1);
    let mut decided = step.into_active_model();
    decided.outcome = Set(Some(verdict.outcome));
    decided.decided_by = Set(by.account);
    decided.decided_at = Set(Some(by.now));
    decided.note = Set(verdict.note.clone());
    decided.answers = Set(serde_json::to_value(&verdict.answers)?);
    decided.missing = Set(Texts(verdict.missing.clone()));
    decided.ended_at = Set(Some(by.now));
    decided.version = Set(next);
    decided.update(&**tx).await?;
    let details = json!({ "step": code, "outcome": verdict.outcome, "round": row.round, "missing": verdict.missing });
    event::record(tx, by, "application.step_decided", subject(&row), details).await?;
    let placed = verdict.placement.map(|placement| (placement, verdict.note));
    advance_in(tx, by, row, placed).await
}

/// Somebody was quicker: who, when, and how.
async fn quicker(tx: &Tx, step: &application_step::Model) -> Result<Say> {
    let Some((outcome, at)) = step.outcome.zip(step.decided_at) else {
        return Ok(Say::new("review.over"));
    };
    let name = crate::account::queries::name(&**tx, step.decided_by).await?;
    Ok(Say::new("review.quicker")
        .with("who", name)
        .with("at", clock::shown(at))
        .with_word("outcome", outcome.word()))
}
