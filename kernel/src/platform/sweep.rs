//! Sweeps: idempotent background work without input. What they have to do is what the database says.
//!
//! The lease of a run lasts [`LEASE`] at most. One that lies further ahead was taken by a process whose clock ran ahead,
//! and is void; so is the lease of a run that finished, whatever its instants say.

use std::{future::Future, pin::Pin, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use entities::work::sweep_run;
use sea_orm::{ActiveValue::Set, EntityTrait, QueryFilter as _, sea_query::OnConflict};

use super::{
    App,
    actor::Actor,
    clock,
    error::{Error, Result},
};

/// How long nobody else begins a sweep that does not finish: its process died, or it takes long.
pub const LEASE: TimeDelta = TimeDelta::minutes(10);

/// What a sweep did, in one line of counts for the log and the operations page.
pub type Outcome = String;

/// What befell single rows of a run: it stops nobody behind them, and is the run's own end when all had their turn.
#[derive(Debug, Default)]
pub struct Failures(Option<Error>);

impl Failures {
    /// What was done to one row, or nothing.
    pub fn note<T>(&mut self, done: Result<T>) -> Option<T> {
        match done {
            Ok(done) => Some(done),
            Err(error) => {
                if self.0.is_none() {
                    self.0 = Some(error);
                } else {
                    tracing::warn!("and another row: {error}");
                }
                None
            }
        }
    }

    /// The outcome, unless something befell a row.
    pub fn or(self, outcome: Outcome) -> Result<Outcome> {
        self.0.map_or(Ok(outcome), Err)
    }
}

type Run = for<'a> fn(&'a App, &'a Actor) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>>;

/// One kind of background work.
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// Its name: `starbridge sweep NAME`.
    pub name: &'static str,
    /// How often.
    pub every: Duration,
    /// The work.
    pub run: Run,
}

/// Run a sweep now if nobody else is running it. Between server processes the lease in `sweep_run` decides.
pub async fn run_once(app: &App, sweep: &Sweep) -> Result<Option<Outcome>> {
    let by = Actor::system(sweep.name, app.clock.now());
    if !lease(app, sweep, &by).await? {
        return Ok(None);
    }
    let result = (sweep.run)(app, &by).await;
    let outcome = match &result {
        Ok(done) => done.clone(),
        Err(error) => format!("error: {error}"),
    };
    let finished = app.clock.now();
    let row = sweep_run::ActiveModel {
        finished_at: Set(Some(finished)),
        leased_until: Set(finished),
        outcome: Set(Some(outcome)),
        ..Default::default()
    };
    // A run that took longer than its lease may have been followed by another, whose lease is not ours to end.
    let ended = sweep_run::Entity::update_many()
        .set(row)
        .filter(sweep_run::COLUMN.name.eq(sweep.name))
        .filter(sweep_run::COLUMN.started_at.eq(by.now))
        .exec(app.db.alone())
        .await?;
    if ended.rows_affected == 0 {
        tracing::warn!(
            sweep = sweep.name,
            "took longer than its lease; it was begun again elsewhere"
        );
    }
    result.map(Some)
}

/// How long ago it finished last; none when it never did, or when that lies ahead of now.
pub async fn age(app: &App, sweep: &Sweep) -> Result<Option<Duration>> {
    let run = sweep_run::Entity::find_by_id(sweep.name.to_owned())
        .one(&*app.db)
        .await?;
    let finished = run.and_then(|run| run.finished_at);
    Ok(finished.and_then(|at| (app.clock.now() - at).to_std().ok()))
}

/// Somebody runs it now.
pub fn is_held(run: &sweep_run::Model, now: DateTime<Utc>) -> bool {
    run.finished_at.is_none() && clock::lasts(run.leased_until, now, LEASE)
}

async fn lease(app: &App, sweep: &Sweep, by: &Actor) -> Result<bool> {
    let tx = app.db.write(by, "").await?;
    let last = sweep_run::Entity::find_by_id(sweep.name.to_owned()).one(&*tx).await?;
    if last.is_some_and(|run| is_held(&run, by.now)) {
        return Ok(false);
    }
    let row = sweep_run::ActiveModel {
        name: Set(sweep.name.to_owned()),
        started_at: Set(by.now),
        finished_at: Set(None),
        leased_until: Set(by.now + LEASE),
        outcome: Set(None),
    };
    sweep_run::Entity::insert(row)
        .on_conflict(
            OnConflict::column(sweep_run::Column::Name)
                .update_columns([
                    sweep_run::Column::StartedAt,
                    sweep_run::Column::FinishedAt,
                    sweep_run::Column::LeasedUntil,
                    sweep_run::Column::Outcome,
                ])
                .to_owned(),
        )
        .exec_without_returning(&*tx)
        .await?;
    tx.commit_quietly().await?;
    Ok(true)
}
