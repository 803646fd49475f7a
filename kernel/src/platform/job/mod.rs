//! Background work with progress. What has to be done is what the job's row says, so any process can take it up again: a
//! job is claimed by one server, says every few seconds that it lives and how far it is, can be cancelled from any server,
//! and survives a restart.
//!
//! ```text
//! Queued ─> Running ─> Done, Failed, Cancelled
//!    └──<──────┘        a server stops, or somebody has to decide first
//! ```

mod watch;

use std::{future::Future, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use entities::{
    FileId, JobId,
    import::job,
    words::{JobKind, JobState},
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
    prelude::Expr,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

pub use self::watch::{Jobs, Stopped, Watch};
use super::{
    Actor, App, Error, Result, Tx, clock,
    event::{self, Subject},
    sweep::{Outcome, Sweep},
};

/// A job that is silent for so long has lost its process: with the pause between two sweeps it is taken up again within a
/// minute. On an embedded database a job that puts its rows in is silent for longer, but then nobody else can claim it.
const SILENT: TimeDelta = TimeDelta::seconds(25);
/// How often a running job says that it lives.
const BEAT: Duration = Duration::from_secs(3);
/// A job that was taken up so often and never ended is broken.
const ATTEMPTS: i32 = 3;

/// A kind of job.
pub trait Job: 'static {
    /// Which.
    const KIND: JobKind;
    /// Who works at it, in events and in the log.
    const NAME: &'static str;
    /// Locale key of its last phase.
    const FINISHED: &'static str;
    /// Locale key of why it failed when nobody can know.
    const BROKEN: &'static str;
    /// Locale key of why it cannot be cancelled any more.
    const OVER: &'static str;
    /// Event: it was cancelled.
    const CANCELLED: &'static str;
    /// Event: it failed.
    const FAILED: &'static str;

    /// A queued one waits until somebody decides.
    fn waits(_job: &job::Model) -> bool {
        false
    }

    /// Do it, up to the change of its row by [`done_in`] or [`left_in`]. May be begun again from the start.
    fn work(app: &App, job: &job::Model, watch: &Arc<Watch>) -> impl Future<Output = Result<()>> + Send;
}

/// Where what a job came to says why it failed: a locale key.
const FAILURE: &str = "failure";

/// Why a job failed, as a locale key.
pub fn failure(job: &job::Model) -> Option<String> {
    job.result.get(FAILURE)?.as_str().map(str::to_owned)
}

/// Steps done and in all, as it says itself where it runs here.
pub fn progress(app: &App, job: &job::Model) -> (usize, usize) {
    let number = |n: i32| usize::try_from(n).unwrap_or_default();
    let told = app.jobs().running(job.id).map(|watch| watch.progress());
    told.unwrap_or((number(job.done), number(job.total)))
}

/// A job as it is made.
#[derive(Debug)]
pub struct New<'n> {
    /// Locale key of its first phase.
    pub phase: &'n str,
    /// The file that it works at.
    pub file: Option<FileId>,
    /// Steps in all, as far as they are known.
    pub total: usize,
    /// What it is to do.
    pub options: Value,
    /// What came of it so far.
    pub result: Value,
}

/// Make a job of an organisation's own, that is to be done.
pub async fn queue_in<J: Job>(tx: &Tx, by: &Actor, new: New<'_>) -> Result<JobId> {
    let job = job::ActiveModel {
        id: NotSet,
        kind: Set(J::KIND),
        state: Set(JobState::Queued),
        organisation_id: Set(by.organisation()?),
        created_by: Set(by.account),
        created_at: Set(by.now),
        started_at: Set(None),
        finished_at: Set(None),
        heartbeat_at: Set(None),
        cancel_requested_at: Set(None),
        done: Set(0),
        total: Set(i32::try_from(new.total).unwrap_or(i32::MAX)),
        attempts: Set(0),
        phase: Set(new.phase.to_owned()),
        file_id: Set(new.file),
        options: Set(new.options),
        result: Set(new.result),
    };
    Ok(job.insert(&**tx).await?.id)
}

/// Somebody decided how a job goes on that was left to them ([`left_in`]).
///
/// # Errors
/// It does not wait any more.
pub async fn go_on_in(tx: &Tx, by: &Actor, id: JobId, phase: &str, options: Value) -> Result<()> {
    let row = job::ActiveModel {
        phase: Set(phase.to_owned()),
        options: Set(options),
        done: Set(0),
        // Whoever decided begins with it, before the sweep does.
        heartbeat_at: Set(Some(by.now)),
        ..Default::default()
    };
    if change_in(tx, id, JobState::Queued, row).await? {
        Ok(())
    } else {
        Err(Error::stale())
    }
}

/// Begin to work at a job in the background.
pub fn start<J: Job>(app: &App, id: JobId) {
    let with = app.clone();
    app.jobs().spawn(async move {
        if let Err(error) = run::<J>(&with, id).await {
            tracing::error!(job = id.0, "{error:#}");
        }
    });
}

