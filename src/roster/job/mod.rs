//! The life of an import: brought in, checked in the background, decided by a person, carried out, or cancelled. What has
//! to be done is what its row says, so any process can take it up again.

mod findings;
mod upload;
mod work;

use entities::{JobId, import::job, words::JobState};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

pub use self::{
    findings::{Findings, Options, SHOWN, Shown},
    upload::{Brought, Upload, bring_in, read},
    work::{SWEEP, actor_of, check_again, run},
};
use super::{queries, watch};
use crate::platform::{
    Actor, App, Error, Result, Say, Tx,
    event::{self, Subject},
};

/// Being checked.
pub const CHECKING: &str = "roster.phase.checking";
/// Checked; somebody decides.
pub const WAITING: &str = "roster.phase.waiting";
/// The rows go in.
pub const INSERTING: &str = "roster.phase.inserting";
/// Nothing more to do.
pub const FINISHED: &str = "roster.phase.finished";

/// Decide about a checked roster: take all of it, or its good rows only.
pub async fn decide(app: &App, by: &Actor, id: JobId, good_rows_only: bool) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let job = queries::find(&*tx, by, id).await?;
    if job.state != JobState::Queued || job.phase != WAITING {
        return Err(Error::refused("roster.not_waiting"));
    }
    let findings = Findings::of(&job);
    if findings.bad > 0 && !good_rows_only {
        return Err(Error::refused(
            Say::new("roster.not_all_good").with("rows", findings.bad),
        ));
    }
    if findings.good == 0 {
        return Err(Error::refused("roster.no_good_rows"));
    }
    let options = Options {
        good_rows_only,
        attempts: 0,
    };
    let mut row = job.into_active_model();
    row.phase = Set(INSERTING.to_owned());
    row.heartbeat_at = Set(Some(by.now));
    row.options = Set(json!(options));
    row.done = Set(0);
    row.update(&*tx).await?;
    let details = json!({ "good_rows_only": good_rows_only });
    event::record(&tx, by, "roster.decided", Subject::new("job", id.0), details).await?;
    tx.commit().await
}

/// Stop an import: nothing of it goes in. One that is finished stays.
pub async fn cancel(app: &App, by: &Actor, id: JobId) -> Result<()> {
    let job = queries::find(&*app.db, by, id).await?;
    if !matches!(job.state, JobState::Queued | JobState::Running) {
        return Err(Error::refused("roster.not_running"));
    }
    // First in memory: on an embedded database the running transaction must end before anybody can write.
    if let Some(watch) = watch::running(app, id) {
        watch.cancel();
    }
    let tx = app.db.write(by, "").await?;
    let job = queries::find(&*tx, by, id).await?;
    match job.state {
        JobState::Done | JobState::Failed => return Err(Error::refused("roster.not_running")),
        JobState::Cancelled => {}
        JobState::Queued | JobState::Running => {
            let row = job::ActiveModel {
                cancel_requested_at: Set(Some(by.now)),
                state: Set(JobState::Cancelled),
                phase: Set(FINISHED.to_owned()),
                finished_at: Set(Some(by.now)),
                ..Default::default()
            };
            if !change_in(&tx, id, job.state, row).await? {
                return Err(Error::refused("roster.not_running"));
            }
        }
    }
    event::record(&tx, by, "roster.cancelled", Subject::new("job", id.0), json!({})).await?;
    tx.commit().await
}

/// Take the work up in the background.
pub fn start(app: &App, id: JobId) {
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = run(&app, id).await {
            tracing::error!(job = id.0, "{error:#}");
        }
    });
}

/// Change a job's row if it is still in that state; another process may have changed it since it was read.
async fn change_in(tx: &Tx, id: JobId, from: JobState, row: job::ActiveModel) -> Result<bool> {
    let changed = job::Entity::update_many()
        .set(row)
        .filter(job::COLUMN.id.eq(id))
        .filter(job::COLUMN.state.eq(from))
        .exec(&**tx)
        .await?;
    Ok(changed.rows_affected == 1)
}
