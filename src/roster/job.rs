//! The life of an import: brought in, checked in the background, decided by a person, carried out, or cancelled. What has
//! to be done is what its row says, so any process can take it up again.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use entities::{
    AccountId, FileId, JobId, OrganisationId,
    account::account,
    import::{job, stored_file},
    organisation::organisation,
    words::{JobKind, JobState, Language},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    prelude::Expr,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    check::{self, Checked, RowError},
    columns, insert, known,
    places::Places,
    watch::{self, Shift, Watch},
};
use crate::{
    children::service::registers_in,
    platform::{
        Actor, App, Error, Result, Tx, Workplace,
        event::{self, Subject},
        workbook::{self, Limits, Sheet},
    },
};

/// Being checked.
pub const CHECKING: &str = "roster.phase.checking";
/// Checked; somebody decides.
pub const WAITING: &str = "roster.phase.waiting";
/// The rows go in.
pub const INSERTING: &str = "roster.phase.inserting";
/// Nothing more to do.
pub const FINISHED: &str = "roster.phase.finished";

/// A job that is silent for so long has lost its process. Longer than one transaction of the largest roster.
const SILENT: TimeDelta = TimeDelta::minutes(3);
/// How often a running job says that it lives.
const BEAT: Duration = Duration::from_secs(3);
/// A job that was taken up so often and never ended is broken.
const ATTEMPTS: u32 = 3;
/// Errors that a page shows; the marked workbook has them all.
pub const SHOWN: usize = 50;

/// What was chosen, and how often it was tried.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// Leave rows with errors out.
    pub good_rows_only: bool,
    /// How often a process took it up.
    pub attempts: u32,
}

/// What came of it so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Findings {
    /// Rows of the file.
    pub rows: usize,
    /// Rows without an error.
    pub good: usize,
    /// Rows with an error.
    pub bad: usize,
    /// Errors in all.
    pub errors: usize,
    /// Good rows that look like a child on file or like an earlier row.
    pub alike: usize,
    /// Columns that nobody asked for.
    pub unknown: Vec<String>,
    /// Further sheets that were not read.
    pub similar_sheets: Vec<String>,
    /// The first errors: they quote cells, so they are sealed.
    shown: Option<String>,
    /// New files.
    pub added: usize,
    /// Rows that wait for a decision.
    pub parked: usize,
    /// Why it failed, as a locale key.
    pub failure: Option<String>,
}

/// An error as a page shows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// Number of the row.
    pub row: u32,
    /// Letters of the column; empty for the row as a whole.
    pub column: String,
    /// Its heading.
    pub header: String,
    chinese: String,
    english: String,
}

impl Shown {
    fn of(error: &RowError) -> Self {
        Self {
            row: error.row,
            column: error.letters.clone(),
            header: error.header.clone(),
            chinese: error.say.in_words(Language::Chinese),
            english: error.say.in_words(Language::English),
        }
    }

    /// What is wrong.
    pub fn message(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.chinese,
            Language::English => &self.english,
        }
    }
}

impl Findings {
    /// What stands in a job's row.
    pub fn of(job: &job::Model) -> Self {
        serde_json::from_value(job.result.clone()).unwrap_or_default()
    }

    fn new(app: &App, sheet: &Sheet, checked: &Checked, alike: usize) -> Result<Self> {
        let shown: Vec<Shown> = checked.errors.iter().take(SHOWN).map(Shown::of).collect();
        let shown = serde_json::to_vec(&shown).map_err(anyhow::Error::from)?;
        Ok(Self {
            rows: sheet.rows.len(),
            good: checked.good.len(),
            bad: checked.bad,
            errors: checked.errors.len(),
            alike,
            unknown: sheet.unknown.clone(),
            similar_sheets: sheet.similar_sheets.clone(),
            shown: Some(BASE64_STANDARD.encode(app.keys.seal_bytes("file", &shown)?.0)),
            ..Self::default()
        })
    }

    /// The first errors.
    pub fn first_errors(&self, app: &App) -> Result<Vec<Shown>> {
        let Some(shown) = &self.shown else {
            return Ok(Vec::new());
        };
        let sealed = BASE64_STANDARD.decode(shown).map_err(anyhow::Error::from)?;
        let plain = app.keys.open_bytes("file", &entities::Sealed(sealed))?;
        Ok(serde_json::from_slice(&plain).map_err(anyhow::Error::from)?)
    }
}

fn options_of(job: &job::Model) -> Options {
    serde_json::from_value(job.options.clone()).unwrap_or_default()
}

/// A file as it came.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its name, for people only.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What came of bringing a file in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brought {
    /// A new import, being checked.
    New(JobId),
    /// The same file is here already.
    Known(JobId),
}

/// Read a file's sheet.
///
/// # Errors
/// Why the file as a whole cannot be used, at the field `file`.
pub async fn read(bytes: Vec<u8>) -> Result<Sheet> {
    let columns = columns::columns(Language::Chinese)?;
    let read = move || workbook::read(&bytes, &columns, &Limits::default());
    let sheet = tokio::task::spawn_blocking(read).await.map_err(anyhow::Error::from)?;
    sheet.map_err(|error| Error::field("file", &error))
}

