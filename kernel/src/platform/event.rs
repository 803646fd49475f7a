//! The audit trail: what was done, by whom, to what. Append-only.

use entities::{ChildId, event::event};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde_json::Value;

use super::{actor::Actor, compartment::Table, db::Tx, error::Result, refusals::Due};

/// What happened stays with the child to whom it happened.
pub const COMPARTMENT: &[Table] = &[Table::apart::<event::Entity>()];

/// Longest name, address or id of a request in an event, in characters; whatever is longer is cut.
const NAME: usize = 128;
/// Longest text among the details: a reason, a path.
const TEXT: usize = 1000;
/// Rows of one statement: SQLite takes 32,766 variables.
const AT_ONCE: usize = 2000;

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
/// The child whose file it is about is touched.
pub async fn record(tx: &Tx, by: &Actor, action: &str, subject: Subject, details: Value) -> Result<()> {
    insert(&**tx, row(by, action, subject, details, false)).await?;
    tx.count_event();
    tx.touch_all(subject.child);
    Ok(())
}

/// Record many at once: rows of [`row`] about something that was done. The children whose files they are about are touched.
pub async fn record_all(tx: &Tx, rows: Vec<event::ActiveModel>) -> Result<()> {
    let children: Vec<ChildId> = rows
        .iter()
        .filter_map(|row| row.child_id.try_as_ref().copied().flatten())
        .collect();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<_> = rows.by_ref().take(AT_ONCE).collect();
        event::Entity::insert_many(some).exec_without_returning(&**tx).await?;
        tx.count_event();
    }
    tx.touch_all(children);
    Ok(())
}

/// Record a view, an export or a sign-in: something that happened without a write of its own.
pub async fn note(app: &super::App, by: &Actor, action: &str, subject: Subject, details: Value) -> Result<()> {
    insert(app.db.alone(), row(by, action, subject, details, false)).await
}

/// The same for many at once: rows of [`row`].
pub async fn note_all(app: &super::App, mut rows: Vec<event::ActiveModel>) -> Result<()> {
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(AT_ONCE));
        event::Entity::insert_many(rows)
            .exec_without_returning(app.db.alone())
            .await?;
        rows = rest;
    }
    Ok(())
}

/// Record that something was refused: at once, or with others of the same minute (see [`super::refusals`]). Says whether
/// a row was written.
pub async fn refused(app: &super::App, by: &Actor, action: &str, subject: Subject, details: Value) -> Result<bool> {
    write(app, app.refusals().add(by, action, subject, &details)).await
}

/// Write the refusals whose minute is over, or all that are counted because the program stops.
pub async fn settle_refusals(app: &super::App, all: bool) -> Result<bool> {
    write(app, app.refusals().due(app.clock.now(), all)).await
}

async fn write(app: &super::App, mut due: Due) -> Result<bool> {
    let rows = std::mem::take(&mut due.rows);
    if rows.is_empty() {
        return Ok(false);
    }
    let written = event::Entity::insert_many(rows)
        .exec_without_returning(app.db.alone())
        .await;
    if written.is_err() {
        app.refusals().put_back(due);
    }
    Ok(written.map(|_| true)?)
}

async fn insert(db: &impl ConnectionTrait, row: event::ActiveModel) -> Result<()> {
    event::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The row itself, for bulk writers that insert many at once. Every text has a length: nobody outside decides how long a
/// row of the trail is.
pub fn row(by: &Actor, action: &str, subject: Subject, details: Value, refused: bool) -> event::ActiveModel {
    event::ActiveModel {
        id: sea_orm::ActiveValue::NotSet,
        at: Set(by.now),
        action: Set(cut(action, NAME)),
        actor: Set(cut(&by.name, NAME)),
        account_id: Set(by.account),
        organisation_id: Set(by.workplace.as_ref().map(|w| w.id)),
        coverage: Set(cut(by.coverage(), NAME)),
        subject_kind: Set(subject.kind.to_owned()),
        subject_id: Set(subject.id),
        child_id: Set(subject.child),
        cause: Set(cut(by.submission.as_ref().map_or(&by.cause, |form| &form.token), NAME)),
        remote: Set(cut(&by.remote, NAME)),
        refused: Set(refused),
        details: Set(shortened(details)),
    }
}

fn cut(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some(_) => text.chars().take(length - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

/// The same details with every text cut to its length.
fn shortened(details: Value) -> Value {
    match details {
        Value::String(text) => Value::String(cut(&text, TEXT)),
        Value::Array(values) => values.into_iter().map(shortened).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (cut(&name, NAME), shortened(value)))
            .collect(),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;

    #[test]
    fn no_text_of_an_event_is_long() {
        let long = "长".repeat(60_000);
        let by = Actor {
            remote: long.clone(),
            ..Actor::system(&long, DateTime::UNIX_EPOCH)
        };
        let row = row(
            &by,
            &long,
            Subject::none(),
            json!({ "path": long, "list": [{ long.clone(): long }], "rows": 7 }),
            true,
        );
        for text in [row.action, row.actor, row.cause, row.remote] {
            let text = text.unwrap();
            assert_eq!(text.chars().count(), NAME);
            assert!(text.ends_with('…'));
        }
        let details = row.details.unwrap();
        assert!(details.to_string().chars().count() < 3 * TEXT, "{details}");
        assert_eq!(details["rows"], 7);
        assert_eq!(cut("short", NAME), "short");
    }
}
