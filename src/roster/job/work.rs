//! The work on an import, in the background: claimed by one process, checked, carried out, ended.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use entities::{
    AccountId, ChildId, JobId,
    account::account,
    child::child,
    import::{job, stored_file},
    organisation::organisation,
    words::JobState,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, prelude::Expr,
};
use serde_json::json;
use tokio::task::JoinSet;

use super::{FINISHED, Findings, INSERTING, Options, WAITING, change_in, read, upload::same_file};
use crate::{
    access::scope,
    children::service::{check_age_rules, registers_in},
    platform::{
        Actor, App, Error, Result, Tx, Workplace, clock,
        event::{self, Subject},
        sweep::Sweep,
        workbook::Sheet,
    },
    roster::{
        check::{self, Checked, Ground},
        earlier, insert,
        known::{self, Likeness, Twin},
        places::{self, Places},
        watch::{self, Shift, Watch},
    },
};

/// A job that is silent for so long has lost its process: with the pause between two sweeps it is taken up again within a
/// minute. On an embedded database a job that puts its rows in is silent for longer, but then nobody else can claim it.
const SILENT: TimeDelta = TimeDelta::seconds(25);
/// How often a running job says that it lives.
const BEAT: Duration = Duration::from_secs(3);
/// Values in one query: long lists are slow to plan.
const CHUNK: usize = 1_000;
/// A job that was taken up so often and never ended is broken.
const ATTEMPTS: u32 = 3;

/// Do what is to be done for a job, if nobody else does it.
pub async fn run(app: &App, id: JobId) -> Result<()> {
    let Some(job) = claim(app, id).await? else {
        return Ok(());
    };
    let shift = Shift::begin(app, id);
    let outcome = tokio::select! {
        outcome = work(app, &job, &shift.watch) => outcome,
        () = beat(app, id, &shift.watch) => Ok(()),
    };
    match outcome {
        Ok(()) => Ok(()),
        Err(error) if watch::is_cancelled(&error) => end(app, id, JobState::Cancelled, None).await,
        Err(Error::Refused(say)) => end(app, id, JobState::Failed, Some(say.key())).await,
        // Its row says that it runs, so it is taken up again when the database is well; if the rows are in, it says so.
        Err(error @ (Error::Busy | Error::Full | Error::Unsettled)) => Err(error),
        Err(error) => {
            end(app, id, JobState::Failed, Some("roster.failed.internal")).await?;
            Err(error)
        }
    }
}

/// Nobody works at it any more. A beat that lies ahead was of a clock that ran ahead.
fn is_silent(beat: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    beat <= now - SILENT || clock::is_ahead(beat, now, TimeDelta::zero())
}

/// Make a job that is to be done this process's own.
async fn claim(app: &App, id: JobId) -> Result<Option<job::Model>> {
    let by = Actor::system("import", app.clock.now());
    let tx = app.db.write(&by, "").await?;
    let Some(job) = job::Entity::find_by_id(id).one(&*tx).await? else {
        return Ok(None);
    };
    let silent = job.heartbeat_at.is_none_or(|at| is_silent(at, by.now));
    let free = match job.state {
        JobState::Queued => job.phase != WAITING,
        JobState::Running => silent,
        JobState::Done | JobState::Failed | JobState::Cancelled => false,
    };
    if !free {
        return Ok(None);
    }
    let mut options = Options::of(&job);
    options.attempts += 1;
    if options.attempts > ATTEMPTS {
        drop(tx);
        end(app, id, JobState::Failed, Some("roster.failed.internal")).await?;
        return Ok(None);
    }
    let mut row = job.into_active_model();
    row.state = Set(JobState::Running);
    row.started_at = Set(Some(by.now));
    row.heartbeat_at = Set(Some(by.now));
    row.options = Set(json!(options));
    let job = row.update(&*tx).await?;
    tx.commit_quietly().await?;
    Ok(Some(job))
}

