//! An SQLite database out and in.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};

use super::{Dumped, archive, said};
use crate::{
    operations::{
        files,
        fingerprint::{self, Prints},
        schema,
    },
    platform::Result,
};

/// Copy a database while it is in use, and prove the copy.
///
/// Writers wait while it is copied and counted (a second or two for a district); readers do not notice.
pub(super) async fn dump(source: &Path, into: &Path) -> Result<Dumped> {
    if !source.exists() {
        return Err(said(format!("there is no database at {}", source.display())));
    }
    // Empty and ours alone: VACUUM INTO writes into it.
    drop(archive::create(into)?);
    let before = copy(source, into).await?;
    let copy = fingerprint::open(into).await?;
    let faults = fingerprint::faults(&copy).await?;
    let tables = fingerprint::of(&copy).await?;
    let schema = schema::read(&copy).await?;
    copy.close().await?;
    let differing = fingerprint::differences(&before, &tables);
    if !faults.is_empty() || !differing.is_empty() {
        return Err(said(format!(
            "the copy is not good and was removed: {}",
            [faults, differing].concat().join(", ")
        )));
    }
    Ok(Dumped {
        tables,
        migration: schema.applied.last().cloned(),
    })
}

/// The copy, and what was in the source at that moment: nobody writes in between.
async fn copy(source: &Path, into: &Path) -> Result<Prints> {
    let keeper = connect(source, 30).await?;
    // Takes the lock of writers and writes nothing; closing the connection gives it back, whatever happens.
    keeper.execute_unprepared("BEGIN IMMEDIATE").await?;
    let copied = copy_and_count(source, into, &keeper).await;
    keeper.execute_unprepared("ROLLBACK").await?;
    keeper.close().await?;
    copied
}

async fn copy_and_count(source: &Path, into: &Path, keeper: &DatabaseConnection) -> Result<Prints> {
    // VACUUM does not run inside a transaction, so another connection copies.
    let copier = connect(source, 30).await?;
    let name = into.display().to_string().replace('\'', "''");
    let done = copier.execute_unprepared(&format!("VACUUM INTO '{name}'")).await;
    copier.close().await?;
    done.map_err(|e| files::failed_sql("write", into, &e))?;
    fingerprint::of(keeper).await
}

/// One connection to a file that is there; `patience` in seconds for whoever holds a lock.
async fn connect(file: &Path, patience: u64) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rw", file.display()));
    options.max_connections(1).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(move |sqlite| sqlite.busy_timeout(Duration::from_secs(patience)));
    Ok(Database::connect(options).await?)
}

/// A copy that was taken out of a backup is sound and holds what the manifest says.
pub(super) async fn same(file: &Path, expected: &Prints) -> Result<()> {
    let db = fingerprint::open(file).await?;
    let faults = fingerprint::faults(&db).await?;
    let tables = fingerprint::of(&db).await?;
    db.close().await?;
    let differing = fingerprint::differences(expected, &tables);
    if faults.is_empty() && differing.is_empty() {
        return Ok(());
    }
    Err(said(format!(
        "the backup is not what its manifest says: {}",
        [faults, differing].concat().join(", ")
    )))
}

/// Everything of a copy that was opened is in its one file again.
pub(super) async fn leave_log(copy: &Path) -> Result<()> {
    let db = connect(copy, 1).await?;
    db.execute_unprepared("PRAGMA journal_mode = DELETE").await?;
    Ok(db.close().await?)
}

/// Put a copy that was looked at in the place of a database, which is kept beside.
pub(super) async fn put(copy: &Path, target: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>> {
    let kept = if target.exists() {
        Some(set_aside(target, now).await?)
    } else {
        None
    };
    fs::rename(copy, target).map_err(|e| files::failed("write", target, &e))?;
    files::sync(target).map_err(|e| files::failed("write", target, &e))?;
    Ok(kept)
}

/// Move a database away that nobody uses, with everything that was committed inside the one file.
async fn set_aside(target: &Path, now: DateTime<Utc>) -> Result<PathBuf> {
    let db = connect(target, 1).await?;
    // Leaving the write-ahead log works only when no other connection is open: this is the question and the answer.
    let alone = db.execute_unprepared("PRAGMA journal_mode = DELETE").await;
    db.close().await?;
    if alone.is_err() {
        return Err(said(format!(
            "a server or another command uses {}; stop it first. Nothing was changed",
            target.display()
        )));
    }
    let kept = files::beside(target, &format!("replaced-{}", now.format("%Y%m%dT%H%M%SZ")));
    fs::rename(target, &kept).map_err(|e| files::failed("move", target, &e))?;
    Ok(kept)
}
