//! `starbridge backup` and `starbridge restore`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::say;
use crate::{
    operations::{
        backup::{
            self, Genuine, Manifest, Reading, Store, Tools, Writing,
            keeping::{self, Keep},
            record::{self, Deed},
        },
        files, schema, views,
    },
    platform::{Actor, Clock, Config, Db, Error, Keys, Result, crypto::CryptoError, db::Open},
};

/// Take a backup, or prove one.
#[derive(Args, Debug)]
pub(super) struct BackupCommand {
    /// A new file, or a folder [default: a name by the time in the backup folder, where old ones are cleared away]
    file: Option<PathBuf>,
    /// Restore the newest backup (or FILE) to a scratch place instead, compare it, and forget that again.
    #[arg(long)]
    verify: bool,
    /// The last backup of so many days stays.
    #[arg(long, env = "STARBRIDGE_BACKUP_KEEP_DAYS", default_value_t = 35, value_parser = clap::value_parser!(u16).range(1..))]
    keep_days: u16,
    /// The last backup of so many weeks stays.
    #[arg(long, env = "STARBRIDGE_BACKUP_KEEP_WEEKS", default_value_t = 8)]
    keep_weeks: u16,
    /// The last backup of so many months stays.
    #[arg(long, env = "STARBRIDGE_BACKUP_KEEP_MONTHS", default_value_t = 12)]
    keep_months: u16,
}

/// Put a backup back.
#[derive(Args, Debug)]
pub(super) struct RestoreCommand {
    /// A file that `backup` wrote.
    file: PathBuf,
    /// Also where there is a database already: it is kept beside.
    #[arg(long)]
    force: bool,
    /// Also when no code of a key file stands under it: a backup of an earlier version, or one taken without the key file.
    #[arg(long)]
    without_code: bool,
}

/// Back the database of this configuration up, or prove a backup of it.
pub(super) async fn backup(config: &Config, command: &BackupCommand) -> Result<()> {
    let store = store(config)?;
    let by = Actor::system("backup", Clock::default().now());
    let deed = if command.verify { Deed::Proven } else { Deed::Taken };
    let done = if command.verify {
        verify(config, &store, command, &by).await
    } else {
        take(config, &store, command, &by).await
    };
    let recorded = match &done {
        Ok((file, bytes)) => remember(config, &store, &by, deed, Ok((file, *bytes))).await,
        Err(error) => remember(config, &store, &by, deed, Err(error)).await,
    };
    done?;
    recorded.map_err(|error| anyhow::anyhow!("it went well, but could not be recorded: {error}").into())
}

fn store(config: &Config) -> Result<Store> {
    Store::of(&config.database_url(), Tools::new(config.pg_bin.as_deref()))
}

