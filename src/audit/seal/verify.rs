//! Is the trail what was sealed?

use std::fmt;

use chrono::NaiveDate;
use entities::event::{event, event_seal};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Statement,
};

use super::{
    counted,
    digest::{START, coded, digest},
};
use crate::platform::{Keys, Result, clock, crypto::registry};

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
    /// There is no seal for this day although there are seals before and after it, or although one was made.
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
    /// The seal has no code although it should have one: somebody without the key file made it.
    NoCode,
    /// The code is not one of this key file: somebody without it changed the seal.
    Code,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
            Difference::NoCode => f.write_str("its seal was not made with the key file"),
            Difference::Code => f.write_str("its seal was changed, or made with another key file"),
        }
    }
}

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Seals that were looked at.
    pub days: u64,
    /// Events under them.
    pub events: i64,
    /// The newest seal.
    pub newest: Option<event_seal::Model>,
    /// Seals that carry no code because they are older than the codes.
    pub without_code: u64,
    /// Times that the days step back, because a clock ran ahead.
    pub steps_back: u64,
    /// Events with an id of 0 or less: the database gives none, and no seal covers them.
    pub strangers: u64,
    /// The first broken day.
    pub broken: Option<Break>,
}

/// Compute every seal anew, oldest first, and stop at the first that differs. Without keys the codes are not looked at.
pub async fn verify(db: &impl ConnectionTrait, keys: Option<&Keys>) -> Result<Verdict> {
    let seals = event_seal::Entity::find()
        .order_by_asc(event_seal::COLUMN.number)
        .all(db)
        .await?;
    let coded_after = match keys {
        Some(keys) => registry::seals_before(db, keys).await?,
        None => 0,
    };
    let mut verdict = Verdict {
        days: 0,
        events: 0,
        newest: seals.last().cloned(),
        without_code: 0,
        steps_back: 0,
        strangers: event::Entity::find().filter(event::COLUMN.id.lte(0)).count(db).await?,
        broken: None,
    };
    let mut before: Option<&event_seal::Model> = None;
    for seal in &seals {
        verdict.broken = match check(db, before, seal).await? {
            None => code(keys, coded_after, seal)?,
            broken => broken,
        };
        if verdict.broken.is_some() {
            return Ok(verdict);
        }
        verdict.days += 1;
        verdict.events += seal.events;
        verdict.without_code += u64::from(seal.mac.is_none());
        verdict.steps_back += u64::from(before.is_some_and(|before| seal.day <= before.day));
        before = Some(seal);
    }
    let made = counted(db).await?;
    if made > before.map_or(0, |seal| seal.number) {
        verdict.broken = Some(Break {
            day: match before {
                Some(seal) => clock::next_day(seal.day),
                None => NaiveDate::default(),
            },
            what: Difference::SealMissing,
        });
    }
    Ok(verdict)
}

/// Numbers of events that the database gave and that are not there. On SQLite none is ever missing by itself; on
/// PostgreSQL a write that was taken back leaves a hole.
pub async fn missing(db: &impl ConnectionTrait) -> Result<i64> {
    let backend = db.get_database_backend();
    let given = match backend {
        DbBackend::Postgres => "SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS given FROM event_id_seq",
        _ => "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0) AS given",
    };
    let row = db.query_one_raw(Statement::from_string(backend, given)).await?;
    let given: i64 = row.map(|row| row.try_get("", "given")).transpose()?.unwrap_or(0);
    let there = event::Entity::find().filter(event::COLUMN.id.gt(0)).count(db).await?;
    Ok(given.saturating_sub(i64::try_from(there).unwrap_or(i64::MAX)).max(0))
}

/// Whether a seal carries the code that it should.
fn code(keys: Option<&Keys>, coded_after: i64, seal: &event_seal::Model) -> Result<Option<Break>> {
    let broken = |what| Some(Break { day: seal.day, what });
    let Some(keys) = keys else { return Ok(None) };
    Ok(match &seal.mac {
        None if seal.number <= coded_after => None,
        None => broken(Difference::NoCode),
        Some(_) if coded(seal).holds(keys)? => None,
        Some(_) => broken(Difference::Code),
    })
}

async fn check(
    db: &impl ConnectionTrait,
    before: Option<&event_seal::Model>,
    seal: &event_seal::Model,
) -> Result<Option<Break>> {
    let broken = |what| Some(Break { day: seal.day, what });
    let (number, last, hash) = before.map_or((0, 0, START.to_owned()), |b| (b.number, b.last_id, b.hash.clone()));
    let expected = before.map_or(seal.day, |b| clock::next_day(b.day));
    if seal.number != number + 1 || seal.day > expected {
        return Ok(Some(Break {
            day: expected,
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
