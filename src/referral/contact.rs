//! Attempts to reach a family: how, when, by whom, what came of it.

use entities::{
    ChildId, ReferralId, TaskId,
    screening::{contact, referral},
    task::task,
    words::ReferralState,
};
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, EntityTrait};
use serde_json::json;

use super::{forms::Attempt, queries, rules};
use crate::{
    platform::{
        Actor, App, Error, Result, Tx,
        event::{self, Subject},
        states::Machine as _,
    },
    referral::is_open,
    task::states::Tasks,
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

/// Document an attempt because of a task that is open.
pub async fn record_for_task(app: &App, by: &Actor, seen: &task::Model, attempt: Attempt) -> Result<()> {
    let tx = app.db.write(by, &seen.district).await?;
    let row = task::Entity::find_by_id(seen.id)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    let child = row.child_id.ok_or(Error::NotFound)?;
    if !Tasks::is_open(row.state) {
        return Err(Error::refused("contact.ended"));
    }
    record_in(&tx, by, child, (None, Some(row.id)), attempt).await?;
    tx.commit().await
}

async fn record_in(
    tx: &Tx,
    by: &Actor,
    child: ChildId,
    (referral, task): (Option<ReferralId>, Option<TaskId>),
    attempt: Attempt,
) -> Result<()> {
    let row = contact::ActiveModel {
        id: NotSet,
        child_id: Set(child),
        referral_id: Set(referral),
        task_id: Set(task),
        method: Set(attempt.method),
        result: Set(attempt.result),
        attempted_at: Set(attempt.at),
        note: Set(attempt.note),
        by: Set(by.person()?),
        organisation_id: Set(by.organisation()?),
    };
    let id = row.insert(&**tx).await?.id;
    let details = json!({
        "referral": referral, "task": task, "method": attempt.method, "result": attempt.result,
    });
    let subject = Subject::of_child("contact", id.0, child);
    event::record(tx, by, "contact.recorded", subject, details).await
}
