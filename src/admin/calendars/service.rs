//! Reading tables in, and correcting single days.

use chrono::{Datelike as _, NaiveDate};
use entities::configuration::{calendar_day, calendar_year};
use sea_orm::{ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, sea_query::OnConflict};
use serde_json::json;

use super::queries;
use crate::{
    access::places::must_change_common,
    platform::{
        Actor, App, Error, Result, Say, Tx,
        calendar::{CalendarDay, CalendarYear},
        event::{self, Subject},
    },
};

/// Read a year's table in. A table that is there is replaced only when that was asked for; days of neighbouring years
/// in the notice go to those years.
pub async fn import(app: &App, by: &Actor, table: CalendarYear, replace: bool) -> Result<i32> {
    let year = table.year;
    let tx = app.db.write(by, "").await?;
    must_change_common(&*tx, by).await?;
    let known = calendar_year::Entity::find_by_id(year).one(&*tx).await?.is_some();
    if known && !replace {
        return Err(Error::field("replace", Say::new("calendars.exists").with("year", year)));
    }
    for day in queries::days(&*tx, year).await? {
        calendar_day::Entity::delete_by_id(day.day).exec(&*tx).await?;
    }
    let row = calendar_year::ActiveModel {
        year: Set(year),
        source: Set(table.source),
    };
    calendar_year::Entity::insert(row)
        .on_conflict(
            OnConflict::column(calendar_year::Column::Year)
                .update_column(calendar_year::Column::Source)
                .to_owned(),
        )
        .exec_without_returning(&*tx)
        .await?;
    let days = table.days.len();
    for day in table.days {
        put(&tx, day).await?;
    }
    done(
        tx,
        by,
        "calendar.imported",
        year,
        json!({ "days": days, "replaced": known }),
    )
    .await?;
    Ok(year)
}

/// Begin the table of a year by hand, with its notice and first day.
pub async fn begin(app: &App, by: &Actor, source: String, day: CalendarDay) -> Result<i32> {
    let year = day.date.year();
    let tx = app.db.write(by, "").await?;
    must_change_common(&*tx, by).await?;
    if calendar_year::Entity::find_by_id(year).one(&*tx).await?.is_some() {
        return Err(Error::field("day", Say::new("calendars.exists").with("year", year)));
    }
    let row = calendar_year::ActiveModel {
        year: Set(year),
        source: Set(source),
    };
    calendar_year::Entity::insert(row).exec_without_returning(&*tx).await?;
    let details = json!({ "day": day.date, "off": day.is_off_day });
    put(&tx, day).await?;
    done(tx, by, "calendar.begun", year, details).await?;
    Ok(year)
}

/// Enter a day of a year with a table, or correct it.
pub async fn set_day(app: &App, by: &Actor, day: CalendarDay) -> Result<()> {
    let year = day.date.year();
    let tx = app.db.write(by, "").await?;
    must_change_common(&*tx, by).await?;
    queries::year(&*tx, year).await?;
    let details = json!({ "day": day.date, "off": day.is_off_day });
    put(&tx, day).await?;
    done(tx, by, "calendar.day_set", year, details).await
}

/// Take a day out: it follows the plain week again.
pub async fn remove_day(app: &App, by: &Actor, day: NaiveDate) -> Result<()> {
    let tx = app.db.write(by, "").await?;
    must_change_common(&*tx, by).await?;
    let removed = calendar_day::Entity::delete_many()
        .filter(calendar_day::COLUMN.day.eq(day))
        .exec(&*tx)
        .await?;
    if removed.rows_affected == 0 {
        return Err(Error::NotFound);
    }
    done(tx, by, "calendar.day_removed", day.year(), json!({ "day": day })).await
}

async fn put(tx: &Tx, day: CalendarDay) -> Result<()> {
    let row = calendar_day::Model::from(day).into_active_model();
    calendar_day::Entity::insert(row)
        .on_conflict(
            OnConflict::column(calendar_day::Column::Day)
                .update_columns([calendar_day::Column::Kind, calendar_day::Column::Name])
                .to_owned(),
        )
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}

async fn done(tx: Tx, by: &Actor, action: &str, year: i32, details: serde_json::Value) -> Result<()> {
    event::record(&tx, by, action, Subject::new("calendar_year", year.into()), details).await?;
    tx.commit().await
}
