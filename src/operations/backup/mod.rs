//! Backup, restore, and the drill that proves that one leads to the other. One command for both databases.
//!
//! A backup is one file: a zip that holds the database (an SQLite file, or what `pg_dump` wrote) and a manifest with rows
//! and hashes of every table, taken in the same moment, under a code made with the key file. Everything that the program
//! keeps is in the database, uploaded files too; the key file is not part of it.

mod archive;
mod drill;
pub mod keeping;
mod manifest;
mod postgres;
pub mod record;
mod sqlite;
mod tools;

use std::{
    fs,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};

pub use archive::is_recipient;
pub use drill::prove;
pub use manifest::{Genuine, Kind, Manifest};
pub use postgres::Server;
pub use tools::Tools;

use archive::{Looks, Passing};

use super::{files, fingerprint::Prints, schema, shape};
use crate::platform::{Db, Error, Keys, Result, db::Open};

/// What is backed up and restored to.
#[derive(Clone)]
pub enum Store {
    /// A file.
    Sqlite(PathBuf),
    /// A database on a server, and the programs to reach it with.
    Postgres(Server, Tools),
}

impl Store {
    /// By its address.
    pub fn of(url: &str, tools: Tools) -> Result<Self> {
        match files::of_url(url) {
            Some(file) => Ok(Self::Sqlite(file)),
            None => Ok(Self::Postgres(Server::parse(url)?, tools)),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Sqlite(_) => Kind::Sqlite,
            Self::Postgres(..) => Kind::Postgres,
        }
    }
}

/// What came out of a database.
struct Dumped {
    tables: Prints,
    migration: Option<String>,
}

/// How a backup is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Writing<'a> {
    /// Whose code stands under the manifest.
    pub keys: Option<&'a Keys>,
    /// Whom it is encrypted to.
    pub recipient: Option<&'a str>,
}

/// Write a backup of a database in use to a new file.
pub async fn take(store: &Store, target: &Path, writing: Writing<'_>, now: DateTime<Utc>) -> Result<Manifest> {
    if target.exists() {
        return Err(said(format!(
            "{} is there already; a backup never replaces another",
            target.display()
        )));
    }
    if let Some(recipient) = writing.recipient {
        is_recipient(recipient)?;
    }
    let mut passing = Passing::default();
    let content = passing.beside(target, "content");
    let dumped = match store {
        Store::Sqlite(source) => sqlite::dump(source, &content).await?,
        Store::Postgres(server, tools) => postgres::dump(server, tools, &content).await?,
    };
    let mut manifest = Manifest {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at: now,
        kind: store.kind(),
        migration: dumped.migration,
        tables: dumped.tables,
        code: None,
    };
    if let Some(keys) = writing.keys {
        manifest.sign(keys)?;
    }
    let mut part = passing.beside(target, "part");
    archive::pack(&part, &manifest, &content)?;
    if let Some(recipient) = writing.recipient {
        let encrypted = passing.beside(target, "part.part");
        archive::encrypt(&part, &encrypted, recipient).await?;
        part = encrypted;
    }
    let failed = |e: std::io::Error| files::failed("write", target, &e);
    files::sync(&part).map_err(failed)?;
    fs::rename(&part, target).map_err(failed)?;
    files::sync(target).map_err(failed)?;
    Ok(manifest)
}

/// A backup whose database was taken out.
struct Opened {
    manifest: Manifest,
    content: PathBuf,
    _passing: Passing,
}

/// Open a backup; what has to be unpacked goes beside `near`.
async fn open(file: &Path, identity: Option<&Path>, near: &Path) -> Result<Opened> {
    if !file.exists() {
        return Err(said(format!("there is no backup at {}", file.display())));
    }
    let mut passing = Passing::default();
    let mut plain = file.to_owned();
    let mut looks = archive::looks(file)?;
    if looks == Looks::Encrypted {
        let identity = identity.ok_or_else(|| {
            said(format!(
                "{} is encrypted: name the file of the private key with --backup-identity (STARBRIDGE_BACKUP_IDENTITY)",
                file.display()
            ))
        })?;
        plain = passing.beside(near, "opened");
        archive::decrypt(file, &plain, identity).await?;
        looks = archive::looks(&plain)?;
    }
    let content = passing.beside(near, "content");
    let manifest = match looks {
        Looks::Plain => archive::unpack(&plain, &content)?,
        Looks::Database => earlier(&plain, &content)?,
        Looks::Encrypted | Looks::Strange => {
            return Err(said(format!("{} is no backup of this program", file.display())));
        }
    };
    if plain != file {
        files::forget(&plain);
    }
    Ok(Opened {
        manifest,
        content,
        _passing: passing,
    })
}

