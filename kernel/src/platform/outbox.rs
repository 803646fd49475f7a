//! What people will be told: written in the transaction of the cause, sent by a sweep.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use entities::{
    AccountId, ChildId, GuardianId, Sealed,
    communication::{message, notice},
    words::{Channel, Delivery},
};
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};
use serde_json::Value;

use super::{actor::Actor, crypto::Keys, db::Tx, error::Result};

/// What a letter's secret is sealed for.
const PURPOSE: &str = "sealed.letter";
/// The parameter that holds it, and its place in a text: `%{secret}`.
pub const SECRET: &str = "secret";

/// Whom a message goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// A guardian, about a child.
    Guardian(GuardianId),
    /// A colleague.
    Account(AccountId),
}

/// A message to be sent outside the system.
#[derive(Clone, Debug)]
pub struct Message {
    /// Whom.
    pub to: Receiver,
    /// By which way.
    pub channel: Channel,
    /// The child it is about.
    pub child: Option<ChildId>,
    /// Which text: `message.<template>.subject` and `.body` in the locale files.
    pub template: &'static str,
    /// Ids, dates and plain words for the text. Names are looked up when it is sent.
    pub params: Value,
    /// What it is about, e.g. `screen/7`: one message for one cause and one receiver.
    pub cause: String,
}

/// Send a message; the same cause to the same receiver by the same way is sent once.
pub async fn send(tx: &Tx, by: &Actor, message: Message) -> Result<()> {
    let (account, guardian, to) = match message.to {
        Receiver::Account(id) => (Some(id), None, format!("a{id}")),
        Receiver::Guardian(id) => (None, Some(id), format!("g{id}")),
    };
    let row = message::ActiveModel {
        id: sea_orm::ActiveValue::NotSet,
        dedupe_key: Set(format!(
            "{}:{}:{}:{to}",
            message.channel.as_str(),
            message.template,
            message.cause
        )),
        channel: Set(message.channel),
        account_id: Set(account),
        guardian_id: Set(guardian),
        child_id: Set(message.child),
        template: Set(message.template.to_owned()),
        params: Set(message.params),
        state: Set(Delivery::Pending),
        attempts: Set(0),
        next_attempt_at: Set(by.now),
        last_error: Set(None),
        created_at: Set(by.now),
        sent_at: Set(None),
    };
    message::Entity::insert(row)
        .on_conflict(OnConflict::column(message::Column::DedupeKey).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}

/// Parameters with a secret that stands in no row for anybody to read: it is opened when the letter is written.
pub fn with_secret(keys: &Keys, mut params: Value, secret: &str) -> Result<Value> {
    let sealed = keys.seal(PURPOSE, secret)?;
    if let Some(params) = params.as_object_mut() {
        params.insert(SECRET.to_owned(), BASE64_STANDARD.encode(&sealed.0).into());
    }
    Ok(params)
}

/// The secret of some parameters, which are without it afterwards; none where there is none, or where no key opens it.
pub fn take_secret(keys: &Keys, params: &mut Value) -> Option<Option<String>> {
    let sealed = params.as_object_mut()?.remove(SECRET)?;
    let bytes = sealed.as_str().and_then(|text| BASE64_STANDARD.decode(text).ok());
    Some(bytes.and_then(|bytes| keys.open(PURPOSE, &Sealed(bytes)).ok()))
}

/// A notice for a colleague's inbox.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Whose inbox.
    pub to: AccountId,
    /// Which text: `notice.<template>` in the locale files.
    pub template: &'static str,
    /// Ids, dates, counts for the text.
    pub params: Value,
    /// Page to act on it.
    pub link: String,
    /// The child it is about.
    pub child: Option<ChildId>,
    /// One notice for one cause.
    pub cause: String,
}

/// Put a notice into an inbox; the same cause is put there once.
pub async fn notify(tx: &Tx, by: &Actor, notice: Notice) -> Result<()> {
    let row = notice::ActiveModel {
        id: sea_orm::ActiveValue::NotSet,
        account_id: Set(notice.to),
        dedupe_key: Set(format!("{}:{}:{}", notice.template, notice.cause, notice.to)),
        template: Set(notice.template.to_owned()),
        params: Set(notice.params),
        link: Set(notice.link),
        child_id: Set(notice.child),
        created_at: Set(by.now),
        read_at: Set(None),
    };
    notice::Entity::insert(row)
        .on_conflict(OnConflict::column(notice::Column::DedupeKey).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}
