//! Divisions get other names and other codes, are merged, and end: on a day, in the order of the days.
//!
//! A code that ends keeps its row, so that whatever was written under it keeps its name, and says what it goes on as.
//! Where a division merely gets another code, the organisations that cover it follow: it is the same place. Where it is
//! merged into another they do not, because their area would become wider than anybody decided; the pages tell. Those who
//! live there follow in both cases (`children::carrying`, which stands behind this).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{
    configuration::parameter,
    organisation::{division, division_change, organisation},
    words::DivisionChange,
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
    prelude::Expr,
    sea_query::OnConflict,
};
use serde_json::json;

use super::divisions;
use crate::platform::{
    Actor, App, Result, Tx,
    event::{self, Subject},
};

/// How often codes may have changed one after the other until a search gives up.
const CHAIN: usize = 8;

/// Write down a change; it is applied on its day.
pub(super) fn row(change: super::import::check::Change, by: &Actor) -> division_change::ActiveModel {
    division_change::ActiveModel {
        id: NotSet,
        code: Set(change.code),
        kind: Set(change.kind),
        changes_on: Set(change.on),
        name_before: Set(change.before),
        name_after: Set(change.after),
        successor: Set(change.successor),
        applied_at: Set(None),
        carried_at: Set(None),
        recorded_at: Set(by.now),
        recorded_by: Set(by.account),
        version: Set(1),
    }
}

/// Changes whose day has come and that the divisions do not show yet: how many were applied.
pub async fn apply_due(app: &App, by: &Actor) -> Result<usize> {
    if due(&*app.db, by.today()).await?.is_empty() {
        return Ok(0);
    }
    let tx = app.db.write(by, "").await?;
    let applied = apply_due_in(&tx, by).await?;
    tx.commit().await?;
    Ok(applied)
}

async fn due(db: &impl ConnectionTrait, today: NaiveDate) -> Result<Vec<division_change::Model>> {
    Ok(division_change::Entity::find()
        .filter(division_change::COLUMN.applied_at.is_null())
        .filter(division_change::COLUMN.changes_on.lte(today))
        .order_by_asc(division_change::COLUMN.changes_on)
        .order_by_asc(division_change::COLUMN.id)
        .all(db)
        .await?)
}

/// The same in the caller's transaction.
pub(super) async fn apply_due_in(tx: &Tx, by: &Actor) -> Result<usize> {
    let due = due(&**tx, by.today()).await?;
    let count = due.len();
    for change in due {
        apply_in(tx, by, &change).await?;
        let mut row = change.into_active_model();
        row.applied_at = Set(Some(by.now));
        row.update(&**tx).await?;
    }
    Ok(count)
}

async fn apply_in(tx: &Tx, by: &Actor, change: &division_change::Model) -> Result<()> {
    let Some(before) = division::Entity::find_by_id(change.code.clone()).one(&**tx).await? else {
        return Ok(());
    };
    let mut row = division::ActiveModel {
        code: Set(change.code.clone()),
        version: Set(before.version + 1),
        ..Default::default()
    };
    match (change.kind, &change.name_after) {
        (DivisionChange::Renamed, Some(name)) => row.name = Set(name.clone()),
        (DivisionChange::Renamed, None) => return Ok(()),
        (DivisionChange::Recoded | DivisionChange::Merged | DivisionChange::Ended, _) => {
            row.closed_on = Set(Some(change.changes_on));
        }
    }
    row.update(&**tx).await?;
    if let (DivisionChange::Recoded, Some(successor)) = (change.kind, &change.successor) {
        let name = change.name_after.as_deref().unwrap_or(&change.name_before);
        // Usually it was added together with the change.
        division::Entity::insert(divisions::row(successor, name))
            .on_conflict(OnConflict::column(division::Column::Code).do_nothing().to_owned())
            .exec_without_returning(&**tx)
            .await?;
        recover_in(tx, by, &change.code, successor).await?;
    }
    let id = change.code.parse().unwrap_or_default();
    let details = json!({
        "code": change.code, "kind": change.kind, "on": change.changes_on,
        "before": change.name_before, "after": change.name_after, "successor": change.successor,
    });
    event::record(tx, by, "division.changed", Subject::new("division", id), details).await
}

/// The organisations of a division that has another code now cover it under that, and its own rules hold there.
async fn recover_in(tx: &Tx, by: &Actor, code: &str, successor: &str) -> Result<()> {
    parameter::Entity::update_many()
        .col_expr(parameter::Column::Division, Expr::value(successor))
        .filter(parameter::COLUMN.division.eq(code))
        .exec(&**tx)
        .await?;
    let places = organisation::Entity::find()
        .filter(organisation::COLUMN.coverage.eq(code))
        .all(&**tx)
        .await?;
    for place in places {
        let (id, version) = (place.id, place.version);
        let mut row = place.into_active_model();
        row.coverage = Set(successor.to_owned());
        row.version = Set(version + 1);
        row.update(&**tx).await?;
        let details = json!({ "coverage": successor, "coverage_before": code, "code_changed": true });
        event::record(
            tx,
            by,
            "organisation.changed",
            Subject::new("organisation", id.0),
            details,
        )
        .await?;
    }
    Ok(())
}

/// Every change of codes under a coverage that has been applied: the old code and the one that it goes on as.
pub async fn successors(db: &impl ConnectionTrait) -> Result<BTreeMap<String, String>> {
    let rows = division_change::Entity::find()
        .filter(division_change::COLUMN.successor.is_not_null())
        .filter(division_change::COLUMN.applied_at.is_not_null())
        .order_by_asc(division_change::COLUMN.id)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.code, row.successor?)))
        .collect())
}

/// The code that a place has today, however often it changed.
pub fn present<'a>(successors: &'a BTreeMap<String, String>, code: &'a str) -> &'a str {
    let mut present = code;
    for _ in 0..CHAIN {
        match successors.get(present) {
            Some(next) => present = next,
            None => break,
        }
    }
    present
}

/// What became of a division and what is to become of it, the latest first.
pub async fn of(db: &impl ConnectionTrait, code: &str) -> Result<Vec<division_change::Model>> {
    Ok(division_change::Entity::find()
        .filter(
            sea_orm::Condition::any()
                .add(division_change::COLUMN.code.eq(code))
                .add(division_change::COLUMN.successor.eq(code)),
        )
        .order_by_desc(division_change::COLUMN.changes_on)
        .order_by_desc(division_change::COLUMN.id)
        .all(db)
        .await?)
}

/// Open organisations under a coverage whose own division has ended: their area goes on under another code that
/// somebody has to decide about.
pub async fn left_behind(
    db: &impl ConnectionTrait,
    coverage: &str,
) -> Result<Vec<(organisation::Model, Option<String>)>> {
    let places = organisation::Entity::find()
        .filter(crate::access::scope::within(organisation::COLUMN.coverage.0, coverage))
        .filter(organisation::COLUMN.closed_on.is_null())
        .order_by_asc(organisation::COLUMN.id)
        .all(db)
        .await?;
    let closed: std::collections::BTreeSet<String> = division::Entity::find()
        .filter(
            division::COLUMN
                .code
                .is_in(places.iter().map(|place| place.coverage.as_str())),
        )
        .filter(division::COLUMN.closed_on.is_not_null())
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.code)
        .collect();
    let successors = successors(db).await?;
    let left = places.into_iter().filter(|place| closed.contains(&place.coverage));
    Ok(left
        .map(|place| {
            let next = successors
                .get(&place.coverage)
                .map(|_| present(&successors, &place.coverage).to_owned());
            (place, next)
        })
        .collect())
}
