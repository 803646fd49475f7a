//! The sweep that clears what has served its purpose: sessions that are over, tokens of forms, forgotten drafts.
//! Events are never cleared: the database refuses, and keeping them longer than required is allowed.

use std::time::Duration;

use chrono::TimeDelta;
use entities::{
    account::{known_place, session, sign_in_count},
    work::{draft, submission},
};
use sea_orm::{Condition, EntityTrait, QueryFilter};

use crate::{
    account::places,
    platform::{
        Actor, App, Result, clock,
        sweep::{Outcome, Sweep},
    },
    web::{kept, reveal},
};

/// A form is submitted again within minutes, or never.
const SUBMISSIONS: TimeDelta = TimeDelta::days(7);
/// Whoever comes back to a form after a holiday finds it.
const DRAFTS: TimeDelta = TimeDelta::days(14);

/// Clears what is over.
pub const SWEEP: Sweep = Sweep {
    name: "prune",
    every: Duration::from_secs(3600),
    run: |app, by| Box::pin(run(app, by)),
};

/// A count of tries that nothing was added to is long open again.
const COUNTS: TimeDelta = TimeDelta::days(1);

/// Clear.
pub async fn run(app: &App, by: &Actor) -> Result<Outcome> {
    let tx = app.db.write(by, "").await?;
    let over = Condition::any()
        .add(session::COLUMN.expires_at.lt(by.now))
        .add(session::COLUMN.seen_at.lt(by.now - app.config.session_idle()))
        // Begun or used while a clock ran ahead: they count for nothing.
        .add(
            session::COLUMN
                .expires_at
                .gt(clock::furthest(by.now, app.config.session_limit())),
        )
        .add(session::COLUMN.seen_at.gt(clock::furthest(by.now, TimeDelta::zero())));
    let sessions = session::Entity::delete_many()
        .filter(over)
        .exec(&*tx)
        .await?
        .rows_affected;
    let submissions = submission::Entity::delete_many()
        .filter(submission::COLUMN.at.lt(by.now - SUBMISSIONS))
        .exec(&*tx)
        .await?
        .rows_affected;
    let lapsed = |form: &str, lasts: TimeDelta| {
        Condition::all()
            .add(draft::COLUMN.form.starts_with(form))
            .add(draft::COLUMN.saved_at.lt(by.now - lasts))
    };
    let forgotten = Condition::any()
        .add(draft::COLUMN.saved_at.lt(by.now - DRAFTS))
        .add(lapsed(kept::FORM, kept::LASTS))
        .add(lapsed(reveal::FORM, kept::SECRET_LASTS));
    let drafts = draft::Entity::delete_many()
        .filter(forgotten)
        .exec(&*tx)
        .await?
        .rows_affected;
    sign_in_count::Entity::delete_many()
        .filter(sign_in_count::COLUMN.counted_at.lt(by.now - COUNTS))
        .exec(&*tx)
        .await?;
    known_place::Entity::delete_many()
        .filter(known_place::COLUMN.seen_at.lt(by.now - places::KNOWN_FOR))
        .exec(&*tx)
        .await?;
    tx.commit_quietly().await?;
    Ok(match (sessions, submissions, drafts) {
        (0, 0, 0) => Outcome::new(),
        _ => format!("sessions={sessions}, submissions={submissions}, drafts={drafts}"),
    })
}