/// Say every few seconds that the job lives and how far it is, and hear of a cancellation by another process.
async fn beat(app: &App, id: JobId, watch: &Watch) {
    loop {
        tokio::time::sleep(BEAT).await;
        let (done, total) = watch.progress();
        let saved = job::Entity::update_many()
            .col_expr(job::Column::HeartbeatAt, Expr::value(app.clock.now()))
            .col_expr(job::Column::Done, Expr::value(i32::try_from(done).unwrap_or(i32::MAX)))
            .col_expr(
                job::Column::Total,
                Expr::value(i32::try_from(total).unwrap_or(i32::MAX)),
            )
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

async fn work(app: &App, job: &job::Model, watch: &Arc<Watch>) -> Result<()> {
    let by = actor_of(app, job).await?;
    let sheet = sheet_of(app, job).await?;
    let (sheet, checked) = check_sheet(app, &by, sheet, watch).await?;
    if job.phase == INSERTING {
        return carry_out(app, &by, job, &sheet, &checked, watch).await;
    }
    let likenesses = known::likenesses(&*app.db, &app.keys, &checked.good).await?;
    let findings = Findings::new(app, &sheet, &checked, likenesses.iter().flatten().count())?;
    let tx = app.db.write(&by, "").await?;
    let mut row = still_running(&tx, job.id).await?.into_active_model();
    row.state = Set(JobState::Queued);
    row.phase = Set(WAITING.to_owned());
    row.result = Set(json!(findings));
    row.update(&*tx).await?;
    tell_of_in(&tx, &by, job.id, &likenesses).await?;
    tx.commit_quietly().await
}

/// A row that looks like a child whom its sender may not see tells that the child is on file: an event of that file.
async fn tell_of_in(tx: &Tx, by: &Actor, job: JobId, likenesses: &[Option<Likeness>]) -> Result<()> {
    let files = likenesses.iter().flatten().filter_map(|likeness| match likeness.to {
        Twin::File(child) => Some(child),
        Twin::Row(_) => None,
    });
    let files: BTreeSet<ChildId> = files.collect();
    let files: Vec<ChildId> = files.into_iter().collect();
    for some in files.chunks(CHUNK) {
        let mine: BTreeSet<ChildId> = scope::children(by)
            .filter(child::Column::Id.is_in(some.iter().copied()))
            .select_only()
            .column(child::Column::Id)
            .into_tuple()
            .all(&**tx)
            .await?
            .into_iter()
            .collect();
        for foreign in some.iter().filter(|id| !mine.contains(id)) {
            let subject = Subject::of_child("job", job.0, *foreign);
            event::record(tx, by, "roster.compared", subject, json!({})).await?;
        }
    }
    Ok(())
}

/// The one transaction of an import: either all that was decided goes in, or nothing.
async fn carry_out(
    app: &App,
    by: &Actor,
    job: &job::Model,
    sheet: &Sheet,
    checked: &Checked,
    watch: &Watch,
) -> Result<()> {
    check::refuse_bad(checked, Options::of(job).good_rows_only)?;
    let mut lanes: Vec<&str> = checked.good.iter().map(|row| row.child.district()).collect();
    lanes.sort_unstable();
    lanes.dedup();
    let tx = app.db.write_all(by, &lanes).await?;
    let row = still_running(&tx, job.id).await?;
    // A code that changed since the sheet was read: the job is taken up again, and reads it anew.
    let codes = checked.good.iter().map(|row| row.child.division.as_str());
    if !places::are_open(&*tx, codes).await? {
        return Err(Error::Busy);
    }
    let hash = match row.file_id {
        Some(file) => stored_file::Entity::find_by_id(file)
            .one(&*tx)
            .await?
            .map(|file| file.hash),
        None => None,
    };
    if let Some(hash) = hash
        && same_file(&*tx, row.organisation_id, &hash, &[JobState::Done])
            .await?
            .is_some()
    {
        return Err(Error::refused("roster.failed.imported"));
    }
    let likenesses = known::likenesses(&*tx, &app.keys, &checked.good).await?;
    let inserted = insert::insert_in(&tx, app, by, job.id, &checked.good, &likenesses, watch).await?;
    let mut findings = Findings::new(app, sheet, checked, likenesses.iter().flatten().count())?;
    findings.added = inserted.added;
    findings.parked = inserted.parked;
    let done = job::ActiveModel {
        state: Set(JobState::Done),
        phase: Set(FINISHED.to_owned()),
        finished_at: Set(Some(app.clock.now())),
        done: Set(row.total),
        result: Set(json!(findings)),
        ..Default::default()
    };
    if watch.is_cancelled() || !change_in(&tx, job.id, JobState::Running, done).await? {
        return Err(watch::cancelled());
    }
    let details = json!({ "added": inserted.added, "parked": inserted.parked, "left_out": checked.bad });
    event::record(&tx, by, "roster.imported", Subject::new("job", job.id.0), details).await?;
    tx.commit().await
}

async fn still_running(tx: &Tx, id: JobId) -> Result<job::Model> {
    let job = job::Entity::find_by_id(id).one(&**tx).await?.ok_or(Error::NotFound)?;
    if job.state == JobState::Running {
        Ok(job)
    } else {
        Err(watch::cancelled())
    }
}

/// The end of a job that did not do what it was to do. One that ended otherwise meanwhile stays as it is.
async fn end(app: &App, id: JobId, state: JobState, failure: Option<&str>) -> Result<()> {
    let by = Actor::system("import", app.clock.now());
    let tx = app.db.write(&by, "").await?;
    let Some(job) = job::Entity::find_by_id(id).one(&*tx).await? else {
        return Ok(());
    };
    if !matches!(job.state, JobState::Queued | JobState::Running) {
        return Ok(());
    }
    let mut findings = Findings::of(&job);
    findings.failure = failure.map(str::to_owned);
    let mut row = job.into_active_model();
    row.state = Set(state);
    row.phase = Set(FINISHED.to_owned());
    row.finished_at = Set(Some(by.now));
    row.result = Set(json!(findings));
    row.update(&*tx).await?;
    let action = if state == JobState::Cancelled {
        "roster.cancelled"
    } else {
        "roster.failed"
    };
    event::record(
        &tx,
        &by,
        action,
        Subject::new("job", id.0),
        json!({ "failure": failure }),
    )
    .await?;
    tx.commit().await
}

/// Whoever brought the file in, as they would act now.
pub async fn actor_of(app: &App, job: &job::Model) -> Result<Actor> {
    let place = organisation::Entity::find_by_id(job.organisation_id)
        .one(&*app.db)
        .await?
        .ok_or(Error::NotFound)?;
    let name = match job.created_by {
        Some(id) => user_name(app, id).await?,
        None => "import".to_owned(),
    };
    let mut by = Actor::system(&name, app.clock.now());
    by.account = job.created_by;
    by.cause = format!("import/{}", job.id);
    by.workplace = Some(Workplace {
        id: place.id,
        kind: place.kind,
        name: place.name,
        coverage: place.coverage,
    });
    Ok(by)
}

async fn user_name(app: &App, id: AccountId) -> Result<String> {
    let account = account::Entity::find_by_id(id).one(&*app.db).await?;
    Ok(account.ok_or(Error::NotFound)?.user_name)
}

/// The sheet of a job's file.
async fn sheet_of(app: &App, job: &job::Model) -> Result<Sheet> {
    let id = job.file_id.ok_or(Error::NotFound)?;
    let file = stored_file::Entity::find_by_id(id)
        .one(&*app.db)
        .await?
        .ok_or(Error::NotFound)?;
    read(app.keys.open_bytes("file", &file.content)?).await
}

async fn check_sheet(app: &App, by: &Actor, sheet: Sheet, watch: &Arc<Watch>) -> Result<(Sheet, Checked)> {
    let ground = Ground {
        places: Places::load(&*app.db, registers_in(by)).await?,
        rules: check_age_rules(&*app.db, registers_in(by), by).await?,
        somebody: earlier::somebody(by),
    };
    let (watch, today) = (Arc::clone(watch), by.today());
    let work = move || {
        let checked = check::check(&sheet, &ground, today, &watch)?;
        Ok((sheet, checked))
    };
    tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?
}

/// A job's sheet and what its check finds today: for the workbook with the errors marked.
pub async fn check_again(app: &App, job: &job::Model) -> Result<(Sheet, Checked)> {
    let by = actor_of(app, job).await?;
    let sheet = sheet_of(app, job).await?;
    check_sheet(app, &by, sheet, &Arc::new(Watch::default())).await
}

/// Takes up imports whose process ended.
pub const SWEEP: Sweep = Sweep {
    name: "jobs",
    every: Duration::from_secs(20),
    run: |app, by| Box::pin(take_up(app, by)),
};

/// Take up what nobody works at any more, because its process ended.
async fn take_up(app: &App, by: &Actor) -> Result<String> {
    let open = job::Entity::find()
        .filter(job::COLUMN.state.is_in([JobState::Queued, JobState::Running]))
        .filter(job::COLUMN.phase.ne(WAITING))
        .order_by_asc(job::COLUMN.id)
        .all(&*app.db)
        .await?;
    let mut work = JoinSet::new();
    for job in open {
        let last = job.heartbeat_at.unwrap_or(job.created_at);
        if is_silent(last, by.now) && watch::running(app, job.id).is_none() {
            let app = app.clone();
            work.spawn(async move { run(&app, job.id).await });
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
        format!("{taken} taken up")
    })
}
