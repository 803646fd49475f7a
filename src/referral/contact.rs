//! Attempts to reach a family: how, when, by whom, what came of it.

use entities::{
    ChildId, FollowUpId, ReferralId,
    screening::{contact, follow_up, referral},
    words::ReferralState,
};
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, EntityTrait};
use serde_json::json;

use super::{forms::Attempt, queries, rules};
use crate::{
    platform::{
        Actor, App, Error, Result, Tx,
        event::{self, Subject},
    },
    referral::is_open,
};

/// Document an attempt because of a referral, by either side, while it is open or lost.
pub async fn record_for_referral(app: &App, by: &Actor, id: ReferralId, attempt: Attempt) -> Result<()> {
    let seen = queries::find(&*app.db, by, id).await?;
    if rules::side(&seen, by) == rules::Side::Onlooker {
        return Err(Error::Forbidden);
    }
    let tx = app.db.write(by, &seen.district).await?;
    let row = referral::Entity::find_by_id(id)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    if !is_open(row.state) && row.state != ReferralState::Lost {
        return Err(Error::refused("contact.ended"));
    }
    record_in(&tx, by, row.child_id, (Some(id), None), attempt).await?;
    tx.commit().await
}

/// Document an attempt because of a follow-up task that is open.
pub async fn record_for_follow_up(
    app: &App,
    by: &Actor,
    task: &follow_up::Model,
    district: &str,
    attempt: Attempt,
) -> Result<()> {
    let tx = app.db.write(by, district).await?;
    let row = follow_up::Entity::find_by_id(task.id)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    if row.state != entities::words::FollowUpState::Open {
        return Err(Error::refused("contact.ended"));
    }
    record_in(&tx, by, row.child_id, (None, Some(row.id)), attempt).await?;
    tx.commit().await
}

async fn record_in(
    tx: &Tx,
    by: &Actor,
    child: ChildId,
    (referral, follow_up): (Option<ReferralId>, Option<FollowUpId>),
    attempt: Attempt,
) -> Result<()> {
    let row = contact::ActiveModel {
        id: NotSet,
        child_id: Set(child),
        referral_id: Set(referral),
        follow_up_id: Set(follow_up),
        method: Set(attempt.method),
        result: Set(attempt.result),
        attempted_at: Set(attempt.at),
        note: Set(attempt.note),
        by: Set(by.person()?),
        organisation_id: Set(by.organisation()?),
    };
    let id = row.insert(&**tx).await?.id;
    let details = json!({
        "referral": referral, "follow_up": follow_up, "method": attempt.method, "result": attempt.result,
    });
    let subject = Subject::of_child("contact", id.0, child);
    event::record(tx, by, "contact.recorded", subject, details).await
}
