//! The proof of a backup: restore it to a scratch place, compare it, look at it as `check` does, forget it.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::{Genuine, Manifest, Reading, Store, made_as_it_should, not_newer, open, postgres::Scratch, said, sqlite};
use crate::{
    operations::check::{self, Level},
    platform::{Config, Db, Result, db::Open},
};

/// Restore a backup beside the real database and look whether it would do.
pub async fn prove(
    file: &Path,
    store: &Store,
    reading: Reading<'_>,
    config: &Config,
    now: DateTime<Utc>,
) -> Result<(Manifest, Genuine)> {
    let opened = open(file, reading.identity, file).await?;
    let manifest = opened.manifest.clone();
    let genuine = manifest.genuine(reading.keys)?;
    not_newer(&manifest)?;
    match store {
        Store::Sqlite(_) if manifest.kind == store.kind() => {
            sqlite::same(&opened.content, &manifest.tables).await?;
            made_as_it_should(&format!("sqlite://{}", opened.content.display())).await?;
            usable(&format!("sqlite://{}", opened.content.display()), config).await?;
        }
        Store::Postgres(server, tools) if manifest.kind == store.kind() => {
            let scratch = Scratch::open(server, now).await?;
            let filled = scratch.fill(tools, &opened.content, &manifest.tables).await;
            let used = match filled {
                Ok(()) => usable(scratch.server.address(), config).await,
                Err(error) => Err(error),
            };
            // What went wrong first is what is told.
            let closed = scratch.close(server).await;
            used.and(closed)?;
        }
        Store::Sqlite(_) | Store::Postgres(..) => {
            return Err(said(format!(
                "a backup of {} can be proven beside a database of that kind only",
                manifest.kind
            )));
        }
    }
    Ok((manifest, genuine))
}

/// The key file opens what is in it, and the audit trail holds.
async fn usable(url: &str, config: &Config) -> Result<()> {
    let db = Db::open(Open {
        url,
        readers: 1,
        full_sync: false,
        projections: &[],
    })
    .await?;
    let found = check::restored(config, &db).await;
    db.close_all().await?;
    let wrong: Vec<String> = found?
        .into_iter()
        .filter(|f| f.level == Level::Error)
        .map(|f| format!("{}: {}", f.what, f.found))
        .collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(said(format!("the backup was restored, but {}", wrong.join("; "))))
}
