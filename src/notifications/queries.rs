//! Reads for the inbox, and for the state of messages beside an address.

use std::collections::BTreeMap;

use entities::{
    ChildId, GuardianId,
    child::guardian,
    communication::{message, notice},
    words::{Delivery, Language},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait as _},
};

use super::text::{Names, Text};
use crate::{
    access::scope,
    children::views::delivery_look,
    platform::{Actor, List, Page, Result, Say, words},
};
use chrono::{DateTime, Utc};

/// A notice as its reader sees it.
#[derive(Clone, Debug)]
pub struct InboxLine {
    /// The row.
    pub row: notice::Model,
    /// In the reader's words.
    pub text: String,
}

/// A page of somebody's inbox, the newest first; of all of it or of what was not read yet.
pub async fn inbox(
    db: &impl ConnectionTrait,
    by: &Actor,
    list: &List,
    language: Language,
    all: bool,
) -> Result<Page<InboxLine>> {
    let select = notice::Entity::find()
        .filter(notice::COLUMN.account_id.eq(by.person()?))
        .order_by_desc(notice::COLUMN.created_at)
        .order_by_desc(notice::COLUMN.id);
    let select = if all {
        select
    } else {
        select.filter(notice::COLUMN.read_at.is_null())
    };
    let page: Page<notice::Model> = list.fetch(db, select).await?;
    let names = Names::find(db, by, page.rows.iter().map(|row| (&row.params, row.child_id))).await?;
    Ok(page.map(|row| {
        let text = Text {
            template: &row.template,
            params: &row.params,
            child: row.child_id,
        };
        let words = text
            .notice(language, &names)
            .unwrap_or_else(|| Say::new("inbox.untold").in_words(language));
        InboxLine { row, text: words }
    }))
}

/// A message on its way, without a name: which text, to what kind of receiver, how far.
#[derive(Clone, Debug)]
pub struct DeliveryLine {
    /// The row.
    pub row: message::Model,
}

impl DeliveryLine {
    /// The reason why it did not leave, in words.
    pub fn reason(&self) -> Say {
        // The mail library puts the server's answer behind what kind of answer it is, and its code; 53x are about our sign-in.
        let key = match self.raw_reason() {
            None => self.row.last_error.as_deref().unwrap_or_default(),
            Some(raw) if raw.contains("error (53") => "delivery.reason.sign_in",
            Some(raw) if raw.contains("permanent error") => "delivery.reason.refused",
            Some(raw) if raw.contains("transient error") => "delivery.reason.later",
            Some(_) => "delivery.reason.unreachable",
        };
        Say::from(key.to_owned())
    }

    /// The server's own words, where it had any.
    pub fn raw_reason(&self) -> Option<&str> {
        let reason = self.row.last_error.as_deref()?;
        (!reason.starts_with("delivery.") && !reason.is_empty()).then_some(reason)
    }

    /// Which text it is: its subject, with nothing of whom it is about.
    pub fn about(&self, language: Language) -> String {
        let subject = words::raw(language, &format!("message.{}.subject", self.row.template)).into_owned();
        let mut parts = subject.split("%{");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| {
            let rest = part.split_once('}').map_or("", |(_, rest)| rest);
            format!("{text}…{rest}")
        })
    }

    /// Somebody may decide about it.
    pub fn is_open(&self) -> bool {
        matches!(self.row.state, Delivery::Pending | Delivery::Failed)
    }

    /// It waits for its next attempt after one that failed.
    pub fn is_waiting(&self) -> bool {
        self.row.state == Delivery::Pending && self.row.attempts > 0 && self.row.last_error.is_some()
    }

    /// It will not be tried again by itself.
    pub fn is_failed(&self) -> bool {
        self.row.state == Delivery::Failed
    }

    /// Colour and icon of its state.
    pub fn look(&self) -> (&'static str, &'static str) {
        delivery_look(self.row.state)
    }
}

