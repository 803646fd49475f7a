//! The calendar as rows: a table for each year that was published.

use std::sync::Arc;

use chrono::NaiveDate;
use entities::configuration::{calendar_day, calendar_year};
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait as _, QueryFilter as _};

use super::Calendar;
use crate::platform::{db::Db, error::Result};

/// A table with fewer entries is begun and not finished: eleven days are public holidays by law, and weekends are worked
/// in exchange.
const WHOLE_YEAR: u64 = 12;

impl Calendar {
    /// The calendar of every year whose table is known.
    pub async fn load(db: &impl ConnectionTrait) -> Result<Self> {
        let years = calendar_year::Entity::find().all(db).await?;
        let days = calendar_day::Entity::find().all(db).await?;
        Ok(Self::from_rows(years, days))
    }

    /// The same for pages that only read it.
    pub async fn known(db: &Db) -> Result<Arc<Self>> {
        db.known("calendar", Self::load(&**db)).await
    }

    /// A year has a table, and not only its first days: a notice of the State Council names more than ten days off.
    pub async fn has_whole_year(db: &impl ConnectionTrait, year: i32) -> Result<bool> {
        if calendar_year::Entity::find_by_id(year).one(db).await?.is_none() {
            return Ok(false);
        }
        let (Some(first), Some(last)) = (
            NaiveDate::from_ymd_opt(year, 1, 1),
            NaiveDate::from_ymd_opt(year, 12, 31),
        ) else {
            return Ok(false);
        };
        let days = calendar_day::Entity::find()
            .filter(calendar_day::COLUMN.day.between(first, last))
            .count(db)
            .await?;
        Ok(days >= WHOLE_YEAR)
    }
}
