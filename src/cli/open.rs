//! Opening a database for work: nothing is migrated that should not be, and no keys are made for sealed data.

use entities::{account::account, child::child, import::stored_file};
use migrations::{Migrator, sea_orm_migration::MigratorTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait, PaginatorTrait as _, QueryFilter as _};

use crate::{
    operations::{alone, backup, files, schema},
    organisations,
    platform::{Actor, App, Clock, Config, Db, Keys, Means, Result, crypto::CryptoError, db::Open},
};

/// The application on its database, migrated.
pub(super) async fn open(config: Config) -> Result<App> {
    std::fs::create_dir_all(&config.data_dir).map_err(|e| files::failed("make", &config.data_dir, &e))?;
    let url = config.database_url();
    let starting = alone::start(&url).await?;
    let db = Db::open(Open {
        url: &url,
        readers: config.database_connections,
        full_sync: config.sqlite_full_sync,
    })
    .await?;
    let clock = Clock::default();
    migrate(&db, &url, &clock).await?;
    organisations::service::install(&db, &Actor::system("install", clock.now())).await?;
    let keys = keys(&db, &config).await?;
    drop(starting);
    Ok(App::new(Means {
        keys,
        db,
        clock,
        config,
    }))
}

/// Bring the schema to this version: a database of a newer program is refused, an older one on SQLite is copied first.
async fn migrate(db: &Db, url: &str, clock: &Clock) -> Result<()> {
    let schema = schema::read(&**db).await?;
    if !schema.unknown.is_empty() {
        return Err(anyhow::anyhow!(
            "a newer program migrated this database ({}); use that program, or restore the snapshot taken before",
            schema.unknown.join(", ")
        )
        .into());
    }
    if let (Some(last), Some(file)) = (schema.applied.last(), files::of_url(url))
        && !schema.pending.is_empty()
    {
        let kept = backup::snapshot(&file, last, clock.now()).await?;
        super::say(format_args!("snapshot before migrating: {}", kept.display()));
    }
    Migrator::up(db.writer(), None).await?;
    Ok(())
}

/// The keys; new ones only while nothing is sealed with others.
async fn keys(db: &Db, config: &Config) -> Result<Keys> {
    let path = config.key_file();
    if !holds_sealed(db).await? {
        return Ok(Keys::load_or_create(&path)?);
    }
    match Keys::load(&path) {
        Err(CryptoError::Missing(path)) => Err(anyhow::anyhow!(
            "this database holds sealed data, but its key file is not at {}. Put the file back (STARBRIDGE_KEY_FILE says \
             where it is looked for); new keys would open nothing",
            path.display()
        )
        .into()),
        loaded => Ok(loaded?),
    }
}

async fn holds_sealed(db: &Db) -> Result<bool> {
    let with_secret = account::Entity::find().filter(account::COLUMN.totp_secret.is_not_null());
    Ok(child::Entity::find().count(&**db).await? > 0
        || with_secret.count(&**db).await? > 0
        || stored_file::Entity::find().count(&**db).await? > 0)
}
