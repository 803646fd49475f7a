//! Backup and restore of an SQLite database. PostgreSQL has tools of its own.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};
use serde::{Deserialize, Serialize};

use super::{
    files,
    fingerprint::{self, Prints},
    schema, shape,
};
use crate::platform::{Error, Result};

/// What stands beside a backup as `FILE.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the program that wrote it.
    pub program: String,
    /// When.
    pub taken_at: DateTime<Utc>,
    /// Newest migration in it.
    pub migration: Option<String>,
    /// Rows and hashes by table.
    pub tables: Prints,
}

impl Manifest {
    /// The manifest of a backup.
    pub fn of(file: &Path) -> PathBuf {
        files::beside(file, "json")
    }
}

/// Copy a database while it is in use, and prove the copy.
///
/// Writers wait while it is copied and counted (a second or two for a district); readers do not notice.
pub async fn take(source: &Path, target: &Path, now: DateTime<Utc>) -> Result<Manifest> {
    if !source.exists() {
        return Err(said(format!("there is no database at {}", source.display())));
    }
    if target.exists() {
        return Err(said(format!(
            "{} is there already; a backup never replaces another",
            target.display()
        )));
    }
    let part = files::beside(target, "part");
    files::forget(&part);
    let done = copy(source, &part).await;
    let before = match done {
        Ok(before) => before,
        Err(error) => {
            files::forget(&part);
            return Err(error);
        }
    };
    let finished = finish(&part, target, before, now).await;
    if finished.is_err() {
        files::forget(&part);
    }
    finished
}

/// The copy, and what was in the source at that moment: nobody writes in between.
async fn copy(source: &Path, part: &Path) -> Result<Prints> {
    let keeper = connect(source, 30).await?;
    // Takes the lock of writers and writes nothing; closing the connection gives it back, whatever happens.
    keeper.execute_unprepared("BEGIN IMMEDIATE").await?;
    let copied = copy_and_count(source, part, &keeper).await;
    keeper.execute_unprepared("ROLLBACK").await?;
    keeper.close().await?;
    copied
}

async fn copy_and_count(source: &Path, part: &Path, keeper: &DatabaseConnection) -> Result<Prints> {
    // VACUUM does not run inside a transaction, so another connection copies.
    let copier = connect(source, 30).await?;
    let name = part.display().to_string().replace('\'', "''");
    let done = copier.execute_unprepared(&format!("VACUUM INTO '{name}'")).await;
    copier.close().await?;
    done.map_err(|e| files::failed_sql("write", part, &e))?;
    fingerprint::of(keeper).await
}

/// One connection to a file that is there; `patience` in seconds for whoever holds a lock.
async fn connect(file: &Path, patience: u64) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rw", file.display()));
    options.max_connections(1).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(move |sqlite| sqlite.busy_timeout(Duration::from_secs(patience)));
    Ok(Database::connect(options).await?)
}

async fn finish(part: &Path, target: &Path, before: Prints, now: DateTime<Utc>) -> Result<Manifest> {
    let copy = fingerprint::open(part).await?;
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
    let manifest = Manifest {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at: now,
        migration: schema.applied.last().cloned(),
        tables,
    };
    write_manifest(&Manifest::of(target), &manifest)?;
    fs::rename(part, target).map_err(|e| files::failed("write", target, &e))?;
    files::sync(target).map_err(|e| files::failed("write", target, &e))?;
    Ok(manifest)
}

fn write_manifest(file: &Path, manifest: &Manifest) -> Result<()> {
    let text = serde_json::to_vec_pretty(manifest).map_err(anyhow::Error::from)?;
    let write = || {
        let mut target = fs::File::create(file)?;
        target.write_all(&text)?;
        target.sync_all()
    };
    write().map_err(|e| files::failed("write", file, &e))
}

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What is in the database now.
    pub manifest: Manifest,
    /// Where the database lies that was there before.
    pub kept: Option<PathBuf>,
}

/// Put a backup in the place of a database: verified before anything is touched, the old database kept beside.
pub async fn restore(backup: &Path, target: &Path, force: bool, now: DateTime<Utc>) -> Result<Restored> {
    let manifest = verify(backup).await?;
    if target.exists() && !force {
        return Err(said(format!(
            "{} is there already; --force puts the backup in its place and keeps it beside",
            target.display()
        )));
    }
    let part = files::beside(target, "part");
    files::forget(&part);
    let copied = fs::copy(backup, &part).map_err(|e| files::failed("write", &part, &e));
    let same = match copied {
        Ok(_) => prints(&part).await.map(|now| now == manifest.tables),
        Err(error) => Err(error),
    };
    match same {
        Ok(true) => {}
        Ok(false) => {
            files::forget(&part);
            return Err(said(format!(
                "{} was not copied as it is; nothing was changed",
                backup.display()
            )));
        }
        Err(error) => {
            files::forget(&part);
            return Err(error);
        }
    }
    let kept = if target.exists() {
        Some(set_aside(target, now).await?)
    } else {
        None
    };
    fs::rename(&part, target).map_err(|e| files::failed("write", target, &e))?;
    files::sync(target).map_err(|e| files::failed("write", target, &e))?;
    Ok(Restored { manifest, kept })
}

/// A backup is what its manifest says, and this program can use it.
pub async fn verify(backup: &Path) -> Result<Manifest> {
    let beside = Manifest::of(backup);
    let text = fs::read(&beside).map_err(|e| files::failed("read", &beside, &e))?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|e| said(format!("{} is not the manifest of a backup: {e}", beside.display())))?;
    if !backup.exists() {
        return Err(said(format!("there is no backup at {}", backup.display())));
    }
    let db = fingerprint::open(backup).await?;
    let faults = fingerprint::faults(&db).await?;
    let tables = fingerprint::of(&db).await?;
    let schema = schema::read(&db).await?;
    let objects = shape::read(&db).await?;
    db.close().await?;
    let differing = fingerprint::differences(&manifest.tables, &tables);
    if !faults.is_empty() || !differing.is_empty() {
        return Err(said(format!(
            "{} is not what its manifest says: {}",
            backup.display(),
            [faults, differing].concat().join(", ")
        )));
    }
    if !schema.unknown.is_empty() {
        return Err(said(format!(
            "{} was written by a newer program: {}",
            backup.display(),
            schema.unknown.join(", ")
        )));
    }
    // A trigger that somebody added would go on changing what is saved.
    let expected = shape::of_sqlite(u32::try_from(schema.applied.len()).unwrap_or(u32::MAX)).await?;
    let foreign = shape::differences(&objects, &expected);
    if !foreign.is_empty() {
        return Err(said(format!(
            "{} is not made as its migrations make it: {}",
            backup.display(),
            foreign.join(", ")
        )));
    }
    Ok(manifest)
}

async fn prints(file: &Path) -> Result<Prints> {
    let db = fingerprint::open(file).await?;
    let prints = fingerprint::of(&db).await;
    db.close().await?;
    prints
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

/// A snapshot before a migration; it lies beside the database.
pub async fn snapshot(database: &Path, migration: &str, now: DateTime<Utc>) -> Result<PathBuf> {
    let ending = format!("before-{migration}-{}", now.format("%Y%m%dT%H%M%SZ"));
    let target = files::beside(database, &ending);
    take(database, &target, now).await?;
    Ok(target)
}

fn said(text: String) -> Error {
    Error::Internal(anyhow::Error::msg(text))
}
