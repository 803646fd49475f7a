//! The audit trail: what was done, by whom, to what. Append-only.

use entities::{ChildId, event::event};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde_json::Value;

use super::{actor::Actor, db::Tx, error::Result};

/// What something was done to: the table, the row, and the child whose file it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    kind: &'static str,
    id: i64,
    child: Option<ChildId>,
}

impl Subject {
    /// A row that belongs to no child's file.
    pub fn new(kind: &'static str, id: i64) -> Self {
        Self { kind, id, child: None }
    }

    /// A child's file itself.
    pub fn child(id: ChildId) -> Self {
        Self {
            kind: "child",
            id: id.0,
            child: Some(id),
        }
    }

    /// A row of a child's file.
    pub fn of_child(kind: &'static str, id: i64, child: ChildId) -> Self {
        Self {
            kind,
            id,
            child: Some(child),
        }
    }

    /// Nothing in particular: a list, an export, a sign-in that failed.
    pub fn none() -> Self {
        Self::new("", 0)
    }
}

/// Record a write inside its transaction. `action` is a dotted verb of the trade in the past tense
/// (`referral.accepted`) and has its words under `event.<action>`; `details` hold ids, codes and dates, never names or numbers of people.
pub async fn record(tx: &Tx, by: &Actor, action: &str, subject: Subject, details: Value) -> Result<()> {
    insert(&**tx, row(by, action, subject, details, false)).await?;
    tx.count_event();
    Ok(())
}

/// Record a view, an export or a sign-in: something that happened without a write of its own.
pub async fn note(app: &super::App, by: &Actor, action: &str, subject: Subject, details: Value) -> Result<()> {
    insert(app.db.writer(), row(by, action, subject, details, false)).await
}

/// Record that something was refused.
pub async fn refused(app: &super::App, by: &Actor, action: &str, subject: Subject, details: Value) -> Result<()> {
    insert(app.db.writer(), row(by, action, subject, details, true)).await
}

async fn insert(db: &impl ConnectionTrait, row: event::ActiveModel) -> Result<()> {
    event::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The row itself, for bulk writers that insert many at once.
pub fn row(by: &Actor, action: &str, subject: Subject, details: Value, refused: bool) -> event::ActiveModel {
    event::ActiveModel {
        id: sea_orm::ActiveValue::NotSet,
        at: Set(by.now),
        action: Set(action.to_owned()),
        actor: Set(by.name.clone()),
        account_id: Set(by.account),
        organisation_id: Set(by.workplace.as_ref().map(|w| w.id)),
        coverage: Set(by.coverage().to_owned()),
        subject_kind: Set(subject.kind.to_owned()),
        subject_id: Set(subject.id),
        child_id: Set(subject.child),
        cause: Set(by.submission.clone().unwrap_or_else(|| by.cause.clone())),
        remote: Set(by.remote.clone()),
        refused: Set(refused),
        details: Set(details),
    }
}
