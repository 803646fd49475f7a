//! What several use cases of agreements share: how events name one, what takes its place, what a guardian is written.

use entities::{ChildId, GuardianId, agreement::agreement, child::guardian, words::AgreementState};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{queries::TABLE, states::Agreements};
use crate::{
    notifications,
    platform::{
        Actor, App, Result, Tx,
        event::{self, Subject},
        outbox::{self, Message, Receiver},
        states::Machine as _,
    },
};

/// An agreement as the subject of an event.
pub fn subject(row: &agreement::Model) -> Subject {
    Subject::of_child(TABLE, row.id.0, row.child_id)
}

/// Another one took its place.
pub(super) async fn replace_in(tx: &Tx, by: &Actor, old: agreement::Model, by_which: &agreement::Model) -> Result<()> {
    Agreements::must(old.state, AgreementState::Replaced, "agreement.over")?;
    let version = old.version + 1;
    let mut change = old.into_active_model();
    change.state = Set(AgreementState::Replaced);
    change.version = Set(version);
    let old = change.update(&**tx).await?;
    let details = json!({ "number": old.number, "by": by_which.number });
    event::record(tx, by, "agreement.replaced", subject(&old), details).await
}

/// A guardian is written to, where a letter can go to them.
pub(super) async fn write_in(
    tx: &Tx,
    app: &App,
    by: &Actor,
    (row, id): (&agreement::Model, GuardianId),
    template: &'static str,
    child: Option<ChildId>,
) -> Result<()> {
    let person = guardian::Entity::find_by_id(id).one(&**tx).await?;
    let Some(channel) = person.and_then(|person| notifications::way(&app.config, &person)) else {
        return Ok(());
    };
    let message = Message {
        to: Receiver::Guardian(id),
        channel,
        child,
        template,
        params: json!({}),
        cause: format!("agreement/{}", row.id),
    };
    outbox::send(tx, by, message).await
}

/// The same in the caller's transaction; without a reason the child left.
pub async fn withdraw_in(tx: &Tx, by: &Actor, row: agreement::Model, reason: Option<String>) -> Result<()> {
    Agreements::must(row.state, AgreementState::Withdrawn, "agreement.over")?;
    let version = row.version + 1;
    let mut change = row.into_active_model();
    change.state = Set(AgreementState::Withdrawn);
    change.withdrawn_by = Set(by.account);
    change.withdrawn_at = Set(Some(by.now));
    change.reason = Set(reason);
    change.version = Set(version);
    let row = change.update(&**tx).await?;
    event::record(
        tx,
        by,
        "agreement.withdrawn",
        subject(&row),
        json!({ "number": row.number }),
    )
    .await
}
