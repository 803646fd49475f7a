//! Whom a message goes to, and whether it still should. Asked at the moment of sending: much happens in between.

use chrono::NaiveDate;
use entities::{
    AccountId, ChildId, GuardianId,
    account::account,
    child::{child, guardian, guardianship},
    communication::message,
    words::{Channel, Delivery, Language},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::meaning;
use crate::{
    children,
    platform::{Actor, App, Result},
};

/// Who reads it, where, in which language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// Name in the salutation.
    pub name: String,
    /// E-mail address or telephone number, by channel.
    pub address: String,
    /// Language of the message.
    pub language: Language,
}

/// What came of looking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Send it there.
    Receiver(Receiver),
    /// Do not send it: cancelled or failed, for a reason that is a locale key.
    Not(Delivery, &'static str),
}

const fn cancelled(reason: &'static str) -> Found {
    Found::Not(Delivery::Cancelled, reason)
}

/// The receiver of a message, or why there is none any more.
pub async fn find(db: &impl ConnectionTrait, app: &App, row: &message::Model, by: &Actor) -> Result<Found> {
    let today = by.today();
    if let Some(reason) = meaning::lost(db, row, by.now).await? {
        return Ok(cancelled(reason));
    }
    match (row.guardian_id, row.account_id) {
        (Some(id), _) => of_guardian(db, app, row, id, today).await,
        (None, Some(id)) => of_account(db, row.channel, id).await,
        (None, None) => Ok(Found::Not(Delivery::Failed, "delivery.no_address")),
    }
}

async fn of_account(db: &impl ConnectionTrait, channel: Channel, id: AccountId) -> Result<Found> {
    let account = account::Entity::find_by_id(id)
        .filter(account::COLUMN.disabled_at.is_null())
        .one(db)
        .await?;
    let Some(account) = account else {
        return Ok(cancelled("delivery.account_closed"));
    };
    let address = match channel {
        Channel::Mail => account.email,
        Channel::Webhook => None,
    };
    Ok(reachable(account.display_name, address, account.language))
}

async fn of_guardian(
    db: &impl ConnectionTrait,
    app: &App,
    row: &message::Model,
    id: GuardianId,
    today: NaiveDate,
) -> Result<Found> {
    if let Some(child) = row.child_id
        && let Some(reason) = silence(db, id, child, today).await?
    {
        return Ok(cancelled(reason));
    }
    let Some(guardian) = guardian::Entity::find_by_id(id).one(db).await? else {
        return Ok(Found::Not(Delivery::Failed, "delivery.no_address"));
    };
    let address = match (row.channel, &guardian.phone) {
        (Channel::Mail, _) => guardian.email,
        (Channel::Webhook, Some(phone)) => Some(app.keys.open("guardian.phone", phone)?),
        (Channel::Webhook, None) => None,
    };
    Ok(reachable(guardian.name, address, guardian.language))
}

/// Why a guardian is not told about a child any more.
async fn silence(
    db: &impl ConnectionTrait,
    id: GuardianId,
    child: ChildId,
    today: NaiveDate,
) -> Result<Option<&'static str>> {
    let Some(file) = child::Entity::find_by_id(child).one(db).await? else {
        return Ok(Some("delivery.cause_gone"));
    };
    if file.departure_id.is_some() {
        return Ok(Some("delivery.child_left"));
    }
    // After a merge the survivor's guardians and consents count.
    let child = file.merged_into.unwrap_or(child);
    let tie = guardianship::Entity::find()
        .filter(guardianship::COLUMN.guardian_id.eq(id))
        .filter(guardianship::COLUMN.child_id.eq(child))
        .filter(guardianship::COLUMN.may_be_contacted.eq(true))
        .filter(guardianship::COLUMN.ended_on.is_null())
        .one(db)
        .await?;
    if tie.is_none() {
        return Ok(Some("delivery.not_to_be_contacted"));
    }
    let allowed = children::consents::messages_allowed(db, child, today).await?;
    Ok((!allowed).then_some("delivery.consent_withdrawn"))
}

fn reachable(name: String, address: Option<String>, language: Language) -> Found {
    match address.filter(|a| !a.trim().is_empty()) {
        Some(address) => Found::Receiver(Receiver {
            name,
            address: address.trim().to_owned(),
            language,
        }),
        None => Found::Not(Delivery::Failed, "delivery.no_address"),
    }
}