/// Do what is to be done for a job, if nobody else does it.
pub async fn run<J: Job>(app: &App, id: JobId) -> Result<()> {
    if app.jobs().is_leaving() {
        return Ok(());
    }
    let Some(job) = claim::<J>(app, id).await? else {
        return Ok(());
    };
    let shift = app.jobs().begin(id);
    let outcome = tokio::select! {
        outcome = J::work(app, &job, &shift.watch) => outcome,
        () = beat(app, id, &shift.watch) => Ok(()),
    };
    match outcome {
        Ok(()) => Ok(()),
        Err(Error::Refused(say)) => end::<J>(app, id, JobState::Failed, Some(say.key())).await,
        // Its row says that it runs, so it is taken up again when the database is well; if it is done, its row says so.
        Err(error @ (Error::Busy | Error::Full | Error::Unsettled)) => Err(error),
        Err(error) => match Stopped::of(&error) {
            Some(Stopped::Cancelled) => end::<J>(app, id, JobState::Cancelled, None).await,
            Some(Stopped::Leaving) => leave(app, id).await,
            None => {
                end::<J>(app, id, JobState::Failed, Some(J::BROKEN)).await?;
                Err(error)
            }
        },
    }
}

/// Nobody works at it any more. A beat that lies ahead was of a clock that ran ahead.
fn is_silent(beat: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    beat <= now - SILENT || clock::is_ahead(beat, now, TimeDelta::zero())
}

/// Make a job that is to be done this process's own.
async fn claim<J: Job>(app: &App, id: JobId) -> Result<Option<job::Model>> {
    let by = Actor::system(J::NAME, app.clock.now());
    let tx = app.db.write(&by, "").await?;
    let Some(job) = find(&*tx, id).await?.filter(|job| job.kind == J::KIND) else {
        return Ok(None);
    };
    let silent = job.heartbeat_at.is_none_or(|at| is_silent(at, by.now));
    let free = match job.state {
        JobState::Queued => !J::waits(&job),
        JobState::Running => silent,
        JobState::Done | JobState::Failed | JobState::Cancelled => false,
    };
    if !free {
        return Ok(None);
    }
    let attempts = job.attempts + 1;
    if attempts > ATTEMPTS {
        drop(tx);
        end::<J>(app, id, JobState::Failed, Some(J::BROKEN)).await?;
        return Ok(None);
    }
    let mut row = job.into_active_model();
    row.state = Set(JobState::Running);
    row.started_at = Set(Some(by.now));
    row.heartbeat_at = Set(Some(by.now));
    row.attempts = Set(attempts);
    let job = row.update(&*tx).await?;
    tx.commit_quietly().await?;
    Ok(Some(job))
}

/// Say every few seconds that the job lives and how far it is, and hear of a cancellation by another process.
async fn beat(app: &App, id: JobId, watch: &Watch) {
    let number = |n: usize| Expr::value(i32::try_from(n).unwrap_or(i32::MAX));
    loop {
        tokio::time::sleep(BEAT).await;
        let (done, total) = watch.progress();
        let saved = job::Entity::update_many()
            .col_expr(job::Column::HeartbeatAt, Expr::value(app.clock.now()))
            .col_expr(job::Column::Done, number(done))
            .col_expr(job::Column::Total, number(total))
            .filter(job::COLUMN.id.eq(id))
            .filter(job::COLUMN.state.eq(JobState::Running))
            .exec(app.db.alone())
            .await;
        match saved {
            Ok(saved) if saved.rows_affected == 0 => watch.cancel(),
            // While the rows go in, an embedded database has no room for this.
            Ok(_) | Err(_) => {}
        }
    }
}

async fn find(db: &impl ConnectionTrait, id: JobId) -> Result<Option<job::Model>> {
    Ok(job::Entity::find_by_id(id).one(db).await?)
}

/// Its row while it runs.
///
/// # Errors
/// It was cancelled meanwhile.
pub async fn running_in(tx: &Tx, id: JobId) -> Result<job::Model> {
    let job = find(&**tx, id).await?.ok_or(Error::NotFound)?;
    if job.state == JobState::Running {
        Ok(job)
    } else {
        Err(Stopped::Cancelled.into())
    }
}

/// It is done, and this is what came of it.
///
/// # Errors
/// It was cancelled meanwhile: nothing of it stays.
pub async fn done_in<J: Job>(
    tx: &Tx,
    job: &job::Model,
    now: DateTime<Utc>,
    result: Value,
    watch: &Watch,
) -> Result<()> {
    let row = job::ActiveModel {
        state: Set(JobState::Done),
        phase: Set(J::FINISHED.to_owned()),
        finished_at: Set(Some(now)),
        done: Set(job.total),
        result: Set(result),
        ..Default::default()
    };
    watch.go_on()?;
    if change_in(tx, job.id, JobState::Running, row).await? {
        Ok(())
    } else {
        Err(Stopped::Cancelled.into())
    }
}

