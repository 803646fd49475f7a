//! What the operations page and the metrics read.

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use entities::{import::job, words::JobState, work::sweep_run};
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, QueryOrder, QuerySelect, Statement,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    organisations,
    platform::{
        Calendar, Result, clock,
        sweep::{self, Sweep},
    },
};

/// From this month on the calendar of the next year should be there: the State Council announces it in November.
const NEXT_YEAR_FROM: u32 = 12;
/// A sweep is late after missing so many runs.
const MISSED: i32 = 3;
/// Jobs shown.
const JOBS: u64 = 20;

/// Every sweep that ever ran.
pub async fn sweep_runs(db: &impl ConnectionTrait) -> Result<Vec<sweep_run::Model>> {
    Ok(sweep_run::Entity::find()
        .order_by_asc(sweep_run::COLUMN.name)
        .all(db)
        .await?)
}

/// The run ended with an error.
pub fn is_failure(outcome: &str) -> bool {
    outcome.starts_with("error: ")
}

/// A sweep and how it does.
#[derive(Clone, Debug)]
pub struct SweepLine {
    /// Its name.
    pub name: &'static str,
    /// How often, in seconds.
    pub every_seconds: u64,
    /// When it last began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it will run next, about.
    pub next_at: Option<DateTime<Utc>>,
    /// What came of the last run.
    pub outcome: String,
    /// How it does.
    pub state: SweepState,
}

/// How a sweep does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepState {
    /// It never ran.
    Never,
    /// It runs now.
    Running,
    /// Its last run ended well.
    Well,
    /// Its last run failed.
    Failed,
    /// It should have run long ago.
    Late,
}

impl SweepState {
    /// Locale key.
    pub fn word(self) -> &'static str {
        match self {
            Self::Never => "operations.sweep.never",
            Self::Running => "operations.sweep.running",
            Self::Well => "operations.sweep.well",
            Self::Failed => "operations.sweep.failed",
            Self::Late => "operations.sweep.late",
        }
    }

    /// Colour and icon.
    pub fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Never => ("neutral", "todo"),
            Self::Running => ("info", "waiting"),
            Self::Well => ("success", "done"),
            Self::Failed => ("danger", "danger"),
            Self::Late => ("warning", "overdue"),
        }
    }
}

/// All sweeps of this program with their last runs.
pub async fn sweep_lines(db: &impl ConnectionTrait, sweeps: &[Sweep], now: DateTime<Utc>) -> Result<Vec<SweepLine>> {
    let runs = sweep_runs(db).await?;
    Ok(sweeps
        .iter()
        .map(|sweep| {
            let run = runs.iter().find(|run| run.name == sweep.name);
            SweepLine {
                name: sweep.name,
                every_seconds: sweep.every.as_secs(),
                started_at: run.map(|r| r.started_at),
                next_at: run.map(|r| r.started_at + sweep.every),
                outcome: run.and_then(|r| r.outcome.clone()).unwrap_or_default(),
                state: state_of(run, sweep, now),
            }
        })
        .collect())
}

fn state_of(run: Option<&sweep_run::Model>, sweep: &Sweep, now: DateTime<Utc>) -> SweepState {
    let Some(run) = run else { return SweepState::Never };
    let overdue = |end: DateTime<Utc>| {
        end + sweep.every * MISSED.unsigned_abs() < now || clock::is_ahead(end, now, TimeDelta::zero())
    };
    if sweep::is_held(run, now) {
        SweepState::Running
    } else if run.finished_at.is_none_or(overdue) {
        SweepState::Late
    } else if run.outcome.as_deref().is_some_and(is_failure) {
        SweepState::Failed
    } else {
        SweepState::Well
    }
}

/// A background job without the names in it.
#[derive(Clone, Debug)]
pub struct JobLine {
    /// The row.
    pub row: job::Model,
    /// Whose.
    pub organisation: String,
}

/// The newest jobs.
pub async fn jobs(db: &impl ConnectionTrait) -> Result<Vec<JobLine>> {
    let rows = job::Entity::find()
        .order_by_desc(job::COLUMN.id)
        .limit(JOBS)
        .all(db)
        .await?;
    let names = organisations::queries::names(db, rows.iter().map(|row| row.organisation_id)).await?;
    Ok(rows
        .into_iter()
        .map(|row| JobLine {
            organisation: names.get(&row.organisation_id).cloned().unwrap_or_default(),
            row,
        })
        .collect())
}

/// Jobs by state, zeros included.
pub async fn job_counts(db: &impl ConnectionTrait) -> Result<Vec<(JobState, i64)>> {
    let counted: Vec<(JobState, i64)> = job::Entity::find()
        .select_only()
        .column(job::Column::State)
        .column_as(Expr::col(job::Column::Id).count(), "jobs")
        .group_by(job::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let count = |state| counted.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n);
    Ok(JobState::ALL.iter().map(|state| (*state, count(*state))).collect())
}

/// The database's size in bytes, as it is used.
pub async fn database_bytes(db: &impl ConnectionTrait) -> Result<i64> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => "SELECT pg_database_size(current_database()) AS bytes",
        _ => "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
    };
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await?;
    Ok(row.map(|row| row.try_get("", "bytes")).transpose()?.unwrap_or_default())
}

/// The database's own version.
pub async fn database_version(db: &impl ConnectionTrait) -> Result<String> {
    let backend = db.get_database_backend();
    let (name, sql) = match backend {
        DbBackend::Postgres => ("PostgreSQL", "SELECT current_setting('server_version') AS version"),
        _ => ("SQLite", "SELECT sqlite_version() AS version"),
    };
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await?;
    let version: String = row
        .map(|row| row.try_get("", "version"))
        .transpose()?
        .unwrap_or_default();
    Ok(format!("{name} {version}"))
}

/// The major version of a PostgreSQL server.
pub async fn postgres_major(db: &impl ConnectionTrait) -> Result<u32> {
    let sql = "SELECT current_setting('server_version_num')::int4 AS number";
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await?;
    let number: i32 = row
        .map(|row| row.try_get("", "number"))
        .transpose()?
        .unwrap_or_default();
    Ok(u32::try_from(number).unwrap_or_default() / 10_000)
}

/// Years whose working days nobody entered, although deadlines need them: this year, and the next from December.
pub async fn missing_calendars(db: &impl ConnectionTrait, today: NaiveDate) -> Result<Vec<i32>> {
    let next = (today.month() >= NEXT_YEAR_FROM).then(|| today.year() + 1);
    let mut missing = Vec::new();
    for year in [Some(today.year()), next].into_iter().flatten() {
        if !Calendar::has_whole_year(db, year).await? {
            missing.push(year);
        }
    }
    Ok(missing)
}