/// The two files of earlier versions: the database itself, and `FILE.json` beside it.
fn earlier(file: &Path, into: &Path) -> Result<Manifest> {
    let beside = files::beside(file, "json");
    let text = fs::read(&beside).map_err(|e| {
        said(format!(
            "{} is a backup of an earlier version in two files, and the second cannot be read at {}: {e}",
            file.display(),
            beside.display()
        ))
    })?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|e| said(format!("{} is not the manifest of a backup: {e}", beside.display())))?;
    drop(archive::create(into)?);
    fs::copy(file, into).map_err(|e| files::failed("write", into, &e))?;
    Ok(manifest)
}

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What is in the database now.
    pub manifest: Manifest,
    /// Whether the manifest was made with the key file that is in place.
    pub genuine: Genuine,
    /// Where that lies which was there before: a file, or a schema.
    pub kept: Option<String>,
}

/// How a backup is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading<'a> {
    /// The key file that is in place here.
    pub keys: Option<&'a Keys>,
    /// The private key for encrypted ones.
    pub identity: Option<&'a Path>,
    /// A folder with room for what has to be unpacked on the way to PostgreSQL.
    pub room: Option<&'a Path>,
    /// Also where there is something already.
    pub force: bool,
    /// Also when no code stands under the manifest.
    pub without_code: bool,
}

/// Put a backup in the place of a database: looked at before anything is touched, what was there is kept.
pub async fn restore(file: &Path, store: &Store, reading: Reading<'_>, now: DateTime<Utc>) -> Result<Restored> {
    let near = match store {
        Store::Sqlite(target) if target.exists() && !reading.force => {
            return Err(said(format!(
                "{} is there already; --force puts the backup in its place and keeps it beside",
                target.display()
            )));
        }
        Store::Sqlite(target) => target.clone(),
        Store::Postgres(..) => match (reading.room, file.file_name()) {
            (Some(room), Some(name)) => room.join(name),
            _ => file.to_owned(),
        },
    };
    let opened = open(file, reading.identity, &near).await?;
    let manifest = opened.manifest.clone();
    if manifest.kind != store.kind() {
        return Err(said(format!(
            "this is a backup of a {} database, and STARBRIDGE_DATABASE_URL names one of {}",
            manifest.kind,
            store.kind()
        )));
    }
    let genuine = manifest.genuine(reading.keys)?;
    // Whoever changes a backup takes the code out rather than make a wrong one.
    if genuine == Genuine::Unknown && reading.keys.is_some() && !reading.without_code {
        return Err(said(
            "no code of a key file stands under the manifest of the backup: it was taken by an earlier version or without \
             the key file, or somebody changed it. Nothing was changed; --without-code restores it where you know who made it",
        ));
    }
    not_newer(&manifest)?;
    let kept = match store {
        Store::Sqlite(target) => {
            sqlite::same(&opened.content, &manifest.tables).await?;
            made_as_it_should(&format!("sqlite://{}", opened.content.display())).await?;
            sqlite::leave_log(&opened.content).await?;
            let kept = sqlite::put(&opened.content, target, now).await?;
            kept.map(|file| file.display().to_string())
        }
        Store::Postgres(server, tools) => {
            let kept = postgres::restore(server, tools, &opened.content, &manifest.tables, reading.force, now).await?;
            kept.map(|schema| format!("schema {schema}"))
        }
    };
    Ok(Restored {
        manifest,
        genuine,
        kept,
    })
}

/// The database that came out of a backup is made as its migrations make it: a trigger that somebody added would go on
/// changing what is saved.
async fn made_as_it_should(url: &str) -> Result<()> {
    let db = Db::open(Open {
        url,
        readers: 1,
        full_sync: false,
        projections: &[],
    })
    .await?;
    let applied = schema::read(&*db).await?.applied.len();
    let there = shape::read(&*db).await?;
    let expected = shape::expected(&db, applied).await?;
    db.close_all().await?;
    let foreign = shape::differences(&there, &expected);
    if foreign.is_empty() {
        return Ok(());
    }
    Err(said(format!(
        "the database in the backup is not made as its migrations make it, nothing was changed: {}",
        foreign.join(", ")
    )))
}

/// This program knows the newest migration of the backup.
fn not_newer(manifest: &Manifest) -> Result<()> {
    match &manifest.migration {
        Some(migration) if !schema::is_known(migration) => Err(said(format!(
            "the backup was written by a newer program ({}, {migration}); install that one first",
            manifest.program
        ))),
        _ => Ok(()),
    }
}

/// A snapshot of an SQLite file before a migration; it lies beside the database.
pub async fn snapshot(database: &Path, migration: &str, keys: Option<&Keys>, now: DateTime<Utc>) -> Result<PathBuf> {
    let ending = format!("before-{migration}-{}.zip", now.format("%Y%m%dT%H%M%SZ"));
    let target = files::beside(database, &ending);
    let writing = Writing { keys, recipient: None };
    take(&Store::Sqlite(database.to_owned()), &target, writing, now).await?;
    Ok(target)
}

fn said(text: impl Into<String>) -> Error {
    Error::Internal(anyhow::Error::msg(text.into()))
}
