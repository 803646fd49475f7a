//! Attempts to reach a family: how, when, by whom, what came of it.

use entities::{ChildId, ReferralId, TaskId, screening::contact, task::task, words::ContactResult};
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, EntityTrait};
use serde_json::json;

use super::{forms::Attempt, states::Tasks};
use crate::platform::{
    Actor, App, Error, Result, Tx,
    event::{self, Subject},
    states::Machine as _,
};

/// Document an attempt because of a task that is open.
pub(super) async fn record_for_task(app: &App, by: &Actor, seen: &task::Model, attempt: Attempt) -> Result<()> {
    let tx = app.db.write(by, &seen.district).await?;
    let row = task::Entity::find_by_id(seen.id)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    let child = row.child_id.ok_or(Error::NotFound)?;
    if !Tasks::is_open(row.state) {
        return Err(Error::refused("contact.ended"));
    }
    record_contact_in(&tx, by, child, (None, Some(row.id)), attempt).await?;
    tx.commit().await
}

/// Document an attempt because of a referral or a task.
pub async fn record_contact_in(
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

/// Attempts that failed since the family was last reached; entries of one and the same moment are one attempt.
pub fn failed_attempts(contacts: &[contact::Model]) -> u32 {
    let failed = |c: &&contact::Model| matches!(c.result, ContactResult::NotReached | ContactResult::WrongNumber);
    let mut sorted: Vec<_> = contacts.iter().collect();
    sorted.sort_by_key(|c| (c.attempted_at, c.id));
    let mut moments: Vec<_> = sorted
        .iter()
        .rev()
        .copied()
        .take_while(|c| failed(c))
        .map(|c| c.attempted_at)
        .collect();
    moments.dedup();
    u32::try_from(moments.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone, Utc};
    use entities::{AccountId, ContactId, OrganisationId, words::ContactMethod};

    use super::*;

    fn attempt(id: i64, minutes: i64, result: ContactResult) -> contact::Model {
        contact::Model {
            id: ContactId(id),
            child_id: ChildId(1),
            referral_id: Some(ReferralId(1)),
            task_id: None,
            method: ContactMethod::Phone,
            result,
            attempted_at: Utc.with_ymd_and_hms(2026, 11, 2, 1, 0, 0).unwrap() + TimeDelta::minutes(minutes),
            note: None,
            by: AccountId(1),
            organisation_id: OrganisationId(2),
        }
    }

    #[test]
    fn attempts_count_from_the_last_time_the_family_was_reached() {
        use ContactResult::{NotReached, Reached, Refused, WrongNumber};
        let rows = |list: &[(i64, ContactResult)]| -> Vec<contact::Model> {
            (1..)
                .zip(list)
                .map(|(id, (minutes, result))| attempt(id, *minutes, *result))
                .collect()
        };
        assert_eq!(failed_attempts(&[]), 0);
        assert_eq!(
            failed_attempts(&rows(&[(0, NotReached), (5, WrongNumber), (9, NotReached)])),
            3
        );
        assert_eq!(
            failed_attempts(&rows(&[(0, NotReached), (5, Reached), (9, NotReached)])),
            1
        );
        assert_eq!(
            failed_attempts(&rows(&[(0, NotReached), (5, NotReached), (9, Refused)])),
            0
        );
        // The same call written down three times is one call.
        assert_eq!(
            failed_attempts(&rows(&[(0, NotReached), (0, NotReached), (0, NotReached)])),
            1
        );
        // Typed in another order.
        assert_eq!(failed_attempts(&rows(&[(9, NotReached), (0, Reached)])), 1);
    }
}
