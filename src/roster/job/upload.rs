//! A roster is brought in: read, kept, and queued for its check; the same file is not taken twice.

use entities::{
    FileId, JobId, OrganisationId,
    import::{job, stored_file},
    words::{JobKind, JobState, Language},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;

use super::{CHECKING, Findings, Options};
use crate::{
    platform::{
        Actor, App, Error, Result,
        crypto::fingerprint,
        event::{self, Subject},
        workbook::{self, Limits, Sheet},
    },
    roster::columns,
};

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
    let hash = fingerprint(&upload.bytes);
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
