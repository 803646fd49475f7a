//! Backups: the last good one, its proof, and whether the next one can be taken.

use chrono::{DateTime, TimeDelta, Utc};
use entities::account::account;
use sea_orm::{EntityTrait as _, QueryOrder as _};

use super::{Finding, ok, warning, wrong};
use crate::{
    operations::{
        backup::{
            Store, Tools, is_recipient, keeping,
            record::{self, Deed},
        },
        queries,
    },
    platform::{Config, Db, Result},
};

/// Without any backup for so long, something is wrong and not only late.
const GRACE: TimeDelta = TimeDelta::days(4);

/// What is known of backups.
pub(super) async fn backup(config: &Config, db: &Db, now: DateTime<Utc>) -> Result<Vec<Finding>> {
    let state = record::read(&**db).await?;
    let mut found = Vec::new();
    // A demonstration has nothing to lose; a new installation has four days.
    let first = account::Entity::find()
        .order_by_asc(account::COLUMN.id)
        .one(&**db)
        .await?
        .map(|account| account.created_at);
    let since = state.at(Deed::Taken).or(first).unwrap_or(now);
    let text = match state.at(Deed::Taken) {
        Some(at) => format!("the last good one is of {}", when(at)),
        None => "none was taken yet: starbridge backup, every night".to_owned(),
    };
    found.push(if config.demo || !state.is_late(Deed::Taken, now) {
        ok("backup", text)
    } else if since + GRACE < now {
        wrong("backup", text)
    } else {
        warning("backup", text)
    });
    let text = match state.at(Deed::Proven) {
        Some(at) => format!("the last one was restored for a proof at {}", when(at)),
        None => "none was ever restored for a proof: starbridge backup --verify".to_owned(),
    };
    found.push(if config.demo || !state.is_late(Deed::Proven, now) {
        ok("backup proof", text)
    } else {
        warning("backup proof", text)
    });
    for deed in Deed::ALL {
        if let Some(failure) = state.failure(deed) {
            found.push(warning(
                "backup",
                format!("the newest attempt failed ({}): {failure}", deed.as_str()),
            ));
        }
    }
    if !config.demo {
        found.extend(next(config, db).await?);
    }
    Ok(found)
}

fn when(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%MZ").to_string()
}

/// What the next one needs.
async fn next(config: &Config, db: &Db) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    if let Some(recipient) = &config.backup_recipient
        && let Err(error) = is_recipient(recipient)
    {
        found.push(wrong("backup", error.to_string()));
    }
    let tools = Tools::new(config.pg_bin.as_deref());
    if let Store::Postgres(..) = Store::of(&config.database_url(), tools.clone())? {
        let server = queries::postgres_major(&**db).await?;
        for program in ["pg_dump", "pg_restore"] {
            if let Err(error) = tools.fits(program, server).await {
                found.push(wrong("backup", error.to_string()));
            }
        }
    }
    let folder = config.backup_dir();
    if folder.exists() {
        match keeping::list(&folder) {
            Ok(kept) => {
                let bad: Vec<String> = kept
                    .iter()
                    .filter(|k| !k.good)
                    .map(|k| k.file.display().to_string())
                    .collect();
                if !bad.is_empty() {
                    found.push(warning("backup", format!("not good as backups: {}", bad.join(", "))));
                }
            }
            Err(error) => found.push(warning("backup", error.to_string())),
        }
    }
    Ok(found)
}
