//! The work on an import, in the background: checked, and carried out when somebody decided.

use std::{collections::BTreeSet, sync::Arc};

use entities::{
    ChildId, JobId,
    child::child,
    import::job,
    words::{JobKind, JobState},
};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use serde_json::json;

use super::{FINISHED, Findings, INSERTING, Options, WAITING};
use crate::{
    access::scope,
    children::{
        reuse::Differing,
        service::{check_age_rules, registers_in},
    },
    organisations,
    platform::{
        Actor, App, Error, Result, Tx,
        event::{self, Subject},
        file,
        job::{Job, Watch, done_in, left_in, running_in},
        workbook::Sheet,
    },
    roster::{
        check::{self, Checked, GoodRow, Ground},
        columns::read,
        earlier, families, insert,
        known::{self, Likeness, Twin},
        places::{self, Places},
        queries::same_file,
    },
};

/// Values in one query: long lists are slow to plan.
const CHUNK: usize = 1_000;

/// The import of a roster.
#[derive(Debug)]
pub struct Import;

impl Job for Import {
    const KIND: JobKind = JobKind::RosterImport;
    const NAME: &'static str = "import";
    const FINISHED: &'static str = FINISHED;
    const BROKEN: &'static str = "roster.failed.internal";
    const OVER: &'static str = "roster.not_running";
    const CANCELLED: &'static str = "roster.cancelled";
    const FAILED: &'static str = "roster.failed";

    fn waits(job: &job::Model) -> bool {
        job.phase == WAITING
    }

    async fn work(app: &App, job: &job::Model, watch: &Arc<Watch>) -> Result<()> {
        work(app, job, watch).await
    }
}

async fn work(app: &App, job: &job::Model, watch: &Arc<Watch>) -> Result<()> {
    let by = actor_of(app, job).await?;
    let sheet = sheet_of(app, &by, job).await?;
    let (sheet, checked) = check_sheet(app, &by, sheet, watch).await?;
    if job.phase == INSERTING {
        return carry_out(app, &by, job, &sheet, &checked, watch).await;
    }
    let likenesses = known::likenesses(&*app.db, &app.keys, &checked.good).await?;
    let seen = families::look(&*app.db, &app.keys, going_in(&checked, &likenesses)).await?;
    let findings = Findings::new(app, &sheet, &checked, likenesses.iter().flatten().count(), seen)?;
    let tx = app.db.write(&by, "").await?;
    left_in(&tx, job.id, WAITING, json!(findings)).await?;
    tell_of_in(&tx, &by, job.id, &likenesses).await?;
    tx.commit_quietly().await
}

/// The rows that go in at once.
fn going_in<'a>(checked: &'a Checked, likenesses: &'a [Option<Likeness>]) -> impl Iterator<Item = &'a GoodRow> {
    let rows = checked.good.iter().zip(likenesses);
    rows.filter(|(_, likeness)| likeness.is_none()).map(|(row, _)| row)
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
    let options = Options::of(job)?;
    check::refuse_bad(checked, options.good_rows_only)?;
    let differing = if options.guardians_as_in_rows {
        Differing::Take
    } else {
        Differing::Keep
    };
    let mut lanes: Vec<&str> = checked.good.iter().map(|row| row.child.district()).collect();
    lanes.sort_unstable();
    lanes.dedup();
    let tx = app.db.write_all(by, &lanes).await?;
    let row = running_in(&tx, job.id).await?;
    // A code that changed since the sheet was read: the job is taken up again, and reads it anew.
    let codes = checked.good.iter().map(|row| row.child.division.as_str());
    if !places::are_open(&*tx, codes).await? {
        return Err(Error::Busy);
    }
    let hash = match row.file_id {
        Some(file) => file::label(&*tx, file).await?.map(|(_, hash)| hash),
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
    let seen = families::look(&*tx, &app.keys, going_in(checked, &likenesses)).await?;
    let inserted = insert::insert_in(&tx, app, by, (job.id, differing), &checked.good, &likenesses, watch).await?;
    let mut findings = Findings::new(app, sheet, checked, likenesses.iter().flatten().count(), seen)?;
    findings.added = inserted.added;
    findings.parked = inserted.parked;
    done_in::<Import>(&tx, &row, app.clock.now(), json!(findings), watch).await?;
    let details = json!({ "added": inserted.added, "parked": inserted.parked, "left_out": checked.bad });
    event::record(&tx, by, "roster.imported", Subject::new("job", job.id.0), details).await?;
    tx.commit().await
}

/// Whoever brought the file in, as they would act now.
pub async fn actor_of(app: &App, job: &job::Model) -> Result<Actor> {
    organisations::queries::for_job(&*app.db, job, Import::NAME, app.clock.now()).await
}

/// The sheet of a job's file.
async fn sheet_of(app: &App, by: &Actor, job: &job::Model) -> Result<Sheet> {
    let id = job.file_id.ok_or(Error::NotFound)?;
    let file = scope::file(&*app.db, by, id).await?;
    let sheet = read(file::open(app, by, &file).await?).await?;
    Ok(sheet.read_as(Options::of(job)?.reading()))
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
    tokio::task::spawn_blocking(work).await?
}

/// A job's sheet and what its check finds today: for the workbook with the errors marked, which somebody takes out.
pub async fn check_again(app: &App, reader: &Actor, job: &job::Model) -> Result<(Sheet, Checked)> {
    let by = actor_of(app, job).await?;
    let sheet = sheet_of(app, reader, job).await?;
    check_sheet(app, &by, sheet, &Arc::new(Watch::default())).await
}
