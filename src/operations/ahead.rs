//! Instants that lie further ahead than they can: a clock ran ahead when they were kept. Whoever uses one treats it as
//! void; here they are counted, for `check` and the metrics.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ConnectionTrait,
    sea_query::{Alias, Expr, ExprTrait as _, Query},
};

use crate::{
    account::tries::LOCKED_FOR,
    platform::{Result, clock, sweep},
};

/// A kept instant.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its table.
    pub table: &'static str,
    /// Its column.
    pub column: &'static str,
    /// What it is, for a person.
    pub what: &'static str,
    /// How far ahead it may lie.
    pub longest: TimeDelta,
}

const fn kind(table: &'static str, column: &'static str, what: &'static str, longest: TimeDelta) -> Kind {
    Kind {
        table,
        column,
        what,
        longest,
    }
}

/// Longest time that a browser stays signed in, whatever the settings say.
const SIGNED_IN: TimeDelta = TimeDelta::hours(24);

/// Every kept instant that decides about something, or that a later one is compared with.
pub const KINDS: &[Kind] = &[
    kind("event", "at", "events", TimeDelta::zero()),
    kind("event_seal", "sealed_at", "seals", TimeDelta::zero()),
    kind("sweep_run", "started_at", "runs of sweeps", TimeDelta::zero()),
    kind("sweep_run", "leased_until", "leases of sweeps", sweep::LEASE),
    kind(
        "message",
        "next_attempt_at",
        "waiting messages",
        crate::notifications::delivery::LONGEST,
    ),
    kind("account", "locked_until", "locks of accounts", LOCKED_FOR),
    kind("sign_in_count", "locked_until", "closed counts of tries", LOCKED_FOR),
    kind("sign_in_count", "counted_at", "counts of tries", TimeDelta::zero()),
    kind("known_place", "seen_at", "known places", TimeDelta::zero()),
    kind("account", "password_changed_at", "passwords", TimeDelta::zero()),
    kind("session", "expires_at", "sessions", SIGNED_IN),
    kind("session", "seen_at", "sessions in use", TimeDelta::zero()),
    kind("job", "heartbeat_at", "beats of jobs", TimeDelta::zero()),
    kind("draft", "saved_at", "drafts", TimeDelta::zero()),
    kind("submission", "at", "submitted forms", TimeDelta::zero()),
    kind("key_print", "registered_at", "keys", TimeDelta::zero()),
];

/// How many rows of each kind lie further ahead than they can.
pub async fn count(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<(&'static Kind, i64)>> {
    let mut counted = Vec::new();
    for kind in KINDS {
        let column = || Expr::col(Alias::new(kind.column));
        let select = Query::select()
            .expr_as(column().count(), "number")
            .from(Alias::new(kind.table))
            .and_where(column().gt(clock::furthest(now, kind.longest)))
            .to_owned();
        let row = db.query_one(&select).await?;
        counted.push((kind, row.map(|row| row.try_get("", "number")).transpose()?.unwrap_or(0)));
    }
    Ok(counted)
}
