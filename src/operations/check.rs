//! What `starbridge check` looks at. It changes nothing.

use std::fmt;

use chrono::{DateTime, Utc};
use entities::{
    Sealed,
    child::{child, guardian},
    communication::message,
    words::Delivery,
};
use lettre::message::Mailbox;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use secrecy::ExposeSecret as _;

use super::{files, fingerprint, queries, schema};
use crate::{
    assessment::instruments::service as packages,
    audit::seal,
    notifications::smtp,
    platform::{Config, Db, Keys, Result, clock, crypto::CryptoError},
};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Ok,
    /// Works, but somebody should look.
    Warning,
    /// Does not work.
    Error,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What was looked at.
    pub what: &'static str,
    /// What was found, and what to do.
    pub found: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        write!(f, "{level:<8} {:<14} {}", self.what, self.found)
    }
}

fn ok(what: &'static str, found: impl Into<String>) -> Finding {
    Finding {
        level: Level::Ok,
        what,
        found: found.into(),
    }
}

fn warning(what: &'static str, found: impl Into<String>) -> Finding {
    Finding {
        level: Level::Warning,
        ..ok(what, found)
    }
}

fn wrong(what: &'static str, found: impl Into<String>) -> Finding {
    Finding {
        level: Level::Error,
        ..ok(what, found)
    }
}

/// Settings alone.
pub fn configuration(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    let local = config.public_url.contains("127.0.0.1") || config.public_url.contains("localhost");
    match config.public_url.split_once("://") {
        Some(("https", _)) => found.push(ok("address", &config.public_url)),
        Some(("http", _)) if local || config.demo => found.push(ok("address", &config.public_url)),
        Some(("http", _)) => found.push(warning(
            "address",
            format!(
                "{} is not https: passwords and children's data travel in the open",
                config.public_url
            ),
        )),
        _ => found.push(wrong("address", format!("{} is no http(s) address", config.public_url))),
    }
    if config.demo && !local {
        found.push(warning(
            "demonstration",
            "sign-in names are shown; never with real children",
        ));
    }
    let writable = std::fs::metadata(&config.data_dir).map(|m| m.is_dir() && !m.permissions().readonly());
    match writable {
        Ok(true) => found.push(ok("data", config.data_dir.display().to_string())),
        Ok(false) => found.push(wrong(
            "data",
            format!("{} is not a folder to write in", config.data_dir.display()),
        )),
        Err(error) => found.push(wrong("data", format!("{}: {error}", config.data_dir.display()))),
    }
    if config.mail_from.parse::<Mailbox>().is_err() {
        found.push(wrong(
            "mail",
            format!("{} is no sender (Name <address>)", config.mail_from),
        ));
    }
    if config.webhook_url.is_some() && config.webhook_secret.is_none() {
        found.push(warning(
            "gateway",
            "has no secret: whoever finds its address can post to it in our name",
        ));
    }
    found
}

/// The mail server answers and lets us in.
pub async fn mail(config: &Config) -> Finding {
    let Some(url) = &config.smtp_url else {
        let folder = config.mail_dir().display().to_string();
        let found = format!("no SMTP server: mail is written to {folder} and goes nowhere");
        return if config.demo {
            ok("mail", found)
        } else {
            warning("mail", found)
        };
    };
    match smtp::Server::parse(url.expose_secret()) {
        Err(error) => wrong("mail", error.to_string()),
        Ok(server) => match server.greet().await {
            Ok(()) => ok("mail", "the server answers"),
            Err(error) if error == "delivery.silent_server" => wrong("mail", "the server does not answer in time"),
            Err(error) => wrong("mail", error),
        },
    }
}

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
    let bytes = super::views::readable(queries::database_bytes(&**db).await?);
    found.push(ok("database", format!("{version}, {bytes}")));
    if files::of_url(&config.database_url()).is_some() {
        let faults = fingerprint::faults(&**db).await?;
        if !faults.is_empty() {
            found.push(wrong("database", format!("damaged: {}", faults.join("; "))));
        }
    }
    let schema = schema::read(&**db).await?;
    found.push(migrations(&schema));
    if !schema.is_current() {
        // Another schema may lack the tables that the rest reads.
        return Ok(found);
    }
    found.push(keys(config, db).await?);
    found.extend(calendars(db, now).await?);
    found.extend(instruments(db).await?);
    found.push(messages(db).await?);
    found.push(trail(db, now).await?);
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

