//! Issuing decisions, having them read, and saying what came of a trial.

use chrono::{Datelike as _, NaiveDate};
use entities::{
    AccountId, EnrolmentDecisionId,
    enrolment::{application, enrolment_decision},
    organisation::organisation,
    words::{ApplicationState, EnrolmentMode, ReviewOutcome},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ConnectionTrait, EntityTrait, IntoActiveModel,
};
use serde_json::json;

use super::queries;
use crate::{
    enrolment::{
        application::states::{self, States},
        chain::known::is_place,
        rules::Terms,
    },
    platform::{
        Actor, App, Error, Result, Say, Tx, Version, counter,
        event::{self, Subject},
        parameter,
        rule::Rule as _,
        states::Machine as _,
    },
};

/// The letters in the number of a decision.
pub const CODE: &str = "RY";

/// A place that a decision gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// How the child attends.
    pub mode: EnrolmentMode,
    /// Service in a week, where it was settled.
    pub minutes_per_week: Option<i32>,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day.
    pub valid_to: NaiveDate,
}

/// The page of a decision.
pub fn page(id: EnrolmentDecisionId) -> String {
    format!("/enrolment-decisions/{id}")
}

fn subject(row: &enrolment_decision::Model) -> Subject {
    Subject::of_child("enrolment_decision", row.id.0, row.child_id)
}

/// The terms in force in a district on a day.
pub async fn terms(db: &impl ConnectionTrait, district: &str, on: NaiveDate) -> Result<Terms> {
    parameter::get(db, Terms::CODE, district, on).await
}

/// Issue the decision that a review came to, in its transaction.
///
/// # Errors
/// By field when its days overlap those of another decision of the child; refused when a place is given without days.
pub async fn issue_in(
    tx: &Tx,
    by: &Actor,
    application: &application::Model,
    outcome: ReviewOutcome,
    placement: Option<Placement>,
    grounds: Option<String>,
) -> Result<enrolment_decision::Model> {
    issue(tx, by, application, (outcome, placement, grounds), None, by.person()?).await
}

/// The same where somebody else decided than the one who records what came of it: a place that was offered is given by whoever
/// offered it.
pub(in crate::enrolment) async fn issue_as_in(
    tx: &Tx,
    by: &Actor,
    application: &application::Model,
    parts: (ReviewOutcome, Option<Placement>, Option<String>),
    decided_by: AccountId,
) -> Result<enrolment_decision::Model> {
    issue(tx, by, application, parts, None, decided_by).await
}

async fn issue(
    tx: &Tx,
    by: &Actor,
    application: &application::Model,
    (outcome, placement, grounds): (ReviewOutcome, Option<Placement>, Option<String>),
    continues: Option<EnrolmentDecisionId>,
    decided_by: AccountId,
) -> Result<enrolment_decision::Model> {
    let placement = placement.filter(|_| is_place(outcome));
    if is_place(outcome) && placement.is_none() {
        return Err(Error::field("valid_from", "form.required"));
    }
    if let Some(placement) = &placement {
        must_be_free(tx, application, placement).await?;
    }
    let centre = organisation::Entity::find_by_id(application.centre_id)
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)?;
    let today = by.today();
    let year = today.year();
    let district = &application.district;
    let running = counter::count_in(tx, &format!("enrolment_decision/{district}/{year}"), 1).await?;
    let row = enrolment_decision::ActiveModel {
        id: NotSet,
        application_id: Set(application.id),
        child_id: Set(application.child_id),
        district: Set(district.clone()),
        organisation_id: Set(centre.id),
        legal_person: Set(centre.legal_person.unwrap_or(centre.name)),
        number: Set(format!("{district}-{CODE}-{year}-{running:04}")),
        outcome: Set(outcome),
        mode: Set(placement.map_or(application.mode, |placement| placement.mode)),
        minutes_per_week: Set(placement.and_then(|placement| placement.minutes_per_week)),
        valid_from: Set(placement.map(|placement| placement.valid_from)),
        valid_to: Set(placement.map(|placement| placement.valid_to)),
        grounds: Set(grounds),
        decided_on: Set(today),
        decided_by: Set(decided_by),
        continues_id: Set(continues),
        read_on: Set(None),
        read_by: Set(None),
        read_recorded_by: Set(None),
        appeal_until: Set(None),
        revoked_on: Set(None),
        version: Set(1),
    };
    let row = row.insert(&**tx).await?;
    let details = json!({
        "number": row.number, "outcome": row.outcome, "mode": row.mode,
        "valid_from": row.valid_from, "valid_to": row.valid_to,
    });
    event::record(tx, by, "enrolment_decision.issued", subject(&row), details).await?;
    Ok(row)
}

/// No two decisions of a child that hold share a day; the database refuses it besides.
///
/// # Errors
/// By field with the other decision and its days.
pub async fn must_be_free(tx: &Tx, application: &application::Model, placement: &Placement) -> Result<()> {
    let wanted = (placement.valid_from, Some(placement.valid_to));
    let others = queries::places_of(&**tx, application.child_id).await?;
    for other in others {
        let Some(from) = other.valid_from else { continue };
        if queries::share_a_day(wanted, (from, other.valid_to)) {
            let say = Say::new("decision.overlaps")
                .with("number", &other.number)
                .with("from", from);
            let say = match other.valid_to {
                Some(to) => say.with("to", to),
                None => say.with("to", "—"),
            };
            return Err(Error::field("valid_from", say));
        }
    }
    Ok(())
}

