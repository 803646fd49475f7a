//! Dated rules of the trade: which value holds where and when.

use chrono::NaiveDate;
use entities::configuration::parameter;
use sea_orm::{Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::de::DeserializeOwned;

use super::error::{Error, Result};

/// A version of a rule: what it says, since when, and by which norm or decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated<T> {
    /// It holds from this day on.
    pub valid_from: NaiveDate,
    /// The norm or decision.
    pub source: String,
    /// What it says.
    pub value: T,
}

/// The version of a rule on a day in a division: the row with the longest division prefix that covers it, the latest first.
pub async fn dated<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    code: &str,
    division: &str,
    on: NaiveDate,
) -> Result<Option<Dated<T>>> {
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
    let read = |row: parameter::Model| {
        let value = serde_json::from_value(row.value)
            .map_err(|e| Error::Internal(anyhow::anyhow!("parameter {code} of {}: {e}", row.valid_from)))?;
        Ok(Dated {
            valid_from: row.valid_from,
            source: row.source,
            value,
        })
    };
    best.map(read).transpose()
}

/// The value of a rule on a day in a division.
pub async fn find<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    code: &str,
    division: &str,
    on: NaiveDate,
) -> Result<Option<T>> {
    Ok(dated(db, code, division, on).await?.map(|found| found.value))
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
