//! Who is told of a move of a referral, and by which notice.

use entities::{ReferralId, screening::referral, words::Role};
use serde_json::{Value, json};

use super::states::{receiver_role, sender_role};
use crate::{
    notifications::telling::{self, News},
    platform::{Actor, Result, Say, Tx},
};

/// The result of a referral goes back to whoever sent it, in one word (`referral.outcome.<word>`). Returns how many were
/// told.
pub async fn tell_result(tx: &Tx, by: &Actor, row: &referral::Model, outcome: &'static str) -> Result<usize> {
    tell_sender(tx, by, row, "referral.result", json!({ "outcome": outcome })).await
}

/// Tell whoever sent it. Returns how many were told.
pub async fn tell_sender(
    tx: &Tx,
    by: &Actor,
    row: &referral::Model,
    template: &'static str,
    params: Value,
) -> Result<usize> {
    let news = news(row, template, params);
    let roles = [sender_role(row.kind), Role::Supervisor];
    telling::tell_sender(tx, by, row.sender_id, row.from_organisation_id, &roles, &news).await
}

/// Tell whoever receives them there.
pub async fn tell_receiver(tx: &Tx, by: &Actor, row: &referral::Model, template: &'static str) -> Result<usize> {
    let news = news(row, template, json!({}));
    telling::tell_roles(tx, by, row.to_organisation_id, &[receiver_role(row.kind)], &news).await
}

fn news(row: &referral::Model, template: &'static str, mut params: Value) -> News {
    if let Some(map) = params.as_object_mut() {
        map.insert("kind".into(), json!(row.kind));
        map.insert("due_on".into(), json!(row.due_on));
        map.insert("answer_due_on".into(), json!(row.answer_due_on));
    }
    News {
        template,
        params,
        link: page(row.id),
        child: Some(row.child_id),
        cause: format!("referral/{}/{}", row.id, row.version),
    }
}

/// The sentence that somebody was told, or that nobody was.
pub fn told(key: &'static str, people: usize) -> Say {
    if people > 0 {
        Say::new(key)
    } else {
        Say::from(format!("{key}.nobody"))
    }
}

/// The page of a referral.
pub fn page(id: ReferralId) -> String {
    format!("/referrals/{id}")
}
