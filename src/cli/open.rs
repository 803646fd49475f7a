//! Opening a database for work: nothing is migrated that should not be, and nobody works with keys that are not its own.

use migrations::{Migrator, sea_orm_migration::MigratorTrait as _};

use crate::{
    app,
    operations::{
        alone::{self, Start},
        backup, files, keyring, schema,
    },
    organisations, pathway,
    platform::{Actor, App, Clock, Config, Db, Error, Keys, Means, Result, crypto::CryptoError, db::Open},
};

/// The migration that made the list of keys.
const LIST_OF_KEYS: &str = "m0013_seals";

/// Settings, files and database do not belong together: starting again would not help, somebody has to look.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Misconfigured(String);

impl From<Misconfigured> for Error {
    fn from(error: Misconfigured) -> Self {
        Self::Internal(error.into())
    }
}

/// The application on its database, migrated, with its keys.
pub(super) async fn open(config: Config) -> Result<App> {
    let clock = Clock::default();
    let (db, upgraded, starting) = database(&config, &clock).await?;
    let keys = keyring::open(&db, &config, upgraded, clock.now()).await?;
    drop(starting);
    Ok(App::new(Means {
        keys,
        db,
        clock,
        config,
        compartment: crate::app::FEATURES.compartment(),
        about: crate::app::FEATURES.about(),
    }))
}

/// The database, migrated, and whether it was in use and got its list of keys just now. Nobody else starts on it as long
/// as the third is kept.
pub(super) async fn database(config: &Config, clock: &Clock) -> Result<(Db, bool, Start)> {
    std::fs::create_dir_all(&config.data_dir).map_err(|e| files::failed("make", &config.data_dir, &e))?;
    let url = config.database_url();
    let starting = alone::start(&url).await?;
    let db = Db::open(Open {
        url: &url,
        readers: config.database_connections,
        full_sync: config.sqlite_full_sync,
        projections: &crate::app::FEATURES.projections(),
    })
    .await?;
    let upgraded = migrate(&db, config, clock).await?;
    let install = Actor::system("install", clock.now());
    organisations::service::install(&db, &install, &app::FEATURES.rules()).await?;
    pathway::catch_up(&db, &install).await?;
    Ok((db, upgraded, starting))
}

/// Bring the schema to this version: a database of a newer program is refused, an older one on SQLite is copied first.
async fn migrate(db: &Db, config: &Config, clock: &Clock) -> Result<bool> {
    let schema = schema::read(&**db).await?;
    if !schema.unknown.is_empty() {
        return Err(Misconfigured(format!(
            "a newer program migrated this database ({}); use that program, or restore the snapshot taken before",
            schema.unknown.join(", ")
        ))
        .into());
    }
    if schema.pending.is_empty() {
        return Ok(false);
    }
    let upgraded = !schema.is_empty() && schema.pending.iter().any(|name| name == LIST_OF_KEYS);
    if upgraded {
        // Asked before anything is changed: the program before this one made the file at its first start.
        match Keys::load(&config.key_file()) {
            Err(CryptoError::Missing(file)) => {
                return Err(Misconfigured(format!(
                    "the key file is not at {}: nothing was migrated. Put it there (STARBRIDGE_KEY_FILE says where it is \
                     looked for); where nothing was ever sealed, `starbridge keys create` makes one",
                    file.display()
                ))
                .into());
            }
            loaded => drop(loaded?),
        }
    }
    tracing::info!(
        from = schema.applied.last(),
        pending = schema.pending.len(),
        "migrating"
    );
    if let (Some(last), Some(file)) = (schema.applied.last(), files::of_url(&config.database_url())) {
        // Without the file the snapshot is one without a code; whether the file is needed is asked above.
        let keys = Keys::load(&config.key_file()).ok();
        let kept = backup::snapshot(&file, last, keys.as_ref(), clock.now()).await?;
        super::say(format_args!("snapshot before migrating: {}", kept.display()));
    }
    Migrator::up(db.writer(), None).await?;
    tracing::info!(to = schema.pending.last(), "migrated");
    Ok(upgraded)
}