/// The key file opens something that is sealed.
async fn keys(config: &Config, db: &Db) -> Result<Finding> {
    let path = config.key_file();
    let keys = match Keys::load(&path) {
        Ok(keys) => keys,
        Err(CryptoError::Missing(_)) if sample(db).await?.is_none() => {
            return Ok(warning(
                "keys",
                format!("{} does not exist yet; `serve` makes it", path.display()),
            ));
        }
        Err(error) => return Ok(wrong("keys", error.to_string())),
    };
    if let Some((purpose, sealed)) = sample(db).await?
        && let Err(error) = keys.open(purpose, &sealed)
    {
        return Ok(wrong(
            "keys",
            format!("{} does not open what is in the database: {error}", path.display()),
        ));
    }
    Ok(match Keys::is_exposed(&path) {
        Ok(true) => warning(
            "keys",
            format!("others than its owner may read {}: chmod 600", path.display()),
        ),
        _ => ok("keys", path.display().to_string()),
    })
}

/// Something sealed: the newest identity number or telephone.
async fn sample(db: &Db) -> Result<Option<(&'static str, Sealed)>> {
    let child = child::Entity::find()
        .filter(child::COLUMN.identity_no.is_not_null())
        .order_by_desc(child::COLUMN.id)
        .limit(1)
        .one(&**db)
        .await?;
    if let Some(number) = child.and_then(|c| c.identity_no) {
        return Ok(Some(("child.identity_no", number)));
    }
    let guardian = guardian::Entity::find()
        .filter(guardian::COLUMN.phone.is_not_null())
        .order_by_desc(guardian::COLUMN.id)
        .limit(1)
        .one(&**db)
        .await?;
    Ok(guardian.and_then(|g| g.phone).map(|phone| ("guardian.phone", phone)))
}

async fn calendars(db: &Db, now: DateTime<Utc>) -> Result<Vec<Finding>> {
    let missing = queries::missing_calendars(&**db, clock::day_of(now)).await?;
    if missing.is_empty() {
        return Ok(vec![ok("calendar", "the working days of the year are known")]);
    }
    Ok(missing
        .into_iter()
        .map(|year| {
            warning(
                "calendar",
                format!("{year} has no table: deadlines count weekends only"),
            )
        })
        .collect())
}

/// Every instrument passes its test vectors.
async fn instruments(db: &Db) -> Result<Vec<Finding>> {
    let faults = packages::verify(db).await?;
    if faults.is_empty() {
        return Ok(vec![ok("instruments", "all pass their test vectors")]);
    }
    Ok(faults.into_iter().map(|fault| wrong("instruments", fault)).collect())
}

async fn messages(db: &Db) -> Result<Finding> {
    let failed = message::Entity::find()
        .filter(message::COLUMN.state.eq(Delivery::Failed))
        .count(&**db)
        .await?;
    Ok(match failed {
        0 => ok("messages", "none failed"),
        n => warning("messages", format!("{n} failed; see /operations/messages")),
    })
}

async fn trail(db: &Db, now: DateTime<Utc>) -> Result<Finding> {
    let verdict = seal::verify(&**db).await?;
    if let Some(broken) = verdict.broken {
        return Ok(wrong("audit trail", format!("broken at {broken}")));
    }
    let text = match verdict.newest {
        Some((day, hash)) => format!(
            "{} days with {} events until {day}, {hash}",
            verdict.days, verdict.events
        ),
        None => "nothing is sealed yet".to_owned(),
    };
    Ok(if seal::is_behind(&**db, now).await? {
        warning("audit trail", format!("{text}; sealing is behind (sweep seal-events)"))
    } else {
        ok("audit trail", text)
    })
}
