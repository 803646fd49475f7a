//! Where a division goes on under another code, the files of those who live there go on with it. Stands here, behind
//! everything that keeps a place, as merging does.
//!
//! A division that merely gets another code is the same place: whatever was written under the old code is rewritten, so
//! that scope, lists and past rates go on as if it had always had the new one. Where one is merged into another the past
//! stays: those who live there live under the other code from the day of the merger, and earlier numbers count as they did.

use std::time::Duration;

use entities::{
    ChildId,
    child::{child, child_term, duplicate, residence},
    organisation::division_change,
    screening::{diagnosis, planned_check, referral, rescreen, screen},
    words::{CheckState, DivisionChange},
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

/// Children at once.
const CHUNK: usize = 500;

/// Divisions change on their day, and the files of those who live there follow.
pub const SWEEP: Sweep = Sweep {
    name: "divisions",
    every: Duration::from_secs(10 * 60),
    run: |app, by| Box::pin(sweep(app, by)),
};

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
        format!("changes={applied} children={carried}")
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
        recode_in(&tx, &change.code, to, &ids).await?;
        tx.touch_all(under(&tx, to).await?);
    } else {
        for some in ids.chunks(CHUNK) {
            move_in(&tx, by, change, to, some).await?;
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

/// Write a code in the place of another in one column.
async fn rewrite<E: EntityTrait>(tx: &Tx, column: E::Column, from: &str, to: &str) -> Result<()> {
    E::update_many()
        .col_expr(column, Expr::value(to))
        .filter(column.eq(from))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Write the street and the district of what stands under a street's old code.
async fn rewrite_street<E: EntityTrait>(tx: &Tx, columns: (E::Column, E::Column), from: &str, to: &str) -> Result<()> {
    let (street, district) = columns;
    E::update_many()
        .col_expr(street, Expr::value(to))
        .col_expr(district, Expr::value(to.get(..6).unwrap_or_default()))
        .filter(street.eq(from))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// The same place under another code: by its level, wherever that level is written.
async fn recode_in(tx: &Tx, from: &str, to: &str, ids: &[ChildId]) -> Result<()> {
    match from.len() {
        ..=6 => {
            rewrite::<child::Entity>(tx, child::Column::District, from, to).await?;
            rewrite::<child_term::Entity>(tx, child_term::Column::District, from, to).await?;
            rewrite::<residence::Entity>(tx, residence::Column::District, from, to).await?;
            rewrite::<duplicate::Entity>(tx, duplicate::Column::District, from, to).await?;
            rewrite::<planned_check::Entity>(tx, planned_check::Column::District, from, to).await?;
            rewrite::<screen::Entity>(tx, screen::Column::District, from, to).await?;
            rewrite::<rescreen::Entity>(tx, rescreen::Column::District, from, to).await?;
            rewrite::<diagnosis::Entity>(tx, diagnosis::Column::District, from, to).await?;
            rewrite::<referral::Entity>(tx, referral::Column::District, from, to).await?;
        }
        7..=9 => {
            use child::Column as C;
            use diagnosis::Column as D;
            use planned_check::Column as K;
            use rescreen::Column as R;
            use residence::Column as H;
            use screen::Column as S;
            rewrite_street::<child::Entity>(tx, (C::Street, C::District), from, to).await?;
            rewrite_street::<residence::Entity>(tx, (H::Street, H::District), from, to).await?;
            rewrite_street::<planned_check::Entity>(tx, (K::Street, K::District), from, to).await?;
            rewrite_street::<screen::Entity>(tx, (S::Street, S::District), from, to).await?;
            rewrite_street::<rescreen::Entity>(tx, (R::Street, R::District), from, to).await?;
            rewrite_street::<diagnosis::Entity>(tx, (D::Street, D::District), from, to).await?;
            // Whose file names no village; those of villages follow with the codes of theirs.
            if from.get(..6) == to.get(..6) {
                rewrite::<child::Entity>(tx, C::Division, from, to).await?;
            } else {
                place_in(tx, to, ids).await?;
            }
            rewrite::<residence::Entity>(tx, H::Division, from, to).await?;
        }
        _ => {
            rewrite::<residence::Entity>(tx, residence::Column::Division, from, to).await?;
            // A village may go over into another street by its new code.
            if from.get(..9) == to.get(..9) {
                rewrite::<child::Entity>(tx, child::Column::Division, from, to).await?;
            } else {
                place_in(tx, to, ids).await?;
                let (district, street) = levels(to);
                residence::Entity::update_many()
                    .col_expr(residence::Column::District, Expr::value(district))
                    .col_expr(residence::Column::Street, Expr::value(street))
                    .filter(residence::COLUMN.division.eq(to))
                    .exec(&**tx)
                    .await?;
            }
        }
    }
    Ok(())
}

fn levels(code: &str) -> (&str, &str) {
    (code.get(..6).unwrap_or_default(), code.get(..9).unwrap_or_default())
}

/// Those who live in a division that was merged live in the other one from that day; nobody moved, and the past stays.
async fn move_in(tx: &Tx, by: &Actor, change: &division_change::Model, to: &str, ids: &[ChildId]) -> Result<()> {
    let (district, street) = levels(to);
    let present = residence::Entity::find()
        .filter(residence::COLUMN.child_id.is_in(ids.iter().copied()))
        .filter(residence::COLUMN.division.eq(change.code.as_str()))
        .filter(residence::COLUMN.until_on.is_null())
        .all(&**tx)
        .await?;
    // Who came on the day or later never lived under the old code.
    let (since, before): (Vec<_>, Vec<_>) = present.into_iter().partition(|home| home.from_on >= change.changes_on);
    residence::Entity::update_many()
        .col_expr(residence::Column::District, Expr::value(district))
        .col_expr(residence::Column::Street, Expr::value(street))
        .col_expr(residence::Column::Division, Expr::value(to))
        .filter(residence::COLUMN.id.is_in(since.iter().map(|home| home.id)))
        .exec(&**tx)
        .await?;
    residence::Entity::update_many()
        .col_expr(residence::Column::UntilOn, Expr::value(change.changes_on))
        .filter(residence::COLUMN.id.is_in(before.iter().map(|home| home.id)))
        .exec(&**tx)
        .await?;
    let next = before.iter().map(|home| residence::ActiveModel {
        id: NotSet,
        child_id: Set(home.child_id),
        district: Set(district.to_owned()),
        street: Set(street.to_owned()),
        division: Set(to.to_owned()),
        from_on: Set(change.changes_on),
        until_on: Set(None),
    });
    let next: Vec<_> = next.collect();
    if !next.is_empty() {
        residence::Entity::insert_many(next)
            .exec_without_returning(&**tx)
            .await?;
    }
    place_in(tx, to, ids).await?;
    for id in ids {
        let details = json!({ "from": change.code, "to": to, "on": change.changes_on });
        event::record(tx, by, "child.recoded", Subject::child(*id), details).await?;
    }
    Ok(())
}

/// Files, and what is still to be done, stand under another code.
async fn place_in(tx: &Tx, to: &str, ids: &[ChildId]) -> Result<()> {
    let (district, street) = levels(to);
    for some in ids.chunks(CHUNK) {
        let some = || some.iter().copied();
        planned_check::Entity::update_many()
            .col_expr(planned_check::Column::District, Expr::value(district))
            .col_expr(planned_check::Column::Street, Expr::value(street))
            .filter(planned_check::COLUMN.child_id.is_in(some()))
            .filter(
                planned_check::COLUMN
                    .state
                    .is_in([CheckState::Pending, CheckState::BeforeOpening]),
            )
            .exec(&**tx)
            .await?;
        child_term::Entity::update_many()
            .col_expr(child_term::Column::District, Expr::value(district))
            .filter(child_term::COLUMN.child_id.is_in(some()))
            .exec(&**tx)
            .await?;
        // Federations of a district find referrals under way by it.
        referral::Entity::update_many()
            .col_expr(referral::Column::District, Expr::value(district))
            .filter(referral::COLUMN.child_id.is_in(some()))
            .filter(referral::COLUMN.closed_at.is_null())
            .exec(&**tx)
            .await?;
        let version = sea_orm::sea_query::ExprTrait::add(Expr::col(child::Column::Version), 1);
        child::Entity::update_many()
            .col_expr(child::Column::Division, Expr::value(to))
            .col_expr(child::Column::Street, Expr::value(street))
            .col_expr(child::Column::District, Expr::value(district))
            .col_expr(child::Column::Version, version)
            .filter(child::COLUMN.id.is_in(some()))
            .exec(&**tx)
            .await?;
    }
    Ok(())
}
