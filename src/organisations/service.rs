//! What the system administrator changes about organisations, divisions, dated rules and calendars.

use std::collections::BTreeSet;

use entities::{
    configuration::{calendar_day, calendar_year, parameter},
    organisation::division,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    EntityTrait, IntoActiveModel as _, QuerySelect,
};
use serde_json::json;

use super::{defaults, queries};
use crate::platform::{
    Actor, Db, Result, Tx,
    calendar::CalendarYear,
    event::{self, Subject},
};

/// Fill in what a new database needs and an older one may lack: divisions, published calendars, rules. What is there
/// stays as the office left it, so this may run at every start.
pub async fn install(db: &Db, by: &Actor) -> Result<()> {
    let tx = db.write(by, "").await?;
    let divisions = install_divisions(&tx).await?;
    let calendars = install_calendars(&tx).await?;
    let rules = install_parameters(&tx).await?;
    if divisions.is_empty() && calendars.is_empty() && rules.is_empty() {
        return Ok(());
    }
    let details = json!({ "divisions": divisions, "calendars": calendars, "rules": rules });
    event::record(&tx, by, "configuration.installed", Subject::none(), details).await?;
    tx.commit().await
}

async fn install_divisions(tx: &Tx) -> Result<Vec<String>> {
    let known: BTreeSet<String> = division::Entity::find()
        .select_only()
        .column(division::Column::Code)
        .into_tuple()
        .all(&**tx)
        .await?
        .into_iter()
        .collect();
    let missing: Vec<_> = defaults::divisions()?
        .into_iter()
        .filter(|row| !known.contains(&row.code))
        .collect();
    let codes: Vec<String> = missing.iter().map(|row| row.code.clone()).collect();
    let rows = missing.into_iter().map(|row| division::ActiveModel {
        parent: Set(parent_of(&row.code)),
        code: Set(row.code),
        name: Set(row.name),
        closed_on: Set(None),
        version: Set(1),
    });
    if !codes.is_empty() {
        division::Entity::insert_many(rows)
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(codes)
}

/// The division that a division lies in; none above a province.
pub(super) fn parent_of(code: &str) -> Option<String> {
    queries::upwards(code).into_iter().rev().nth(1)
}

async fn install_calendars(tx: &Tx) -> Result<Vec<i32>> {
    let known: BTreeSet<i32> = calendar_year::Entity::find()
        .all(&**tx)
        .await?
        .into_iter()
        .map(|row| row.year)
        .collect();
    let shipped = CalendarYear::shipped().map_err(anyhow::Error::from)?;
    let mut years = Vec::new();
    for table in shipped.into_iter().filter(|table| !known.contains(&table.year)) {
        years.push(table.year);
        calendar_year::Entity::insert(calendar_year::ActiveModel {
            year: Set(table.year),
            source: Set(table.source),
        })
        .exec_without_returning(&**tx)
        .await?;
        let days = table
            .days
            .into_iter()
            .map(|day| calendar_day::Model::from(day).into_active_model());
        calendar_day::Entity::insert_many(days)
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(years)
}

async fn install_parameters(tx: &Tx) -> Result<Vec<String>> {
    let known: BTreeSet<String> = parameter::Entity::find()
        .select_only()
        .column(parameter::Column::Code)
        .into_tuple()
        .all(&**tx)
        .await?
        .into_iter()
        .collect();
    let missing: Vec<_> = defaults::parameters()?
        .into_iter()
        .filter(|row| !known.contains(&row.code))
        .collect();
    let codes: Vec<String> = missing.iter().map(|row| row.code.clone()).collect();
    let rows = missing.into_iter().map(|row| parameter::ActiveModel {
        id: NotSet,
        code: Set(row.code),
        division: Set(String::new()),
        valid_from: Set(row.valid_from),
        valid_to: Set(None),
        value: Set(row.value),
        source: Set(row.source),
        version: Set(1),
    });
    if !codes.is_empty() {
        parameter::Entity::insert_many(rows)
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(codes)
}
