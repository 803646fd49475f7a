//! Where a division goes on under another code, those who live there go on with it: from the day of the change they live
//! under the new code. No move of theirs; where they lived before stays written under the old code, and past rates count
//! by it.

use entities::{
    ChildId,
    child::{child, child_term, residence},
    organisation::division_change,
    screening::{pathway, planned_check},
    words::CheckState,
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
    },
};

/// Children at once.
const CHUNK: usize = 500;

/// Sweep `divisions`: changes of divisions whose day has come, and the children who live there. May run twice.
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

/// The children of one old code, in one transaction.
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
    for some in ids.chunks(CHUNK) {
        carry_in(&tx, by, change, to, some).await?;
    }
    let mut row = change.clone().into_active_model();
    row.carried_at = Set(Some(by.now));
    row.update(&*tx).await?;
    if ids.is_empty() {
        tx.commit_quietly().await?;
    } else {
        tx.commit().await?;
    }
    Ok(ids.len())
}

async fn carry_in(tx: &Tx, by: &Actor, change: &division_change::Model, to: &str, ids: &[ChildId]) -> Result<()> {
    let (district, street) = (to.get(..6).unwrap_or_default(), to.get(..9).unwrap_or_default());
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
    if !before.is_empty() {
        residence::Entity::insert_many(next)
            .exec_without_returning(&**tx)
            .await?;
    }
    planned_check::Entity::update_many()
        .col_expr(planned_check::Column::District, Expr::value(district))
        .col_expr(planned_check::Column::Street, Expr::value(street))
        .filter(planned_check::COLUMN.child_id.is_in(ids.iter().copied()))
        .filter(
            planned_check::COLUMN
                .state
                .is_in([CheckState::Pending, CheckState::BeforeOpening]),
        )
        .exec(&**tx)
        .await?;
    pathway::Entity::update_many()
        .col_expr(pathway::Column::District, Expr::value(district))
        .col_expr(pathway::Column::Street, Expr::value(street))
        .filter(pathway::COLUMN.child_id.is_in(ids.iter().copied()))
        .exec(&**tx)
        .await?;
    child_term::Entity::update_many()
        .col_expr(child_term::Column::District, Expr::value(district))
        .filter(child_term::COLUMN.child_id.is_in(ids.iter().copied()))
        .exec(&**tx)
        .await?;
    let version = Expr::col(child::Column::Version);
    child::Entity::update_many()
        .col_expr(child::Column::Division, Expr::value(to))
        .col_expr(child::Column::Street, Expr::value(street))
        .col_expr(child::Column::District, Expr::value(district))
        .col_expr(child::Column::Version, sea_orm::sea_query::ExprTrait::add(version, 1))
        .filter(child::COLUMN.id.is_in(ids.iter().copied()))
        .exec(&**tx)
        .await?;
    for id in ids {
        let details = json!({ "from": change.code, "to": to, "on": change.changes_on });
        event::record(tx, by, "child.recoded", Subject::child(*id), details).await?;
    }
    Ok(())
}