/// The keys, if there is a key file.
fn keys(config: &Config) -> Result<Option<Keys>> {
    match Keys::load(&config.key_file()) {
        Ok(keys) => Ok(Some(keys)),
        Err(CryptoError::Missing(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn take(config: &Config, store: &Store, command: &BackupCommand, by: &Actor) -> Result<(PathBuf, i64)> {
    let folder = config.backup_dir();
    let name = keeping::name(by.now, config.backup_recipient.is_some());
    let target = match &command.file {
        None => {
            make_folder(&folder)?;
            folder.join(name)
        }
        Some(file) if file.is_dir() => file.join(name),
        Some(file) => file.clone(),
    };
    let keys = keys(config)?;
    let writing = Writing {
        keys: keys.as_ref(),
        recipient: config.backup_recipient.as_deref(),
    };
    let manifest = backup::take(store, &target, writing, by.now).await?;
    list(&manifest);
    let bytes = std::fs::metadata(&target).map_or(0, |m| i64::try_from(m.len()).unwrap_or(i64::MAX));
    say(format_args!("{} ({})", target.display(), views::readable(bytes)));
    if keys.is_none() {
        say(format_args!(
            "there is no key file at {}: the manifest carries no code",
            config.key_file().display()
        ));
    }
    if command.file.is_none() {
        let keep = Keep {
            days: command.keep_days.into(),
            weeks: command.keep_weeks.into(),
            months: command.keep_months.into(),
        };
        let cleared = keeping::clear(&folder, keep, by.now)?;
        for file in &cleared.removed {
            say(format_args!("no longer kept: {}", file.display()));
        }
        for file in &cleared.not_good {
            say(format_args!("not a good backup, left alone: {}", file.display()));
        }
    }
    Ok((target, bytes))
}

fn make_folder(folder: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|e| files::failed("make", folder, &e))
}

async fn verify(config: &Config, store: &Store, command: &BackupCommand, by: &Actor) -> Result<(PathBuf, i64)> {
    let file = match &command.file {
        Some(file) => file.clone(),
        None => newest(&config.backup_dir())?,
    };
    let keys = keys(config)?;
    let reading = Reading {
        keys: keys.as_ref(),
        identity: config.backup_identity.as_deref(),
        room: None,
        force: false,
        without_code: false,
    };
    let (manifest, genuine) = backup::prove(&file, store, reading, config, by.now).await?;
    list(&manifest);
    say_genuine(genuine);
    say(format_args!(
        "{}, taken at {}, was restored to a scratch place and is what its manifest says",
        file.display(),
        manifest.taken_at
    ));
    let bytes = std::fs::metadata(&file).map_or(0, |m| i64::try_from(m.len()).unwrap_or(i64::MAX));
    Ok((file, bytes))
}

fn newest(folder: &Path) -> Result<PathBuf> {
    let newest = keeping::list(folder)?.into_iter().rfind(|kept| kept.good);
    let newest = newest.ok_or_else(|| anyhow::anyhow!("there is no backup in {}", folder.display()))?;
    Ok(newest.file)
}

/// A backup takes everything out: it is an event like any other export. How it went is remembered for the pages.
async fn remember(
    config: &Config,
    store: &Store,
    by: &Actor,
    deed: Deed,
    how: Result<(&PathBuf, i64), &Error>,
) -> Result<()> {
    // Opening would make a file that is not there.
    if let Store::Sqlite(file) = store
        && !file.exists()
    {
        return Ok(());
    }
    let url = config.database_url();
    let db = Db::open(Open {
        url: &url,
        readers: 1,
        full_sync: config.sqlite_full_sync,
        projections: &crate::app::FEATURES.projections(),
    })
    .await?;
    if schema::read(&*db).await?.is_current() {
        let now = Actor::system("backup", Clock::default().now());
        match how {
            // The moment of the backup is when it began.
            Ok((file, bytes)) => record::done(&db, by, deed, file, bytes).await?,
            Err(error) => record::failed(&db, &now, deed, error).await?,
        }
    }
    db.close_all().await
}

/// Put a backup in the place of the database of this configuration.
pub(super) async fn restore(config: &Config, command: &RestoreCommand) -> Result<()> {
    let store = store(config)?;
    make_folder(&config.data_dir)?;
    if let Store::Sqlite(target) = &store
        && let Some(folder) = target.parent().filter(|p| !p.as_os_str().is_empty())
    {
        make_folder(folder)?;
    }
    let keys = keys(config)?;
    let reading = Reading {
        keys: keys.as_ref(),
        identity: config.backup_identity.as_deref(),
        room: Some(&config.data_dir),
        force: command.force,
        without_code: command.without_code,
    };
    let restored = backup::restore(&command.file, &store, reading, Clock::default().now()).await?;
    list(&restored.manifest);
    say_genuine(restored.genuine);
    let place = match &store {
        Store::Sqlite(target) => target.display().to_string(),
        Store::Postgres(server, _) => format!("the database {}", server.database()),
    };
    say(format_args!(
        "restored to {place}, taken at {}",
        restored.manifest.taken_at
    ));
    if let Some(kept) = restored.kept {
        say(format_args!("what was there is kept: {kept}"));
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

fn say_genuine(genuine: Genuine) {
    say(match genuine {
        Genuine::Yes => "the code of the manifest was made with the key file in place here",
        Genuine::Unknown => "whether the manifest is genuine cannot be told: no code in it, or no key file here",
    });
}
