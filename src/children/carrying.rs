//! Where a division goes on under another code, the files of those who live there go on with it, and with them everything
//! that keeps a place, wherever it stands ([`crate::platform::compartment`]).
//!
//! A division that merely gets another code is the same place: whatever was written under the old code is rewritten, so
//! that scope, lists and past rates go on as if it had always had the new one. Where one is merged into another the past
//! stays: those who live there live under the other code from the day of the merger, and earlier numbers count as they did.

use std::time::Duration;

use chrono::NaiveDate;
use entities::{
    ChildId,
    child::{child, residence},
    organisation::division_change,
    words::DivisionChange,
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QueryOrder, QuerySelect,
    prelude::Expr,
};
use serde_json::json;

use crate::{
    organisations::changes,
    platform::{
        Actor, App, Result, Tx,
        event::{self, Subject},
        sweep::Sweep,
    },
};

/// Divisions change on their day, and the files of those who live there follow.
pub const SWEEP: Sweep = Sweep {
    name: "divisions",
    every: Duration::from_secs(10 * 60),
    run: |app, by| Box::pin(sweep(app, by)),
};

/// Children at once.
const CHUNK: usize = 500;

/// Changes of divisions whose day has come, and the files of those who live there. May run twice.
pub async fn sweep(app: &App, by: &Actor) -> Result<String> {
    let applied = changes::apply_due(app, by).await?;
    let waiting = division_change::Entity::find()
        .filter(division_change::COLUMN.successor.is_not_null())
        .filter(division_change::COLUMN.applied_at.is_not_null())
        .filter(division_change::COLUMN.carried_at.is_null())
        .order_by_asc(division_change::COLUMN.changes_on)
        .order_by_asc(division_change::COLUMN.id)
        .all(&*app.db)
        .await?;
    let mut carried = 0;
    for change in &waiting {
        carried += carry(app, by, change).await?;
    }
    Ok(if applied == 0 && waiting.is_empty() {
        String::new()
    } else {
        format!("changes={applied}, children={carried}")
    })
}

/// The files of one old code, in one transaction.
async fn carry(app: &App, by: &Actor, change: &division_change::Model) -> Result<usize> {
    let Some(to) = change.successor.as_deref() else {
        return Ok(0);
    };
    let lanes = [&change.code, to].map(|code| code.get(..6).unwrap_or_default());
    let tx = app.db.write_all(by, &lanes).await?;
    let ids: Vec<ChildId> = child::Entity::find()
        .filter(child::COLUMN.division.eq(change.code.as_str()))
        .order_by_asc(child::COLUMN.id)
        .select_only()
        .column(child::Column::Id)
        .into_tuple()
        .all(&*tx)
        .await?;
    if change.kind == DivisionChange::Recoded {
        recode_in(&tx, app, &change.code, to, &ids).await?;
        tx.touch_all(under(&tx, to).await?);
    } else {
        for some in ids.chunks(CHUNK) {
            move_in(&tx, app, by, change, to, some).await?;
        }
    }
    let mut row = change.clone().into_active_model();
    row.carried_at = Set(Some(by.now));
    row.update(&*tx).await?;
    let id = change.code.parse().unwrap_or_default();
    let details = json!({ "code": change.code, "successor": to, "kind": change.kind, "files": ids.len() });
    event::record(&tx, by, "division.carried", Subject::new("division", id), details).await?;
    tx.commit().await?;
    Ok(ids.len())
}

/// The children whose files stand under a code, whatever its level.
async fn under(tx: &Tx, code: &str) -> Result<Vec<ChildId>> {
    let column = match code.len() {
        ..=6 => child::Column::District,
        7..=9 => child::Column::Street,
        _ => child::Column::Division,
    };
    Ok(child::Entity::find()
        .filter(column.eq(code))
        .select_only()
        .column(child::Column::Id)
        .into_tuple()
        .all(&**tx)
        .await?)
}

/// The same place under another code. Whoever lives in it by a code that also changes on a higher level goes along with
/// everything that follows children.
async fn recode_in(tx: &Tx, app: &App, from: &str, to: &str, ids: &[ChildId]) -> Result<()> {
    app.compartment.recode_in(tx, from, to).await?;
    let above = if from.len() > 9 { 9 } else { 6 };
    if from.len() > 6 && from.get(..above) != to.get(..above) {
        place_in(tx, app, to, ids).await?;
    }
    Ok(())
}

fn levels(code: &str) -> (&str, &str) {
    (code.get(..6).unwrap_or_default(), code.get(..9).unwrap_or_default())
}

