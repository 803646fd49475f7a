//! What the hash of a seal is over.
//!
//! SHA-256 over the hash of the seal before ([`START`] for the first), a line feed, the day, a line feed, and for each
//! event in the order of ids a JSON array of all its columns and a line feed. Instants are microseconds since 1970; the
//! keys of details are sorted, so that both databases give the same text.

use std::fmt::Write as _;

use chrono::NaiveDate;
use entities::event::{event, event_seal};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::platform::{Result, crypto::hex, frozen::Coded};

/// Before the first seal.
pub(super) const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Events read at once.
const CHUNK: u64 = 2000;

/// A seal as its code covers it: everything that it says.
pub(super) fn coded(seal: &event_seal::Model) -> Coded<'_> {
    Coded {
        purpose: "event_seal",
        says: format!(
            "{}\n{}\n{}\n{}\n{}\n{}\n{}",
            seal.number,
            seal.day,
            seal.events,
            seal.first_id,
            seal.last_id,
            seal.hash,
            seal.sealed_at.timestamp_micros()
        ),
        code: seal.mac.as_deref(),
    }
}

/// Number and hash of the events after `before` up to `last`.
pub(super) async fn digest(
    db: &impl ConnectionTrait,
    previous: &str,
    day: NaiveDate,
    before: i64,
    last: i64,
) -> Result<(i64, String)> {
    let mut hash = Sha256::new();
    hash.update(format!("{previous}\n{day}\n"));
    let (mut events, mut read) = (0, before);
    while read < last {
        let rows = event::Entity::find()
            .filter(event::COLUMN.id.gt(read))
            .filter(event::COLUMN.id.lte(last))
            .order_by_asc(event::COLUMN.id)
            .limit(CHUNK)
            .all(db)
            .await?;
        let Some(end) = rows.last() else { break };
        read = end.id.0;
        for row in &rows {
            hash.update(line(row));
            events += 1;
        }
    }
    Ok((events, hex(&hash.finalize())))
}

/// An event as it is hashed.
fn line(row: &event::Model) -> String {
    let columns = serde_json::json!([
        row.id,
        row.at.timestamp_micros(),
        row.action,
        row.actor,
        row.account_id,
        row.organisation_id,
        row.coverage,
        row.subject_kind,
        row.subject_id,
        row.child_id,
        row.cause,
        row.remote,
        row.refused,
        row.details,
    ]);
    let mut text = String::new();
    canonical(&columns, &mut text);
    text.push('\n');
    text
}

/// JSON with sorted keys and no blanks.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { "," });
                canonical(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (i, (key, member)) in sorted.into_iter().enumerate() {
                let _ = write!(out, "{}{}:", if i == 0 { "" } else { "," }, Value::from(key.as_str()));
                canonical(member, out);
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let _ = write!(out, "{value}");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn details_read_the_same_in_any_order() {
        let (mut a, mut b) = (String::new(), String::new());
        canonical(&json!({ "b": [1, null], "a": { "y": "\"\n", "x": true } }), &mut a);
        canonical(
            &serde_json::from_str(r#"{ "a": { "x": true, "y": "\"\n" }, "b": [1, null] }"#).unwrap(),
            &mut b,
        );
        assert_eq!(a, r#"{"a":{"x":true,"y":"\"\n"},"b":[1,null]}"#);
        assert_eq!(a, b);
    }
}
