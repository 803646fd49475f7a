//! `starbridge backup` and `starbridge restore`.

use std::path::{Path, PathBuf};

use sea_orm::EntityTrait as _;
use serde_json::json;

use super::say;
use crate::{
    operations::{
        backup::{self, Manifest},
        files, schema,
    },
    platform::{
        Actor, Clock, Config, Db, Result,
        db::Open,
        event::{self, Subject},
    },
};

/// Copy the database of this configuration to a file.
pub(super) async fn backup(config: &Config, file: &Path) -> Result<()> {
    let Some(source) = files::of_url(&config.database_url()) else {
        say_postgres();
        return Err(anyhow::anyhow!("nothing was backed up: PostgreSQL is backed up with pg_dump").into());
    };
    if source.exists() {
        record(config).await?;
    }
    let manifest = backup::take(&source, file, Clock::default().now()).await?;
    say(format_args!("{} and {}", file.display(), Manifest::of(file).display()));
    list(&manifest);
    Ok(())
}

/// A backup takes everything out: it is an event like any other export.
async fn record(config: &Config) -> Result<()> {
    let url = config.database_url();
    let db = Db::open(Open {
        url: &url,
        readers: 1,
        full_sync: config.sqlite_full_sync,
    })
    .await?;
    if schema::read(&*db).await?.is_current() {
        let by = Actor::system("backup", Clock::default().now());
        let row = event::row(&by, "database.backed_up", Subject::none(), json!({}), false);
        entities::event::event::Entity::insert(row)
            .exec_without_returning(db.writer())
            .await?;
    }
    db.close_all().await
}

/// Put a backup in the place of the database of this configuration.
pub(super) async fn restore(config: &Config, file: &Path, force: bool) -> Result<()> {
    let Some(target) = files::of_url(&config.database_url()) else {
        say_postgres();
        return Err(anyhow::anyhow!("nothing was restored: PostgreSQL is restored with pg_restore").into());
    };
    if let Some(folder) = target.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| files::failed("make", folder, &e))?;
    }
    let restored = backup::restore(file, &target, force, Clock::default().now()).await?;
    list(&restored.manifest);
    say(format_args!(
        "restored to {}, taken at {}",
        target.display(),
        restored.manifest.taken_at
    ));
    if let Some(kept) = restored.kept {
        say(format_args!(
            "the database that was there is kept at {}",
            kept.display()
        ));
    }
    let keys: PathBuf = config.key_file();
    if !keys.exists() {
        say(format_args!(
            "the key file is not at {}: put it there before the start",
            keys.display()
        ));
    }
    Ok(())
}

fn list(manifest: &Manifest) {
    for (table, print) in &manifest.tables {
        say(format_args!("{:>10}  {}  {table}", print.rows, print.hash));
    }
}

fn say_postgres() {
    say("PostgreSQL has tools of its own; USER, HOST and DATABASE as in STARBRIDGE_DATABASE_URL:");
    say("  pg_dump --format=custom --file=FILE --host=HOST --username=USER DATABASE");
    say("  createdb --template=template0 --encoding=UTF8 --locale=C.UTF-8 --host=HOST --username=USER NEW_DATABASE");
    say("  pg_restore --no-owner --exit-on-error --host=HOST --username=USER --dbname=NEW_DATABASE FILE");
    say("The key file is not part of it: keep it elsewhere.");
}
