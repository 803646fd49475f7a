//! A roster is brought in: read, kept, and queued for its check; the same file is not taken twice.

use entities::{JobId, words::JobState};
use serde_json::json;

use super::{CHECKING, Findings, Import, Options};
use crate::{
    platform::{
        Actor, App, Error, Result,
        event::{self, Subject},
        file::{self, Arrived},
        job::{New, queue_in},
    },
    roster::{columns::read, queries::same_file},
};

/// What came of bringing a file in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brought {
    /// A new import, being checked.
    New(JobId),
    /// The same file is here already.
    Known(JobId),
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
    let new = New {
        phase: CHECKING,
        file: Some(file.id),
        total: sheet.rows.len(),
        options: json!(Options::default()),
        result: json!(Findings::default()),
    };
    let id = queue_in::<Import>(&tx, by, new).await?;
    let details = json!({ "file": file.id, "hash": file.hash, "rows": sheet.rows.len() });
    event::record(&tx, by, "roster.brought_in", Subject::new("job", id.0), details).await?;
    tx.commit().await?;
    Ok(Brought::New(id))
}
