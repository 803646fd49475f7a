//! A roster is brought in: read, kept, and queued for its check; the same file is not taken twice.

use entities::{
    JobId, OrganisationId,
    import::job,
    words::{JobKind, JobState, Language},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};
use serde_json::json;

use super::{CHECKING, Findings, Options};
use crate::{
    platform::{
        Actor, App, Error, Result,
        event::{self, Subject},
        file::{self, Arrived},
        workbook::{self, Limits, Sheet},
    },
    roster::columns,
};

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
    let sheet = tokio::task::spawn_blocking(read).await?;
    sheet.map_err(|error| Error::field("file", &error))
}

/// Keep a file and begin its check. A file that cannot be read is refused here and leaves no trace; one that is here
/// already gives its import.
pub async fn bring_in(app: &App, by: &Actor, upload: Arrived) -> Result<Brought> {
    let sheet = read(upload.bytes.clone()).await?;
    if sheet.rows.is_empty() {
        return Err(Error::field("file", "roster.no_rows"));
    }
    let organisation = by.organisation()?;
    let packed = file::pack(&app.keys, &upload)?;
    let tx = app.db.write(by, "").await?;
    if let Some(known) = same_file(
        &*tx,
        organisation,
        packed.hash(),
        &[JobState::Queued, JobState::Running, JobState::Done],
    )
    .await?
    {
        return Ok(Brought::Known(known.id));
    }
    let file = file::keep_in(&tx, by, packed).await?;
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
        attempts: Set(0),
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

/// The latest import of the same bytes by the same organisation in one of these states.
pub(super) async fn same_file(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    hash: &str,
    states: &[JobState],
) -> Result<Option<job::Model>> {
    let files = file::same(db, organisation, hash).await?;
    Ok(job::Entity::find()
        .filter(job::COLUMN.file_id.is_in(files))
        .filter(job::COLUMN.state.is_in(states.iter().copied()))
        .order_by_desc(job::COLUMN.id)
        .one(db)
        .await?)
}
