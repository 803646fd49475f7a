//! The audit trail.

use chrono::{DateTime, Utc};

use super::{Finding, ok, warning, wrong};
use crate::{
    audit::seal,
    platform::{Db, Result},
};

/// The chain of its days holds, and sealing keeps up.
pub(super) async fn trail(db: &Db, now: DateTime<Utc>) -> Result<Finding> {
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