async fn own(
    app: &App,
    by: &Actor,
    id: EnrolmentDecisionId,
    version: Version,
) -> Result<(Tx, enrolment_decision::Model)> {
    let seen = queries::find(&*app.db, by, id).await?;
    if by.organisation()? != seen.organisation_id {
        return Err(Error::Forbidden);
    }
    let tx = app.db.write(by, &seen.district).await?;
    let row = queries::find(&*tx, by, id).await?;
    version.is_still(row.version)?;
    Ok((tx, row))
}

/// Staff record that the family has read a decision: who, and on which day.
///
/// # Errors
/// Refused when it was read already.
pub async fn record_reading(
    app: &App,
    by: &Actor,
    id: EnrolmentDecisionId,
    version: Version,
    (read_on, read_by): (NaiveDate, String),
) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    read_in(&tx, by, row, read_on, read_by).await?;
    tx.commit().await
}

/// The family has read a decision: the time for objections begins. Whoever reads it by a way of their own calls this.
///
/// # Errors
/// Refused when it was read already; by field when the day cannot be.
pub async fn read_in(
    tx: &Tx,
    by: &Actor,
    row: enrolment_decision::Model,
    read_on: NaiveDate,
    read_by: String,
) -> Result<enrolment_decision::Model> {
    if row.read_on.is_some() {
        return Err(Error::refused("decision.read_already"));
    }
    if read_on < row.decided_on || read_on > by.today() {
        return Err(Error::field("read_on", "decision.read_when"));
    }
    let terms = terms(&**tx, &row.district, read_on).await?;
    let (version, until) = (row.version + 1, terms.appeal_until(read_on));
    let mut read = row.into_active_model();
    read.read_on = Set(Some(read_on));
    read.read_by = Set(Some(read_by));
    read.read_recorded_by = Set(by.account);
    read.appeal_until = Set(Some(until));
    read.version = Set(version);
    let row = read.update(&**tx).await?;
    let details = json!({ "read_on": read_on, "appeal_until": until });
    event::record(tx, by, "enrolment_decision.read", subject(&row), details).await?;
    Ok(row)
}

/// What came of a trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// Admitted, another trial, referred on, or not admitted.
    pub outcome: ReviewOutcome,
    /// The place that is given from then on.
    pub placement: Option<Placement>,
    /// Why.
    pub grounds: Option<String>,
}

/// Say what came of a trial: a decision of its own, which continues it. The trial ends the day before the new days begin.
///
/// # Errors
/// Refused when it is no trial, or was concluded already; by field when the days do not follow.
pub async fn conclude(
    app: &App,
    by: &Actor,
    id: EnrolmentDecisionId,
    version: Version,
    conclusion: Conclusion,
) -> Result<EnrolmentDecisionId> {
    let (tx, row) = own(app, by, id, version).await?;
    let application = application::Entity::find_by_id(row.application_id)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    let concluded = queries::of_application(&*tx, application.id).await?;
    let continued = concluded.iter().any(|other| other.continues_id == Some(row.id));
    if row.outcome != ReviewOutcome::Trial || row.revoked_on.is_some() || continued {
        return Err(Error::refused("decision.no_trial"));
    }
    let to = states::after(conclusion.outcome);
    States::must(application.state, to, "application.over")?;
    let today = by.today();
    let ends = match &conclusion.placement {
        Some(placement) => placement.valid_from.pred_opt().unwrap_or(placement.valid_from),
        None => today,
    };
    if row.valid_from.is_some_and(|from| ends < from) {
        return Err(Error::field("valid_from", "decision.before_trial"));
    }
    let was = row.version + 1;
    let shortened = row.valid_to.map_or(ends, |to| to.min(ends));
    let mut trial = row.into_active_model();
    trial.valid_to = Set(Some(shortened));
    trial.version = Set(was);
    let trial = trial.update(&*tx).await?;
    let parts = (conclusion.outcome, conclusion.placement, conclusion.grounds);
    let next = issue(&tx, by, &application, parts, Some(trial.id), by.person()?).await?;
    let version = application.version + 1;
    let mut application = application.into_active_model();
    application.state = Set(to);
    application.version = Set(version);
    application.update(&*tx).await?;
    let details = json!({ "outcome": next.outcome, "until": shortened, "by": next.id });
    event::record(&tx, by, "enrolment_decision.concluded", subject(&trial), details).await?;
    tx.commit().await?;
    Ok(next.id)
}

/// Whether an application stands as one whose trial can be concluded.
pub fn is_on_trial(row: &enrolment_decision::Model, application: &application::Model) -> bool {
    row.outcome == ReviewOutcome::Trial && row.revoked_on.is_none() && application.state == ApplicationState::Trial
}
