//! Dated rules of the trade: which value holds where and when.

use chrono::NaiveDate;
use entities::configuration::parameter;
use sea_orm::{Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::de::DeserializeOwned;

use super::error::{Error, Result};

/// The value of a rule on a day in a division: the row with the longest division prefix that covers it, the latest first.
pub async fn find<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    code: &str,
    division: &str,
    on: NaiveDate,
) -> Result<Option<T>> {
    let rows = parameter::Entity::find()
        .filter(parameter::COLUMN.code.eq(code))
        .filter(parameter::COLUMN.valid_from.lte(on))
        .filter(
            Condition::any()
                .add(parameter::COLUMN.valid_to.is_null())
                .add(parameter::COLUMN.valid_to.gte(on)),
        )
        .order_by_desc(parameter::COLUMN.valid_from)
        .all(db)
        .await?;
    let best = rows
        .into_iter()
        .filter(|row| division.starts_with(&row.division))
        .reduce(|best, row| {
            if row.division.len() > best.division.len() {
                row
            } else {
                best
            }
        });
    best.map(|row| {
        serde_json::from_value(row.value)
            .map_err(|e| Error::Internal(anyhow::anyhow!("parameter {code} of {}: {e}", row.valid_from)))
    })
    .transpose()
}

/// The value of a rule that must exist.
pub async fn get<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    code: &str,
    division: &str,
    on: NaiveDate,
) -> Result<T> {
    find(db, code, division, on)
        .await?
        .ok_or_else(|| Error::refused(super::Say::new("parameter.missing").with("code", code).with("on", on)))
}
