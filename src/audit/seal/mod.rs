//! Seals: each finished day's events under one hash, chained to the day before.
//!
//! **What a seal covers.** Ids, not instants: the seal of a day covers every event after the last id of the seal before,
//! up to the newest id of that day. So every event is under exactly one seal. An event that carries an instant of an
//! earlier day because its work began before midnight, or because it was entered afterwards (an import, a
//! demonstration), is covered by the seal of the day in which it was *written*. A day is sealed one hour after it ended;
//! by then whatever was under way has been committed (requests end after a minute). No day is sealed after that of the
//! newest event. Where the newest seal lies ahead of today, a clock ran ahead: the next seal takes everything that was
//! written since, under yesterday's date.
//!
//! **What the hash is over.** See [`digest`]. Besides, each seal carries a code made with the key file, so that whoever
//! writes to the database cannot seal anew what they changed; seals from before there were codes are covered by the
//! first that has one, and their number is kept under a code of its own (`key_print`).
//!
//! **What is not sealed by itself.** A day that was sealed before: the running number of seals ([`COUNTER`]) and the seals
//! kept outside ([`kept`]) tell. And a day that is older than [`OLD`]. Somebody confirms those (`starbridge seal`), with a
//! name, a reason and an event.
//!
//! **What a chain cannot show.** That the newest events were removed together with their seals. Against that each new
//! seal leaves the machine: see [`kept`].

pub mod digest;
pub mod kept;
pub mod verify;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entities::event::{event, event_seal};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

use self::digest::{START, coded, digest};
pub use self::verify::{Break, Difference, Verdict, verify};
use crate::platform::{
    Actor, App, Error, Result, Tx, clock, counter,
    event::{self as trail, Subject},
    sweep::{Outcome, Sweep},
};

/// What was under way at midnight has been committed after this long.
const GRACE: TimeDelta = TimeDelta::hours(1);
/// A server that was off for the longest holiday seals by itself when it is back; what is older waits for somebody.
const OLD: TimeDelta = TimeDelta::days(14);
/// The running number of the newest seal that was ever made.
const COUNTER: &str = "event_seal";

/// Seals the days that are over.
pub const SWEEP: Sweep = Sweep {
    name: "seal-events",
    every: Duration::from_secs(15 * 60),
    run: |app, by| Box::pin(run(app, by)),
};

/// Who lets days be sealed that are not sealed by themselves, and why.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// A name.
    pub name: String,
    /// A reason.
    pub reason: String,
}

/// Seal every day that is over and not sealed yet, and let the newest seal leave the machine.
pub async fn run(app: &App, by: &Actor) -> Result<Outcome> {
    seal_all(app, by, None).await
}

/// The same with what waits for somebody.
pub async fn confirm(app: &App, by: &Actor, confirmation: &Confirmation) -> Result<Outcome> {
    if confirmation.name.trim().is_empty() || confirmation.reason.trim().is_empty() {
        return Err(anyhow::anyhow!("a name and a reason are needed").into());
    }
    seal_all(app, by, Some(confirmation)).await
}

async fn seal_all(app: &App, by: &Actor, confirmation: Option<&Confirmation>) -> Result<Outcome> {
    kept::catch_up(app).await?;
    let (mut sealed, mut events) = (0_u32, 0_i64);
    let waits = loop {
        match seal_next(app, by, confirmation).await? {
            Next::Sealed(seal) => {
                kept::keep(app, &seal);
                sealed += 1;
                events += seal.events;
            }
            Next::Nothing => break None,
            Next::Waits(why) => break Some(why),
        }
    };
    if let Some(confirmation) = confirmation
        && kept::reconcile(app).await?
    {
        let details = json!({ "name": confirmation.name, "reason": confirmation.reason, "file": true });
        trail::note(app, by, "trail.sealed_again", Subject::none(), details).await?;
    }
    if sealed > 0 {
        kept::mail_newest(app, by).await?;
    }
    match (sealed, waits) {
        (_, Some(why)) => Err(why.into()),
        (0, None) => Ok(Outcome::new()),
        (_, None) => Ok(format!("days={sealed}, events={events}")),
    }
}