impl From<message::Model> for DeliveryLine {
    fn from(row: message::Model) -> Self {
        Self { row }
    }
}

/// A message to a child's family.
#[derive(Clone, Debug)]
pub struct FamilyLine {
    /// How far it has come.
    pub delivery: DeliveryLine,
    /// What it is about, in the reader's words.
    pub about: String,
    /// To whom.
    pub guardian: String,
}

/// Messages to the family of a child, the newest first.
pub async fn to_family(
    db: &impl ConnectionTrait,
    by: &Actor,
    child: ChildId,
    list: &List,
    language: Language,
) -> Result<Page<FamilyLine>> {
    let select = message::Entity::find()
        .filter(message::COLUMN.child_id.eq(child))
        .filter(message::COLUMN.guardian_id.is_not_null())
        .order_by_desc(message::COLUMN.id);
    let page: Page<message::Model> = list.fetch(db, select).await?;
    let names = Names::find(db, by, page.rows.iter().map(|row| (&row.params, row.child_id))).await?;
    let guardians: BTreeMap<GuardianId, String> = guardian::Entity::find()
        .filter(
            guardian::COLUMN
                .id
                .is_in(page.rows.iter().filter_map(|row| row.guardian_id)),
        )
        .all(db)
        .await?
        .into_iter()
        .map(|one| (one.id, one.name))
        .collect();
    Ok(page.map(|row| {
        let text = Text {
            template: &row.template,
            params: &row.params,
            child: row.child_id,
        };
        let key = format!("message.{}.subject", row.template);
        FamilyLine {
            about: text.words(language, &key, &names, &[]).unwrap_or_default(),
            guardian: row
                .guardian_id
                .and_then(|id| guardians.get(&id).cloned())
                .unwrap_or_default(),
            delivery: row.into(),
        }
    }))
}

/// Which messages a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// What did not leave and should have: what needs a person.
    Stuck,
    /// One state.
    State(Delivery),
    /// All.
    All,
}

impl Shown {
    /// In the address of the list.
    pub const STUCK: &str = "stuck";

    /// As the address names it.
    pub fn of(text: &str) -> Self {
        match text.parse() {
            _ if text == Self::STUCK => Self::Stuck,
            Ok(state) => Self::State(state),
            Err(_) => Self::All,
        }
    }
}

/// Messages of the reader's area, the newest first.
pub async fn shown(db: &impl ConnectionTrait, by: &Actor, list: &List, shown: Shown) -> Result<Page<DeliveryLine>> {
    let select = message::Entity::find()
        .filter(scope::messages(by))
        .order_by_desc(message::COLUMN.id);
    let select = match shown {
        Shown::Stuck => select.filter(scope::stuck_messages()),
        Shown::State(state) => select.filter(message::COLUMN.state.eq(state)),
        Shown::All => select,
    };
    let page: Page<message::Model> = list.fetch(db, select).await?;
    Ok(page.map(DeliveryLine::from))
}

/// How many messages of the reader's area did not leave and should have.
pub async fn stuck(db: &impl ConnectionTrait, by: &Actor) -> Result<u64> {
    Ok(message::Entity::find()
        .filter(scope::messages(by))
        .filter(scope::stuck_messages())
        .count(db)
        .await?)
}

/// How many messages are in a state, and since when the oldest of them.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Queue {
    /// The state.
    pub state: Delivery,
    /// How many.
    pub messages: i64,
    /// When the oldest was written.
    pub oldest: DateTime<Utc>,
}

/// The outbox in numbers.
pub async fn queues(db: &impl ConnectionTrait) -> Result<Vec<Queue>> {
    Ok(message::Entity::find()
        .select_only()
        .column(message::Column::State)
        .column_as(Expr::col(message::Column::Id).count(), "messages")
        .column_as(Expr::col(message::Column::CreatedAt).min(), "oldest")
        .group_by(message::Column::State)
        .order_by_asc(message::COLUMN.state)
        .into_model()
        .all(db)
        .await?)
}
