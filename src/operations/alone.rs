//! Who may use a database beside whom: one server on one SQLite file, one start at a time on any database, and nobody
//! else of this machine reads the files.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::task::JoinHandle;

use super::{files, fingerprint};
use crate::platform::{Config, Error, Result, db::Starting};

/// Somebody else is migrating: a large database takes its time.
const PATIENCE: Duration = Duration::from_mins(2);

/// The only server on its file, until it is dropped or its process ends, however it ends.
#[derive(Debug)]
pub struct Alone {
    _lock: Option<File>,
}

/// Be the only server of an SQLite file. What a server keeps in memory (who tries passwords, how far an import is, what
/// every page reads) is true for one server only; several servers need PostgreSQL.
pub fn serve(url: &str) -> Result<Alone> {
    let Some(database) = files::of_url(url) else {
        return Ok(Alone { _lock: None });
    };
    // One file by whatever name.
    let database = fs::canonicalize(&database).unwrap_or(database);
    let path = files::beside(&database, "lock");
    let failed = |error| files::failed("lock", &path, &error);
    let mut lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = lock.read_to_string(&mut holder);
            return Err(anyhow::anyhow!(
                "another server (process {}) serves {} already. Stop it first; several servers side by side need PostgreSQL",
                holder.trim(),
                database.display()
            )
            .into());
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    let note = |lock: &mut File| {
        lock.set_len(0)?;
        lock.rewind()?;
        writeln!(lock, "{}", std::process::id())
    };
    note(&mut lock).map_err(failed)?;
    Ok(Alone { _lock: Some(lock) })
}

/// Nobody else migrates, installs or makes keys until this is dropped.
#[derive(Debug)]
pub struct Start {
    _folder: Option<File>,
    _database: Option<Starting>,
}

/// Wait until no other process is starting on this database.
pub async fn start(url: &str) -> Result<Start> {
    let late = || {
        Error::from(anyhow::anyhow!(
            "another process has been starting on this database for two minutes; look what it does, and try again"
        ))
    };
    let Some(database) = files::of_url(url) else {
        return match crate::platform::Db::starting(url, PATIENCE).await {
            Ok(starting) => Ok(Start {
                _folder: None,
                _database: Some(starting),
            }),
            Err(Error::Busy) => Err(late()),
            Err(error) => Err(error),
        };
    };
    let folder = database
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
        .to_owned();
    let failed = |error| files::failed("lock", &folder, &error);
    let lock = File::open(&folder).map_err(failed)?;
    let pause = Duration::from_millis(50);
    let mut waited = Duration::ZERO;
    loop {
        match lock.try_lock() {
            Ok(()) => {
                return Ok(Start {
                    _folder: Some(lock),
                    _database: None,
                });
            }
            Err(TryLockError::WouldBlock) if waited < PATIENCE => {}
            Err(TryLockError::WouldBlock) => return Err(late()),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        tokio::time::sleep(pause).await;
        waited += pause;
    }
}

/// A look for damage that takes longer than the start may: it goes on beside the first pages.
#[derive(Debug)]
pub struct Looking(JoinHandle<Result<()>>);

impl Looking {
    /// Wait for its end.
    ///
    /// # Errors
    /// What is damaged, and what to do.
    pub async fn end(self) -> Result<()> {
        self.0.await.map_err(anyhow::Error::from)?
    }
}

/// A damaged database is not served: every write would make it worse. A small one is looked through before anything is
/// changed; a large one takes seconds, so that its look is handed back when `patience` is over.
#[expect(clippy::disallowed_methods, reason = "the caller gets its handle and waits for it")]
pub async fn refuse_damage(url: &str, patience: Duration) -> Result<Option<Looking>> {
    let Some(database) = files::of_url(url).filter(|file| file.exists()) else {
        return Ok(None);
    };
    if fs::metadata(&database).is_ok_and(|file| file.len() == 0) {
        return Ok(None);
    }
    let mut looking = tokio::spawn(async move { look(&database).await });
    match tokio::time::timeout(patience, &mut looking).await {
        Ok(found) => found.map_err(anyhow::Error::from)?.map(|()| None),
        Err(_) => Ok(Some(Looking(looking))),
    }
}

async fn look(database: &Path) -> Result<()> {
    let found = match fingerprint::open(database).await {
        Ok(db) => {
            let found = fingerprint::quick_faults(&db).await;
            db.close().await?;
            found
        }
        Err(error) => Err(error),
    };
    let faults = match found {
        Ok(faults) if faults.is_empty() => return Ok(()),
        Ok(faults) => faults.join("; "),
        Err(error) => error.to_string(),
    };
    Err(anyhow::anyhow!(
        "{} is damaged and is not served: {faults}. `starbridge check` looks closer; put the newest good backup in its \
         place with `starbridge restore FILE --force`, which keeps this file beside",
        database.display()
    )
    .into())
}

/// Files that an earlier version or another umask left open to others are closed: the database, what belongs to it, mail.
pub fn close_to_others(config: &Config) {
    let database = files::of_url(&config.database_url());
    let mut open: Vec<PathBuf> = inside(&config.mail_dir());
    if let Some(database) = &database
        && let (Some(folder), Some(name)) = (database.parent(), database.file_name())
    {
        let name = name.as_encoded_bytes();
        let ours = |file: &PathBuf| file.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(name));
        open.extend(inside(folder).into_iter().filter(ours));
    }
    for file in open {
        let Ok(metadata) = fs::symlink_metadata(&file) else {
            continue;
        };
        if !metadata.is_file() || metadata.permissions().mode().trailing_zeros() >= 6 {
            continue;
        }
        match fs::set_permissions(&file, fs::Permissions::from_mode(0o600)) {
            Ok(()) => tracing::info!("{} could be read by others and is closed to them now", file.display()),
            Err(error) => tracing::warn!("others may read {}: {error}", file.display()),
        }
    }
}

fn inside(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect()
}