/// Those who live in a division that was merged live in the other one from that day; nobody moved, and the past stays.
async fn move_in(
    tx: &Tx,
    app: &App,
    by: &Actor,
    change: &division_change::Model,
    to: &str,
    ids: &[ChildId],
) -> Result<()> {
    let present = residence::Entity::find()
        .filter(residence::COLUMN.child_id.is_in(ids.iter().copied()))
        .filter(residence::COLUMN.division.eq(change.code.as_str()))
        .filter(residence::COLUMN.until_on.is_null())
        .all(&**tx)
        .await?;
    go_over_in(tx, present, to, change.changes_on).await?;
    place_in(tx, app, to, ids).await?;
    for id in ids {
        let details = json!({ "from": change.code, "to": to, "on": change.changes_on });
        event::record(tx, by, "child.recoded", Subject::child(*id), details).await?;
    }
    Ok(())
}

/// Residences that last go over into another division on a day.
async fn go_over_in(tx: &Tx, present: Vec<residence::Model>, to: &str, on: NaiveDate) -> Result<()> {
    let (district, street) = levels(to);
    // Who came on the day or later never lived under the old code.
    let (since, before): (Vec<_>, Vec<_>) = present.into_iter().partition(|home| home.from_on >= on);
    residence::Entity::update_many()
        .col_expr(residence::Column::District, Expr::value(district))
        .col_expr(residence::Column::Street, Expr::value(street))
        .col_expr(residence::Column::Division, Expr::value(to))
        .filter(residence::COLUMN.id.is_in(since.iter().map(|home| home.id)))
        .exec(&**tx)
        .await?;
    residence::Entity::update_many()
        .col_expr(residence::Column::UntilOn, Expr::value(on))
        .filter(residence::COLUMN.id.is_in(before.iter().map(|home| home.id)))
        .exec(&**tx)
        .await?;
    let next = before.iter().map(|home| residence::ActiveModel {
        id: NotSet,
        child_id: Set(home.child_id),
        district: Set(district.to_owned()),
        street: Set(street.to_owned()),
        division: Set(to.to_owned()),
        from_on: Set(on),
        until_on: Set(None),
    });
    let next: Vec<_> = next.collect();
    if !next.is_empty() {
        residence::Entity::insert_many(next)
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(())
}

/// A residence that lasts again, because a departure was undone, goes through the changes that carried the file on
/// meanwhile.
pub(super) async fn catch_up_in(tx: &Tx, by: &Actor, id: ChildId) -> Result<()> {
    let lasting = async || {
        residence::Entity::find()
            .filter(residence::COLUMN.child_id.eq(id))
            .filter(residence::COLUMN.until_on.is_null())
            .one(&**tx)
            .await
    };
    let file = child::Entity::find_by_id(id).one(&**tx).await?;
    let Some((file, mut home)) = file.zip(lasting().await?) else {
        return Ok(());
    };
    if home.division == file.division {
        return Ok(());
    }
    let changes = division_change::Entity::find()
        .filter(division_change::COLUMN.successor.is_not_null())
        .filter(division_change::COLUMN.carried_at.is_not_null())
        .order_by_asc(division_change::COLUMN.changes_on)
        .order_by_asc(division_change::COLUMN.id)
        .all(&**tx)
        .await?;
    let changes = changes.into_iter().filter_map(|change| {
        let renamed = change.kind == DivisionChange::Recoded;
        Some((change.code, change.successor?, (!renamed).then_some(change.changes_on)))
    });
    for (from, to, on) in changes {
        if home.division == from {
            let on = on.unwrap_or(home.from_on);
            go_over_in(tx, vec![home], &to, on).await?;
            let Some(next) = lasting().await? else { return Ok(()) };
            home = next;
        }
    }
    if home.division != file.division {
        go_over_in(tx, vec![home], &file.division, by.today()).await?;
    }
    Ok(())
}

/// Files, and what is still to be done, stand under another code.
async fn place_in(tx: &Tx, app: &App, to: &str, ids: &[ChildId]) -> Result<()> {
    let (district, street) = levels(to);
    for some in ids.chunks(CHUNK) {
        app.compartment.follow_in(tx, some, to).await?;
        let version = sea_orm::sea_query::ExprTrait::add(Expr::col(child::Column::Version), 1);
        child::Entity::update_many()
            .col_expr(child::Column::Division, Expr::value(to))
            .col_expr(child::Column::Street, Expr::value(street))
            .col_expr(child::Column::District, Expr::value(district))
            .col_expr(child::Column::Version, version)
            .filter(child::COLUMN.id.is_in(some.iter().copied()))
            .exec(&**tx)
            .await?;
    }
    Ok(())
}
