//! The tables of working days.

use chrono::{DateTime, Utc};

use super::{Finding, ok, warning};
use crate::{
    operations::queries,
    platform::{Db, Result, clock},
};

/// The years that deadlines count in have their table.
pub(super) async fn calendars(db: &Db, now: DateTime<Utc>) -> Result<Vec<Finding>> {
    let missing = queries::missing_calendars(&**db, clock::day_of(now)).await?;
    if missing.is_empty() {
        return Ok(vec![ok("calendar", "the working days of the year are known")]);
    }
    Ok(missing
        .into_iter()
        .map(|year| {
            warning(
                "calendar",
                format!("{year} has no table, or only some days of one: deadlines count weekends only"),
            )
        })
        .collect())
}