/// Keep a file and begin its check. A file that cannot be read is refused here and leaves no trace; one that is here
/// already gives its import.
pub async fn bring_in(app: &App, by: &Actor, upload: Upload) -> Result<Brought> {
    let sheet = read(upload.bytes.clone()).await?;
    if sheet.rows.is_empty() {
        return Err(Error::field("file", "roster.no_rows"));
    }
    let hash = sha256(&upload.bytes);
    let organisation = by.organisation()?;
    let content = app.keys.seal_bytes("file", &upload.bytes)?;
    let tx = app.db.write(by, "").await?;
    if let Some(known) = same_file(
        &*tx,
        organisation,
        &hash,
        &[JobState::Queued, JobState::Running, JobState::Done],
    )
    .await?
    {
        return Ok(Brought::Known(known.id));
    }
    let file = stored_file::ActiveModel {
        id: NotSet,
        name: Set(upload.name.chars().take(120).collect()),
        media_type: Set("application/octet-stream".to_owned()),
        hash: Set(hash),
        content: Set(content),
        organisation_id: Set(organisation),
        created_by: Set(by.account),
        created_at: Set(by.now),
    };
    let file = file.insert(&*tx).await?;
    let job = job::ActiveModel {
        id: NotSet,
        kind: Set(JobKind::RosterImport),
        state: Set(JobState::Queued),
        organisation_id: Set(organisation),
        created_by: Set(by.account),
        created_at: Set(by.now),
        started_at: Set(None),
        finished_at: Set(None),
        heartbeat_at: Set(None),
        cancel_requested_at: Set(None),
        done: Set(0),
        total: Set(i32::try_from(sheet.rows.len()).unwrap_or(i32::MAX)),
        phase: Set(CHECKING.to_owned()),
        file_id: Set(Some(file.id)),
        options: Set(json!(Options::default())),
        result: Set(json!(Findings::default())),
    };
    let id = job.insert(&*tx).await?.id;
    let details = json!({ "file": file.id, "hash": file.hash, "rows": sheet.rows.len() });
    event::record(&tx, by, "roster.brought_in", Subject::new("job", id.0), details).await?;
    tx.commit().await?;
    Ok(Brought::New(id))
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    use std::fmt::Write as _;
    sha2::Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The latest import of the same bytes by the same organisation in one of these states.
async fn same_file(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    hash: &str,
    states: &[JobState],
) -> Result<Option<job::Model>> {
    let files: Vec<FileId> = stored_file::Entity::find()
        .filter(stored_file::COLUMN.hash.eq(hash))
        .filter(stored_file::COLUMN.organisation_id.eq(organisation))
        .select_only()
        .column(stored_file::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(job::Entity::find()
        .filter(job::COLUMN.file_id.is_in(files))
        .filter(job::COLUMN.state.is_in(states.iter().copied()))
        .order_by_desc(job::COLUMN.id)
        .one(db)
        .await?)
}

/// Decide about a checked roster: take all of it, or its good rows only.
pub async fn decide(app: &App, by: &Actor, id: JobId, good_rows_only: bool) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    let job = super::queries::find(&*tx, by, id).await?;
    if job.state != JobState::Queued || job.phase != WAITING {
        return Err(Error::refused("roster.not_waiting"));
    }
    let findings = Findings::of(&job);
    if findings.bad > 0 && !good_rows_only {
        return Err(Error::refused(
            crate::platform::Say::new("roster.not_all_good").with("rows", findings.bad),
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
    let job = super::queries::find(&*app.db, by, id).await?;
    if !matches!(job.state, JobState::Queued | JobState::Running) {
        return Err(Error::refused("roster.not_running"));
    }
    // First in memory: on an embedded database the running transaction must end before anybody can write.
    if let Some(watch) = watch::running(app, id) {
        watch.cancel();
    }
    let tx = app.db.write(by, "").await?;
    let job = super::queries::find(&*tx, by, id).await?;
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
        Err(error) => {
            end(app, id, JobState::Failed, Some("roster.failed.internal")).await?;
            Err(error)
        }
    }
}

/// Make a job that is to be done this process's own.
async fn claim(app: &App, id: JobId) -> Result<Option<job::Model>> {
    let by = Actor::system("import", app.clock.now());
    let tx = app.db.write(&by, "").await?;
    let Some(job) = job::Entity::find_by_id(id).one(&*tx).await? else {
        return Ok(None);
    };
    let silent = job.heartbeat_at.is_none_or(|at| at <= by.now - SILENT);
    let free = match job.state {
        JobState::Queued => job.phase != WAITING,
        JobState::Running => silent,
        JobState::Done | JobState::Failed | JobState::Cancelled => false,
    };
    if !free {
        return Ok(None);
    }
    let mut options = options_of(&job);
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
            .exec(app.db.writer())
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
    tx.commit_quietly().await
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
    check::refuse_bad(checked, options_of(job).good_rows_only)?;
    let mut lanes: Vec<&str> = checked.good.iter().map(|row| row.child.district()).collect();
    lanes.sort_unstable();
    lanes.dedup();
    let tx = app.db.write_all(by, &lanes).await?;
    let row = still_running(&tx, job.id).await?;
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
pub(super) async fn actor_of(app: &App, job: &job::Model) -> Result<Actor> {
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
    let places = Places::load(&*app.db, registers_in(by)).await?;
    let (watch, today) = (Arc::clone(watch), by.today());
    let work = move || {
        let checked = check::check(&sheet, &places, today, &watch)?;
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

/// Sweep `jobs`: take up what nobody works at any more, because its process ended.
pub async fn take_up(app: &App, by: &Actor) -> Result<String> {
    let open = job::Entity::find()
        .filter(job::COLUMN.state.is_in([JobState::Queued, JobState::Running]))
        .filter(job::COLUMN.phase.ne(WAITING))
        .order_by_asc(job::COLUMN.id)
        .all(&*app.db)
        .await?;
    let mut taken = 0;
    for job in open {
        let last = job.heartbeat_at.unwrap_or(job.created_at);
        if last <= by.now - SILENT {
            run(app, job.id).await?;
            taken += 1;
        }
    }
    Ok(if taken == 0 {
        String::new()
    } else {
        format!("{taken} taken up")
    })
}
