//! The audit trail.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::{Finding, ok, warning, wrong};
use crate::{
    audit::seal::{self, Verdict, kept},
    platform::{Config, Db, Keys, Result, clock},
};

/// The chain of its days holds, is the one that was kept outside, and sealing keeps up.
pub(super) async fn trail(config: &Config, db: &Db, keys: Option<&Keys>, now: DateTime<Utc>) -> Result<Vec<Finding>> {
    let verdict = seal::verify(&**db, keys).await?;
    let mut found = vec![chain(db, keys, &verdict, now).await?];
    if verdict.strangers > 0 {
        found.push(wrong(
            "audit trail",
            format!(
                "{} events have an id that the database does not give (0 or less): somebody wrote past the program",
                verdict.strangers
            ),
        ));
    }
    found.extend(missing(db).await?);
    found.push(file(config, db).await?);
    Ok(found)
}

async fn chain(db: &Db, keys: Option<&Keys>, verdict: &Verdict, now: DateTime<Utc>) -> Result<Finding> {
    if let Some(broken) = &verdict.broken {
        return Ok(wrong("audit trail", format!("broken at {broken}")));
    }
    let Some(newest) = &verdict.newest else {
        return Ok(ok("audit trail", "nothing is sealed yet"));
    };
    let mut text = format!(
        "{} days with {} events until {}; {}",
        verdict.days,
        verdict.events,
        newest.day,
        kept::Kept::of(newest)
    );
    if verdict.without_code > 0 {
        text.push_str(&format!(
            "; the first {} were sealed before there were codes",
            verdict.without_code
        ));
    }
    if keys.is_none() {
        return Ok(warning(
            "audit trail",
            format!("{text}; without its key file nobody can say who sealed it"),
        ));
    }
    if newest.day >= clock::day_of(now) {
        return Ok(warning(
            "audit trail",
            format!("{text}; the newest seal lies ahead: a clock ran ahead, the next seal mends it"),
        ));
    }
    if verdict.steps_back > 0 {
        text.push_str(&format!("; a clock ran ahead {} times", verdict.steps_back));
    }
    Ok(if seal::is_behind(&**db, now).await? {
        warning("audit trail", format!("{text}; sealing is behind (sweep seal-events)"))
    } else {
        ok("audit trail", text)
    })
}

/// Ids that the database gave and that no event has.
async fn missing(db: &Db) -> Result<Option<Finding>> {
    let missing = seal::verify::missing(&**db).await?;
    let text = format!("{missing} numbers of events were given and are not there");
    Ok(match (missing, super::super::files::is_sqlite(&**db)) {
        (0, _) => None,
        (_, true) => Some(wrong("audit trail", format!("{text}: events were taken away"))),
        // A write that was taken back leaves such a hole, too.
        (_, false) => Some(ok(
            "audit trail",
            format!("{text}: as many writes were taken back, or events taken away"),
        )),
    })
}

/// The file of seals on this machine.
async fn file(config: &Config, db: &Db) -> Result<Finding> {
    let file = config.seal_file();
    match kept::of_file(&file) {
        Ok(kept) => against(db, &file.display().to_string(), &kept).await,
        Err(error) => Ok(wrong("kept seals", format!("{}: {error}", file.display()))),
    }
}

/// A file that somebody brings: a copy of the file of seals, or a saved mail.
pub(super) async fn against_file(db: &Db, file: &Path) -> Result<Finding> {
    let name = file.display().to_string();
    let text = match std::fs::read(file) {
        Ok(text) => text,
        Err(error) => return Ok(wrong("kept seals", format!("{name}: {error}"))),
    };
    let kept = kept::read(&String::from_utf8_lossy(&text));
    if kept.is_empty() {
        return Ok(wrong("kept seals", format!("{name} holds no seal")));
    }
    against(db, &name, &kept).await
}

/// Seals that were kept somewhere are in the database as they were kept.
async fn against(db: &Db, name: &str, kept: &[kept::Kept]) -> Result<Finding> {
    let Some(newest) = kept.last() else {
        return Ok(ok("kept seals", format!("{name} holds none yet")));
    };
    let differing = kept::differences(&**db, kept).await?;
    let Some(first) = differing.first() else {
        return Ok(ok(
            "kept seals",
            format!(
                "{} in {name} until {}, all as they are in the database",
                kept.len(),
                newest.day
            ),
        ));
    };
    Ok(wrong(
        "kept seals",
        format!(
            "{} of {} seals in {name} are not those of the database, the first is {} ({}): the trail was changed, or the \
             database is an older one",
            differing.len(),
            kept.len(),
            first.number,
            first.day
        ),
    ))
}
