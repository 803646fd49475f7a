//! Sealing anew as a job: begun on the page of operations when another key seals, watched there, cancelled there, and taken
//! up by another server when its own stops. What is done stays done, however it ends.

use std::{sync::Arc, time::Duration};

use entities::{
    JobId,
    import::job,
    words::{JobKind, JobState},
};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use serde_json::json;

use super::reseal::{self, reseal};
use crate::{
    access::Can,
    organisations,
    platform::{
        Actor, App, Error, Result,
        crypto::registry,
        event::{self, Subject},
        job::{Job, New, Watch, done_in, queue_in, running_in, start, sweep},
        sweep::Sweep,
    },
};

/// Everything comes under the key that seals now.
#[derive(Debug)]
pub struct Resealing;

/// Going on.
const RUNNING: &str = "resealing.phase.running";

/// Takes up what another server left.
pub const SWEEP: Sweep = sweep::<Resealing>("resealings");

impl Job for Resealing {
    const KIND: JobKind = JobKind::Resealing;
    const NAME: &'static str = "resealing";
    const FINISHED: &'static str = "resealing.phase.finished";
    const BROKEN: &'static str = "resealing.failed.internal";
    const OVER: &'static str = "resealing.not_running";
    const CANCELLED: &'static str = "keys.resealing_cancelled";
    const FAILED: &'static str = "keys.resealing_failed";

    async fn work(app: &App, job: &job::Model, watch: &Arc<Watch>) -> Result<()> {
        let by = organisations::queries::for_job(&*app.db, job, Self::NAME, app.clock.now()).await?;
        let steps = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let goes_on = |_: &str, done: u64, all: u64| watch.reach(steps(done), steps(all)).is_ok();
        let done = reseal(app, &by, unnoticed(app).await?, goes_on).await?;
        watch.go_on()?;
        if !done.whole {
            return Err(Error::refused("resealing.failed.unfinished"));
        }
        let tx = app.db.write(&by, "").await?;
        let row = running_in(&tx, job.id).await?;
        let result = json!({ "rows": done.rows, "closed": done.closed.len() });
        done_in::<Self>(&tx, &row, app.clock.now(), result, watch).await?;
        let details = json!({
            "key": app.keys.seals_with(), "rows": done.rows, "whole": done.whole, "closed": done.closed.len(),
        });
        event::record(&tx, &by, "keys.resealed", Subject::new("job", job.id.0), details).await?;
        tx.commit().await
    }
}

/// How long other servers may still seal with an older key.
async fn unnoticed(app: &App) -> Result<Duration> {
    let rows = registry::registered(&*app.db).await?;
    let newest = rows.iter().map(|row| row.registered_at).max();
    let past = newest.and_then(|at| (app.clock.now() - at).to_std().ok());
    Ok(past.map_or(reseal::NOTICED, |past| reseal::NOTICED.saturating_sub(past)))
}

/// Begin, or find the one that runs.
pub async fn begin(app: &App, by: &Actor) -> Result<JobId> {
    let tx = app.db.write(by, "").await?;
    let open = job::Entity::find()
        .filter(job::COLUMN.kind.eq(JobKind::Resealing))
        .filter(job::COLUMN.state.is_in([JobState::Queued, JobState::Running]))
        .one(&*tx)
        .await?;
    if let Some(open) = open {
        return Ok(open.id);
    }
    let new = New {
        phase: RUNNING,
        file: None,
        total: 0,
        options: json!({}),
        result: json!({}),
    };
    let id = queue_in::<Resealing>(&tx, by, new).await?;
    event::record(&tx, by, "keys.resealing_begun", Subject::new("job", id.0), json!({})).await?;
    tx.commit().await?;
    start::<Resealing>(app, id);
    Ok(id)
}

/// One of them, or not found. The keys are those of the whole database, and so is the work: whoever keeps the system
/// running sees it.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: JobId) -> Result<job::Model> {
    if !Can::Operate.allows(&by.roles) {
        return Err(Error::NotFound);
    }
    job::Entity::find_by_id(id)
        .filter(job::COLUMN.kind.eq(JobKind::Resealing))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}
