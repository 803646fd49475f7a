//! Seals: each finished day's events under one hash, chained to the day before.
//!
//! **What a seal covers.** Ids, not instants: the seal of a day covers every event after the last id of the seal before,
//! up to the newest id of that day. So every event is under exactly one seal. An event that carries an instant of an
//! earlier day because its work began before midnight, or because it was entered afterwards (an import, a
//! demonstration), is covered by the seal of the day in which it was *written*. A day is sealed one hour after it ended;
//! by then whatever was under way has been committed (requests end after a minute).
//!
//! **What the hash is over.** SHA-256 over the hash of the seal before (64 zeros for the first), a line feed, the day, a
//! line feed, and for each event in the order of ids a JSON array of all its columns and a line feed. Instants are
//! microseconds since 1970; the keys of details are sorted, so that both databases give the same text.
//!
//! **What a chain cannot show.** Somebody who may write to the database could remove the newest events together with
//! their seals and seal anew. Against that, `starbridge check` prints the newest hash: kept elsewhere (a log, a mail, a
//! sheet of paper), it proves later what was there.

use std::{fmt::Write as _, time::Duration};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entities::event::{event, event_seal};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::platform::{
    Actor, App, Result, clock,
    crypto::hex,
    sweep::{Outcome, Sweep},
};

/// What was under way at midnight has been committed after this long.
const GRACE: TimeDelta = TimeDelta::hours(1);
/// Events read at once.
const CHUNK: u64 = 2000;

/// The sweep.
pub fn sweep() -> Sweep {
    Sweep {
        name: "seal-events",
        every: Duration::from_secs(15 * 60),
        run: |app, by| Box::pin(run(app, by)),
    }
}

/// Seal every day that is over and not sealed yet.
pub async fn run(app: &App, by: &Actor) -> Result<Outcome> {
    let mut sealed = 0_u32;
    let mut events = 0_i64;
    while let Some(seal) = seal_next(app, by).await? {
        sealed += 1;
        events += seal.events;
    }
    Ok(match sealed {
        0 => Outcome::new(),
        _ => format!("sealed {sealed} days with {events} events"),
    })
}

/// The last day that may be sealed now.
pub fn last_finished(now: DateTime<Utc>) -> NaiveDate {
    let day = clock::day_of(now - GRACE);
    day.pred_opt().unwrap_or(day)
}

async fn seal_next(app: &App, by: &Actor) -> Result<Option<event_seal::Model>> {
    let tx = app.db.write(by, "").await?;
    let newest = newest(&*tx).await?;
    let day = match &newest {
        Some(seal) => clock::next_day(seal.day),
        None => match event::Entity::find().order_by_asc(event::COLUMN.id).one(&*tx).await? {
            Some(first) => clock::day_of(first.at),
            None => return Ok(None),
        },
    };
    if day > last_finished(by.now) {
        return Ok(None);
    }
    let (before, hash) = newest.map_or((0, start()), |seal| (seal.last_id, seal.hash));
    let of_day: Option<i64> = event::Entity::find()
        .select_only()
        .column_as(event::Column::Id.max(), "last")
        .filter(event::COLUMN.at.gte(clock::start_of(day)))
        .filter(event::COLUMN.at.lt(clock::start_of(clock::next_day(day))))
        .into_tuple()
        .one(&*tx)
        .await?
        .flatten();
    let last = of_day.unwrap_or(before).max(before);
    let (events, hash) = digest(&*tx, &hash, day, before, last).await?;
    let seal = event_seal::Model {
        day,
        events,
        first_id: before + 1,
        last_id: last,
        hash,
        sealed_at: by.now,
    };
    let row = event_seal::ActiveModel {
        day: Set(seal.day),
        events: Set(seal.events),
        first_id: Set(seal.first_id),
        last_id: Set(seal.last_id),
        hash: Set(seal.hash.clone()),
        sealed_at: Set(seal.sealed_at),
    };
    event_seal::Entity::insert(row).exec_without_returning(&*tx).await?;
    // The seal is its own record.
    tx.commit_quietly().await?;
    Ok(Some(seal))
}

