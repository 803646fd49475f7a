//! The clock, and whether background work keeps to it.

use super::{Finding, ok, warning};
use crate::{
    operations::{
        ahead,
        queries::{self, SweepState},
    },
    platform::{Db, Result, sweep::Sweep},
};
use chrono::{DateTime, Utc};

/// Nothing in the database lies further ahead than it can.
pub(super) async fn ahead(db: &Db, now: DateTime<Utc>) -> Result<Finding> {
    let found: Vec<String> = ahead::count(&**db, now)
        .await?
        .into_iter()
        .filter(|(_, rows)| *rows > 0)
        .map(|(kind, rows)| format!("{rows} {}", kind.what))
        .collect();
    Ok(if found.is_empty() {
        ok("clock", "nothing in the database lies ahead of it")
    } else {
        warning(
            "clock",
            format!(
                "a clock ran ahead, or this one is behind: {}. They are treated as void",
                found.join(", ")
            ),
        )
    })
}

/// Every sweep ran as it should.
pub(super) async fn sweeps(db: &Db, sweeps: &[Sweep], now: DateTime<Utc>) -> Result<Vec<Finding>> {
    let lines = queries::sweep_lines(&**db, sweeps, now).await?;
    if lines.iter().all(|line| line.state == SweepState::Never) {
        return Ok(vec![warning(
            "sweeps",
            "none ever ran: no server has worked with this database",
        )]);
    }
    let mut found = Vec::new();
    for line in &lines {
        let last = line
            .started_at
            .map_or_else(String::new, |at| format!("; it last began at {at}"));
        match line.state {
            SweepState::Well | SweepState::Running => {}
            SweepState::Never => found.push(warning("sweeps", format!("{} never ran", line.name))),
            SweepState::Late => found.push(warning(
                "sweeps",
                format!(
                    "{} should run every {} s and is late{last}",
                    line.name, line.every_seconds
                ),
            )),
            SweepState::Failed => found.push(warning(
                "sweeps",
                format!("{} failed: {}{last}", line.name, line.outcome),
            )),
        }
    }
    if found.is_empty() {
        found.push(ok("sweeps", format!("all {} keep to their time", lines.len())));
    }
    Ok(found)
}