/// A part of it is done, and somebody decides how it goes on: what was tried for this part does not count for the next.
///
/// # Errors
/// It was cancelled meanwhile: nothing of it stays.
pub async fn left_in(tx: &Tx, id: JobId, phase: &str, result: Value) -> Result<()> {
    let mut row = running_in(tx, id).await?.into_active_model();
    row.state = Set(JobState::Queued);
    row.phase = Set(phase.to_owned());
    row.attempts = Set(0);
    row.result = Set(result);
    row.update(&**tx).await?;
    Ok(())
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

/// Its server stops: whoever looks next takes it up, and this was no attempt.
async fn leave(app: &App, id: JobId) -> Result<()> {
    let by = Actor::system("jobs", app.clock.now());
    let tx = app.db.write(&by, "").await?;
    let Some(job) = find(&*tx, id).await?.filter(|job| job.state == JobState::Running) else {
        return Ok(());
    };
    let row = job::ActiveModel {
        state: Set(JobState::Queued),
        heartbeat_at: Set(None),
        attempts: Set(job.attempts - 1),
        ..Default::default()
    };
    change_in(&tx, id, JobState::Running, row).await?;
    tx.commit_quietly().await
}

/// The end of a job that did not do what it was to do. One that ended otherwise meanwhile stays as it is.
async fn end<J: Job>(app: &App, id: JobId, state: JobState, failure: Option<&str>) -> Result<()> {
    let by = Actor::system(J::NAME, app.clock.now());
    let tx = app.db.write(&by, "").await?;
    let Some(job) = find(&*tx, id).await?.filter(is_open) else {
        return Ok(());
    };
    let mut result = job.result.clone();
    if let Some(result) = result.as_object_mut() {
        result.insert(FAILURE.to_owned(), json!(failure));
    }
    let mut row = job.into_active_model();
    row.state = Set(state);
    row.phase = Set(J::FINISHED.to_owned());
    row.finished_at = Set(Some(by.now));
    row.result = Set(result);
    row.update(&*tx).await?;
    let action = if state == JobState::Cancelled {
        J::CANCELLED
    } else {
        J::FAILED
    };
    let details = json!({ "failure": failure });
    event::record(&tx, &by, action, Subject::new("job", id.0), details).await?;
    tx.commit().await
}

fn is_open(job: &job::Model) -> bool {
    match job.state {
        JobState::Queued | JobState::Running => true,
        JobState::Done | JobState::Failed | JobState::Cancelled => false,
    }
}

/// Stop a job that the actor may see: nothing of it stays. One that is finished stays.
pub async fn cancel<J: Job>(app: &App, by: &Actor, seen: &job::Model) -> Result<()> {
    if !is_open(seen) {
        return Err(Error::refused(J::OVER));
    }
    // First in memory: on an embedded database the running transaction must end before anybody can write.
    if let Some(watch) = app.jobs().running(seen.id) {
        watch.cancel();
    }
    let tx = app.db.write(by, "").await?;
    let job = find(&*tx, seen.id).await?.ok_or(Error::NotFound)?;
    match job.state {
        JobState::Done | JobState::Failed => return Err(Error::refused(J::OVER)),
        JobState::Cancelled => {}
        JobState::Queued | JobState::Running => {
            let row = job::ActiveModel {
                cancel_requested_at: Set(Some(by.now)),
                state: Set(JobState::Cancelled),
                phase: Set(J::FINISHED.to_owned()),
                finished_at: Set(Some(by.now)),
                ..Default::default()
            };
            if !change_in(&tx, job.id, job.state, row).await? {
                return Err(Error::refused(J::OVER));
            }
        }
    }
    event::record(&tx, by, J::CANCELLED, Subject::new("job", job.id.0), json!({})).await?;
    tx.commit().await
}

/// The sweep that takes up jobs of a kind whose process ended.
pub const fn sweep<J: Job>(name: &'static str) -> Sweep {
    Sweep {
        name,
        every: Duration::from_secs(20),
        run: |app, by| Box::pin(take_up::<J>(app, by)),
    }
}

/// Take up what nobody works at.
async fn take_up<J: Job>(app: &App, by: &Actor) -> Result<Outcome> {
    let open = job::Entity::find()
        .filter(job::COLUMN.kind.eq(J::KIND))
        .filter(job::COLUMN.state.is_in([JobState::Queued, JobState::Running]))
        .order_by_asc(job::COLUMN.id)
        .all(&*app.db)
        .await?;
    let mut work = JoinSet::new();
    for job in open {
        let waits = job.state == JobState::Queued && J::waits(&job);
        let last = job.heartbeat_at.unwrap_or(job.created_at);
        if !waits && is_silent(last, by.now) && app.jobs().running(job.id).is_none() {
            let app = app.clone();
            work.spawn(async move { run::<J>(&app, job.id).await });
        }
    }
    let taken = work.len();
    let mut outcome = Ok(());
    while let Some(done) = work.join_next().await {
        outcome = outcome.and(done.map_err(|e| Error::Internal(e.into())).flatten());
    }
    outcome?;
    Ok(if taken == 0 {
        String::new()
    } else {
        format!("taken_up={taken}")
    })
}
