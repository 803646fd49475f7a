//! Sending a proposed referral.

use entities::{
    OrganisationId, ReferralId,
    child::child,
    screening::referral,
    words::{Focus, ReferralState, TaskState},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;

use crate::{
    access::scope,
    children::care,
    platform::{
        Actor, App, Error, Result, Say, Version,
        event::{self, Subject},
    },
    referral::{due_dates, move_in, receivers, service::tell_receiver},
    task::queries as tasks,
};

/// What the sender decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Receiver.
    pub to: OrganisationId,
    /// Why, in the sender's words.
    pub reason: String,
    /// The version that the sender saw.
    pub version: Version,
}

/// A referral that the actor's organisation proposed or sent, with its child; anybody else's is not found.
pub async fn own(db: &impl ConnectionTrait, by: &Actor, id: ReferralId) -> Result<(referral::Model, child::Model)> {
    let found = referral::Entity::find_by_id(id)
        .filter(referral::COLUMN.from_organisation_id.eq(by.organisation()?))
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let child = scope::child(db, by, found.child_id).await?;
    Ok((found, child))
}

/// Send it: the receiver may open the file from now on, hears of it, and has so many working days to answer. Returns how
/// many were told there.
///
/// # Errors
/// Stale when the page was older; refused when it is not waiting for confirmation, or the receiver does not cover where
/// the child lives.
pub async fn send(app: &App, by: &Actor, id: ReferralId, sending: &Sending) -> Result<usize> {
    let (found, _) = own(&*app.db, by, id).await?;
    let tx = app.db.write(by, &found.district).await?;
    let (found, file) = own(&*tx, by, id).await?;
    if found.state != ReferralState::Proposed {
        let say = Say::new("referral.not_now").with_word("state", found.state.word());
        return Err(Error::refused(say));
    }
    sending.version.is_still(found.version)?;
    let open = receivers(&*tx, found.kind, &file.division).await?;
    if !open.iter().any(|place| place.id == sending.to) {
        return Err(Error::field("to", "sending.receiver"));
    }
    let (answer_due_on, _) = due_dates(&*tx, found.kind, &file.division, by.today()).await?;
    let change = referral::ActiveModel {
        to_organisation_id: Set(sending.to),
        reason: Set(sending.reason.clone()),
        sender_id: Set(by.person()?),
        since: Set(by.now),
        answer_due_on: Set(answer_due_on),
        ..Default::default()
    };
    let sent = move_in(&tx, by, &found, ReferralState::Sent, None, change).await?;
    care::tie_in(&tx, by, sent.from_organisation_id, file.id).await?;
    care::tie_in(&tx, by, sent.to_organisation_id, file.id).await?;
    let told = tell_receiver(&tx, by, &sent, "referral.received").await?;
    let subject = Subject::of_child("referral", id.0, file.id);
    let details = json!({ "to": sending.to, "answer_due_on": answer_due_on, "due_on": sent.due_on });
    event::record(&tx, by, "referral.sent", subject, details).await?;
    tx.commit().await?;
    Ok(told)
}

/// The sentence after sending: the receiver was told, or nobody is there, and whether the federation has that to do.
pub async fn said(db: &impl ConnectionTrait, to: OrganisationId, told: usize) -> Result<Say> {
    let asked = tasks::about(db, Focus::Organisation, to.0).await?;
    let asked = asked.iter().any(|task| task.state == TaskState::Open);
    Ok(Say::new(match (told, asked) {
        (1.., _) => "sending.sent",
        (0, true) => "sending.sent.nobody.asked",
        (0, false) => "sending.sent.nobody",
    }))
}
