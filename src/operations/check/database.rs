//! The database, and in which order what is inside is looked at.

use std::{fmt, path::Path};

use chrono::{DateTime, Utc};

use super::{
    Finding, backup, calendar, clock, instruments, keys, locale, messages, ok, schema as objects, trail, warning,
    writing, wrong,
};
use crate::{
    audit::seal,
    operations::{files, fingerprint, queries, schema, views},
    platform::{Config, Db, Result, sweep::Sweep},
};

/// What looking needs to know.
pub struct Looking<'a> {
    /// Now.
    pub now: DateTime<Utc>,
    /// The background work of this program.
    pub sweeps: &'a [Sweep],
    /// A file of seals that were kept elsewhere.
    pub against: Option<&'a Path>,
    /// Hears how far opening every sealed row is, and says whether to go on.
    pub goes_on: &'a mut (dyn FnMut(&str, u64, u64) -> bool + Send),
}

impl fmt::Debug for Looking<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Looking")
    }
}

/// The database and everything in it that can be wrong.
pub async fn database(config: &Config, looking: Looking<'_>) -> Vec<Finding> {
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
        projections: &[],
    };
    let db = match Db::open(open).await {
        Ok(db) => db,
        Err(error) => return vec![wrong("database", format!("cannot be opened: {error}"))],
    };
    match inside(config, &db, looking).await {
        Ok(found) => found,
        Err(error) => vec![wrong("database", error.to_string())],
    }
}

async fn inside(config: &Config, db: &Db, looking: Looking<'_>) -> Result<Vec<Finding>> {
    let now = looking.now;
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
    found.extend(locale::locale(db, now).await?);
    found.push(objects::objects(db, &schema).await?);
    let (finding, keys) = keys::keys(config, db).await?;
    found.push(finding);
    found.extend(calendar::calendars(db, now).await?);
    found.extend(instruments::instruments(config, db).await?);
    found.push(messages::messages(db).await?);
    found.push(clock::ahead(db, now).await?);
    found.extend(clock::sweeps(db, looking.sweeps, now).await?);
    found.extend(trail::trail(config, db, keys.as_ref(), now).await?);
    if let Some(file) = looking.against {
        found.push(trail::against_file(db, file).await?);
    }
    found.extend(backup::backup(config, db, now).await?);
    // Last, because it takes longest and may be interrupted.
    if let Some(keys) = &keys {
        found.extend(keys::everything(db, keys, looking.goes_on).await?);
    }
    Ok(found)
}

/// A database that was just restored somewhere: does the key file open it, does the audit trail hold?
pub async fn restored(config: &Config, db: &Db) -> Result<Vec<Finding>> {
    if !schema::read(&**db).await?.is_current() {
        // A backup of an older program is brought up to date by the next start.
        return Ok(Vec::new());
    }
    let (finding, keys) = keys::keys(config, db).await?;
    let mut found = vec![finding];
    // What was sealed after the backup is not in it, so nothing is compared with what was kept elsewhere.
    if let Some(broken) = seal::verify(&**db, keys.as_ref()).await?.broken {
        found.push(wrong("audit trail", format!("broken at {broken}")));
    }
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
