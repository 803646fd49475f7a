//! Whether a message still says something that is true and of use. Asked at the moment of sending: a letter may have
//! waited for weeks until somebody configured a mail server, and nobody is written to about yesterday's appointment.

use chrono::{DateTime, TimeDelta, Utc};
use entities::{
    ChildId, DiagnosisId, ReferralId, RescreenId, ScreenId,
    child::child,
    communication::message,
    screening::{diagnosis, pathway, referral, rescreen, screen},
    words::{ReferralState, Stage},
};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::cause::cause;
use crate::platform::{Result, clock::shown};

/// What is older is not mailed any more; the family is called, if that still matters.
const OLDEST: TimeDelta = TimeDelta::days(30);
/// What waited for so long is looked at once more: meanwhile the child may have gone on.
const LATE: TimeDelta = TimeDelta::days(1);

/// The letter with a code by which a guardian is let in, and how long the code holds.
pub const CODE: &str = "guardian_access.code";
pub const CODE_HOLDS: TimeDelta = TimeDelta::minutes(10);

/// Letters that ask a family to come for the next step, and the stages in which that step is still to come.
const ASKS: [(&str, [Stage; 3]); 2] = [
    (
        "screening.rescreen_needed",
        [Stage::RescreenProposed, Stage::AwaitingRescreen, Stage::Lost],
    ),
    (
        "rescreen.further",
        [Stage::DiagnosisProposed, Stage::AwaitingDiagnosis, Stage::Lost],
    ),
];

/// Why a message is not to be sent any more; none when it is.
pub async fn lost(db: &impl ConnectionTrait, row: &message::Model, now: DateTime<Utc>) -> Result<Option<&'static str>> {
    if is_cause_gone(db, row).await? {
        return Ok(Some("delivery.cause_gone"));
    }
    if let Some(at) = row.params.get("at").and_then(|at| at.as_str())
        && let Some(reason) = appointment(db, row, at, now).await?
    {
        return Ok(Some(reason));
    }
    if row.template == CODE && row.created_at + CODE_HOLDS < now {
        return Ok(Some("delivery.too_late"));
    }
    if row.created_at + OLDEST < now {
        return Ok(Some("delivery.too_old"));
    }
    if row.created_at + LATE < now
        && let Some((_, stages)) = ASKS.iter().find(|(template, _)| *template == row.template)
        && let Some(child) = row.child_id
        && let Some(stage) = stage(db, child).await?
        && !stages.contains(&stage)
    {
        return Ok(Some("delivery.overtaken"));
    }
    Ok(None)
}

/// The record that a message is about was taken back.
async fn is_cause_gone(db: &impl ConnectionTrait, row: &message::Model) -> Result<bool> {
    let cause = cause(row);
    let id = |kind: &str| cause.strip_prefix(kind).and_then(|id| id.parse().ok());
    if let Some(id) = id("screen/") {
        let screen = screen::Entity::find_by_id(ScreenId(id)).one(db).await?;
        return Ok(screen.is_none_or(|s| s.withdrawn_at.is_some()));
    }
    if let Some(id) = id("rescreen/") {
        let found = rescreen::Entity::find_by_id(RescreenId(id)).one(db).await?;
        return Ok(found.is_none_or(|s| s.withdrawn_at.is_some()));
    }
    if let Some(id) = id("diagnosis/") {
        let found = diagnosis::Entity::find_by_id(DiagnosisId(id)).one(db).await?;
        return Ok(found.is_none_or(|s| s.withdrawn_at.is_some()));
    }
    Ok(false)
}

/// The appointment that a message tells of is over, was moved or called off.
async fn appointment(
    db: &impl ConnectionTrait,
    row: &message::Model,
    at: &str,
    now: DateTime<Utc>,
) -> Result<Option<&'static str>> {
    let id = cause(row)
        .strip_prefix("referral/")
        .and_then(|rest| rest.split('/').next()?.parse().ok());
    let Some(id) = id else { return Ok(None) };
    let Some(referral) = referral::Entity::find_by_id(ReferralId(id)).one(db).await? else {
        return Ok(None);
    };
    let stands =
        referral.state == ReferralState::Appointed && referral.appointment_at.is_some_and(|set| shown(set) == at);
    Ok(match (stands, referral.appointment_at) {
        (false, _) => Some("delivery.overtaken"),
        (true, Some(set)) if set <= now => Some("delivery.too_late"),
        (true, _) => None,
    })
}

/// Where the child stands, after a merge the file that was kept.
async fn stage(db: &impl ConnectionTrait, id: ChildId) -> Result<Option<Stage>> {
    let Some(file) = child::Entity::find_by_id(id).one(db).await? else {
        return Ok(None);
    };
    let place = pathway::Entity::find_by_id(file.merged_into.unwrap_or(id))
        .one(db)
        .await?;
    Ok(place.map(|place| place.stage))
}