/// The last day that may be sealed now.
pub fn last_finished(now: DateTime<Utc>) -> NaiveDate {
    let day = clock::day_of(now - GRACE);
    day.pred_opt().unwrap_or(day)
}

enum Next {
    Sealed(event_seal::Model),
    Nothing,
    Waits(Waits),
}

/// Why a day is not sealed by itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Waits {
    /// Its seal was made before and is gone.
    #[error(
        "seal {number} ({day}) was made before, and is not in the database: find out why, then \
         `starbridge seal --by NAME --reason WHY`"
    )]
    Again {
        /// The seal.
        number: i64,
        /// Its day.
        day: NaiveDate,
    },
    /// The seals in the database are not those that were kept outside.
    #[error(
        "seal {number} is not the one that was kept in the file of seals: find out why, then \
         `starbridge seal --by NAME --reason WHY`"
    )]
    Differs {
        /// The seal.
        number: i64,
    },
    /// It should have been sealed long ago.
    #[error(
        "{day} is over for more than {} days and has no seal: `starbridge seal --by NAME --reason WHY`",
        OLD.num_days()
    )]
    Old {
        /// The day.
        day: NaiveDate,
    },
}

impl From<Waits> for Error {
    fn from(waits: Waits) -> Self {
        Self::Internal(waits.into())
    }
}

/// A seal to be made.
#[derive(Clone, Copy, Debug)]
struct Plan {
    number: i64,
    day: NaiveDate,
    /// Everything since, because a clock ran ahead.
    since: bool,
}

async fn plan(
    db: &impl ConnectionTrait,
    newest: Option<&event_seal::Model>,
    now: DateTime<Utc>,
) -> Result<Option<Plan>> {
    let due = last_finished(now);
    let number = newest.map_or(1, |seal| seal.number + 1);
    let (day, since) = match newest {
        Some(seal) if seal.day >= clock::day_of(now) => (due, true),
        Some(seal) => (clock::next_day(seal.day), false),
        None => match first(db).await? {
            Some(first) if clock::day_of(first.at) >= clock::day_of(now) => (due, true),
            Some(first) => (clock::day_of(first.at), false),
            None => return Ok(None),
        },
    };
    if day > due {
        return Ok(None);
    }
    let end = clock::start_of(clock::next_day(day));
    let there = event::Entity::find().order_by_asc(event::COLUMN.at).limit(1);
    let there = if since {
        let last = newest.map_or(0, |seal| seal.last_id);
        there.filter(event::COLUMN.id.gt(last)).filter(event::COLUMN.at.lt(end))
    } else {
        // Nothing is sealed beyond the newest event.
        there.filter(event::COLUMN.at.gte(clock::start_of(day)))
    };
    let plan = Plan { number, day, since };
    Ok(there.one(db).await?.is_some().then_some(plan))
}

async fn first(db: &impl ConnectionTrait) -> Result<Option<event::Model>> {
    let events = event::Entity::find().filter(event::COLUMN.id.gt(0));
    Ok(events.order_by_asc(event::COLUMN.id).limit(1).one(db).await?)
}