/// The newest seal.
pub async fn newest(db: &impl ConnectionTrait) -> Result<Option<event_seal::Model>> {
    Ok(event_seal::Entity::find()
        .order_by_desc(event_seal::COLUMN.day)
        .one(db)
        .await?)
}

/// The first thing that is wrong with the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The first broken day.
    pub day: NaiveDate,
    /// What differs.
    pub what: Difference,
}

/// How a day differs from its seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// There is no seal for this day although there are seals before and after it.
    SealMissing,
    /// The seal does not begin where the one before it ended.
    Gap {
        /// Id it should begin with.
        expected: i64,
        /// Id it begins with.
        found: i64,
    },
    /// Events are missing, or there are more than were sealed.
    Count {
        /// Events under the seal.
        sealed: i64,
        /// Events that are there.
        found: i64,
    },
    /// The number is right; the content of an event, or the seal before, is not what it was.
    Content {
        /// Hash under the seal.
        sealed: String,
        /// Hash of what is there.
        found: String,
    },
}

impl std::fmt::Display for Break {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.day)?;
        match &self.what {
            Difference::SealMissing => f.write_str("the seal of this day is missing"),
            Difference::Gap { expected, found } => {
                write!(f, "its seal begins with event {found} instead of {expected}")
            }
            Difference::Count { sealed, found } => write!(f, "{sealed} events were sealed, {found} are there"),
            Difference::Content { sealed, found } => {
                write!(f, "an event was changed: sealed as {sealed}, now {found}")
            }
        }
    }
}

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Sealed days that were looked at.
    pub days: u64,
    /// Events under them.
    pub events: i64,
    /// The newest seal: day and hash.
    pub newest: Option<(NaiveDate, String)>,
    /// The first broken day.
    pub broken: Option<Break>,
}

/// Compute every seal anew, oldest first, and stop at the first that differs.
pub async fn verify(db: &impl ConnectionTrait) -> Result<Verdict> {
    let seals = event_seal::Entity::find()
        .order_by_asc(event_seal::COLUMN.day)
        .all(db)
        .await?;
    let mut verdict = Verdict {
        days: 0,
        events: 0,
        newest: seals.last().map(|seal| (seal.day, seal.hash.clone())),
        broken: None,
    };
    let mut before: Option<&event_seal::Model> = None;
    for seal in &seals {
        if let Some(broken) = check(db, before, seal).await? {
            verdict.broken = Some(broken);
            return Ok(verdict);
        }
        verdict.days += 1;
        verdict.events += seal.events;
        before = Some(seal);
    }
    Ok(verdict)
}

async fn check(
    db: &impl ConnectionTrait,
    before: Option<&event_seal::Model>,
    seal: &event_seal::Model,
) -> Result<Option<Break>> {
    let broken = |what| Some(Break { day: seal.day, what });
    let (last, hash) = before.map_or((0, start()), |b| (b.last_id, b.hash.clone()));
    if let Some(day) = before.map(|b| clock::next_day(b.day))
        && day != seal.day
    {
        return Ok(Some(Break {
            day,
            what: Difference::SealMissing,
        }));
    }
    if seal.first_id != last + 1 {
        return Ok(broken(Difference::Gap {
            expected: last + 1,
            found: seal.first_id,
        }));
    }
    let (found, now) = digest(db, &hash, seal.day, last, seal.last_id).await?;
    if found != seal.events {
        return Ok(broken(Difference::Count {
            sealed: seal.events,
            found,
        }));
    }
    if now != seal.hash {
        return Ok(broken(Difference::Content {
            sealed: seal.hash.clone(),
            found: now,
        }));
    }
    Ok(None)
}

/// Before the first seal.
fn start() -> String {
    "0".repeat(64)
}

/// Number and hash of the events after `before` up to `last`.
async fn digest(
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
    use chrono::TimeZone as _;
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

    #[test]
    fn a_day_is_finished_an_hour_after_midnight_in_china() {
        let at = |h, m| Utc.with_ymd_and_hms(2026, 11, 2, h, m, 0).unwrap();
        // 00:59 on the third in Shanghai, and 01:00.
        assert_eq!(last_finished(at(16, 59)).to_string(), "2026-11-01");
        assert_eq!(last_finished(at(17, 0)).to_string(), "2026-11-02");
    }
}
