//! Sweeps: idempotent background work without input. What they have to do is what the database says.

use std::{future::Future, pin::Pin, time::Duration};

use chrono::TimeDelta;
use entities::work::sweep_run;
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};

use super::{App, actor::Actor, error::Result};

/// What a sweep did, in one line of counts for the log and the operations page.
pub type Outcome = String;

type Run = for<'a> fn(&'a App, &'a Actor) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>>;

/// One kind of background work.
#[derive(Clone, Copy)]
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
        name: Set(sweep.name.to_owned()),
        started_at: Set(by.now),
        finished_at: Set(Some(finished)),
        leased_until: Set(finished),
        outcome: Set(Some(outcome)),
    };
    sweep_run::Entity::update(row).exec(app.db.writer()).await?;
    result.map(Some)
}

async fn lease(app: &App, sweep: &Sweep, by: &Actor) -> Result<bool> {
    let tx = app.db.write(by, "").await?;
    let last = sweep_run::Entity::find_by_id(sweep.name.to_owned()).one(&*tx).await?;
    if last.is_some_and(|l| l.leased_until > by.now) {
        return Ok(false);
    }
    let row = sweep_run::ActiveModel {
        name: Set(sweep.name.to_owned()),
        started_at: Set(by.now),
        finished_at: Set(None),
        leased_until: Set(by.now + TimeDelta::minutes(10)),
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