async fn seal_next(app: &App, by: &Actor, confirmation: Option<&Confirmation>) -> Result<Next> {
    let tx = app.db.write(by, "").await?;
    let newest = newest(&*tx).await?;
    let Some(plan) = plan(&*tx, newest.as_ref(), by.now).await? else {
        return Ok(Next::Nothing);
    };
    let waits = waits(app, &tx, by, newest.as_ref(), plan).await?;
    let confirmed = match (&waits, confirmation) {
        (None, _) => None,
        (Some(_), Some(confirmation)) => Some(confirmation),
        (Some(why), None) => return Ok(Next::Waits(why.clone())),
    };
    let (before, hash) = newest.map_or((0, START.to_owned()), |seal| (seal.last_id, seal.hash));
    let of_day = event::Entity::find()
        .select_only()
        .column_as(event::Column::Id.max(), "last")
        .filter(event::COLUMN.at.lt(clock::start_of(clock::next_day(plan.day))));
    let of_day = if plan.since {
        of_day.filter(event::COLUMN.id.gt(before))
    } else {
        of_day.filter(event::COLUMN.at.gte(clock::start_of(plan.day)))
    };
    let of_day: Option<i64> = of_day.into_tuple().one(&*tx).await?.flatten();
    let last = of_day.unwrap_or(before).max(before);
    let (events, hash) = digest(&*tx, &hash, plan.day, before, last).await?;
    let mut seal = event_seal::Model {
        number: plan.number,
        day: plan.day,
        events,
        first_id: before + 1,
        last_id: last,
        hash,
        mac: None,
        sealed_at: by.now,
    };
    seal.mac = Some(coded(&seal).seal(&app.keys)?);
    let row = event_seal::ActiveModel {
        number: Set(seal.number),
        day: Set(seal.day),
        events: Set(seal.events),
        first_id: Set(seal.first_id),
        last_id: Set(seal.last_id),
        hash: Set(seal.hash.clone()),
        mac: Set(seal.mac.clone()),
        sealed_at: Set(seal.sealed_at),
    };
    event_seal::Entity::insert(row).exec_without_returning(&*tx).await?;
    count(&tx, seal.number).await?;
    match confirmed {
        Some(confirmation) => {
            let details = json!({
                "day": seal.day,
                "why": waits.map(|why| why.to_string()),
                "name": confirmation.name,
                "reason": confirmation.reason,
            });
            let subject = Subject::new("event_seal", seal.number);
            trail::record(&tx, by, "trail.sealed_again", subject, details).await?;
            tx.commit().await?;
        }
        // The seal is its own record.
        None => tx.commit_quietly().await?,
    }
    Ok(Next::Sealed(seal))
}

/// The highest number that a seal ever had.
async fn count(tx: &Tx, number: i64) -> Result<()> {
    let highest = number.max(counted(&**tx).await?);
    counter::keep_in(tx, COUNTER, highest).await
}

/// The number of the newest seal that was ever made.
pub async fn counted(db: &impl ConnectionTrait) -> Result<i64> {
    Ok(counter::read(db, COUNTER).await?.unwrap_or(0))
}

async fn waits(
    app: &App,
    tx: &Tx,
    by: &Actor,
    newest: Option<&event_seal::Model>,
    plan: Plan,
) -> Result<Option<Waits>> {
    let Plan { number, day, .. } = plan;
    if let Some(number) = kept::first_difference(app, &**tx, newest.map_or(0, |seal| seal.number)).await? {
        return Ok(Some(Waits::Differs { number }));
    }
    if counted(&**tx).await? >= number {
        return Ok(Some(Waits::Again { number, day }));
    }
    let old = day < last_finished(by.now - OLD);
    Ok(old.then_some(Waits::Old { day }))
}

/// The newest seal.
pub async fn newest(db: &impl ConnectionTrait) -> Result<Option<event_seal::Model>> {
    Ok(event_seal::Entity::find()
        .order_by_desc(event_seal::COLUMN.number)
        .one(db)
        .await?)
}

/// A day that should be sealed by now is not.
pub async fn is_behind(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<bool> {
    let newest = newest(db).await?;
    Ok(plan(db, newest.as_ref(), now).await?.is_some())
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn a_day_is_finished_an_hour_after_midnight_in_china() {
        let at = |h, m| Utc.with_ymd_and_hms(2026, 11, 2, h, m, 0).unwrap();
        // 00:59 on the third in Shanghai, and 01:00.
        assert_eq!(last_finished(at(16, 59)).to_string(), "2026-11-01");
        assert_eq!(last_finished(at(17, 0)).to_string(), "2026-11-02");
    }
}
