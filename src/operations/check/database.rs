//! The database, and in which order what is inside is looked at.

use chrono::{DateTime, Utc};

use super::{Finding, calendar, instruments, keys, messages, ok, trail, warning, writing, wrong};
use crate::{
    operations::{files, fingerprint, queries, schema, views},
    platform::{Config, Db, Result},
};

/// The database and everything in it that can be wrong.
pub async fn database(config: &Config, now: DateTime<Utc>) -> Vec<Finding> {
    let url = config.database_url();
    if let Some(file) = files::of_url(&url)
        && !file.exists()
    {
        return vec![warning(
            "database",
            format!("{} does not exist yet; `serve` or `migrate` makes it", file.display()),
        )];
    }
    let open = crate::platform::db::Open {
        url: &url,
        readers: 2,
        full_sync: config.sqlite_full_sync,
    };
    let db = match Db::open(open).await {
        Ok(db) => db,
        Err(error) => return vec![wrong("database", format!("cannot be opened: {error}"))],
    };
    match inside(config, &db, now).await {
        Ok(found) => found,
        Err(error) => vec![wrong("database", error.to_string())],
    }
}

async fn inside(config: &Config, db: &Db, now: DateTime<Utc>) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    let version = queries::database_version(&**db).await?;
    let bytes = views::readable(queries::database_bytes(&**db).await?);
    found.push(ok("database", format!("{version}, {bytes}")));
    if files::of_url(&config.database_url()).is_some() {
        let faults = fingerprint::faults(&**db).await?;
        if !faults.is_empty() {
            found.push(wrong("database", format!("damaged: {}", faults.join("; "))));
        }
    }
    found.extend(writing::writing(config, db).await);
    let schema = schema::read(&**db).await?;
    found.push(migrations(&schema));
    if !schema.is_current() {
        // Another schema may lack the tables that the rest reads.
        return Ok(found);
    }
    found.push(keys::keys(config, db).await?);
    found.extend(calendar::calendars(db, now).await?);
    found.extend(instruments::instruments(db).await?);
    found.push(messages::messages(db).await?);
    found.push(trail::trail(db, now).await?);
    Ok(found)
}

fn migrations(schema: &schema::Schema) -> Finding {
    if !schema.unknown.is_empty() {
        let names = schema.unknown.join(", ");
        return wrong("migrations", format!("a newer program migrated this database: {names}"));
    }
    match schema.pending.as_slice() {
        [] => ok("migrations", schema.applied.last().cloned().unwrap_or_default()),
        pending => warning(
            "migrations",
            format!("pending, applied at the next start: {}", pending.join(", ")),
        ),
    }
}
