//! Initial screens as part of a child's file.

use std::collections::BTreeMap;

use entities::{
    ChildId, PlannedCheckId,
    screening::{planned_check, screen},
};
use sea_orm::{ColumnTrait as _, EntityTrait, QueryFilter as _, prelude::Expr};

use crate::platform::{
    Result, Tx,
    compartment::{Handover, Table},
};

/// Initial screens: of two checks of one age, the screens of both belong to the one that stands.
pub const SCREENS: Table = Table::of::<screen::Entity>("merge.table.screen")
    .changes_hands(|tx, _, hands| Box::pin(hand_over_in(tx, hands)))
    .lies_where_it_was()
    .judged_by_facts(|tx, corrected| Box::pin(super::judged::look_again_in(tx, corrected)))
    .refers(&[("planned_check_id", "planned_check")])
    .columns(&[("planned_check_id", "merge.column.planned_check_id")]);

async fn hand_over_in(tx: &Tx, hands: Handover) -> Result<()> {
    screen::Entity::update_many()
        .col_expr(screen::Column::ChildId, Expr::value(hands.to))
        .filter(screen::COLUMN.child_id.eq(hands.from))
        .exec(&**tx)
        .await?;
    // A check that both files plan stayed with the file that goes.
    let left = by_age(tx, hands.from).await?;
    let ours = by_age(tx, hands.to).await?;
    for (age, theirs) in left {
        let Some(own) = ours.get(&age) else { continue };
        screen::Entity::update_many()
            .col_expr(screen::Column::PlannedCheckId, Expr::value(*own))
            .filter(screen::COLUMN.planned_check_id.eq(theirs))
            .exec(&**tx)
            .await?;
    }
    Ok(())
}

async fn by_age(tx: &Tx, child: ChildId) -> Result<BTreeMap<i32, PlannedCheckId>> {
    let checks = planned_check::Entity::find()
        .filter(planned_check::COLUMN.child_id.eq(child))
        .all(&**tx)
        .await?;
    Ok(checks.into_iter().map(|check| (check.age_months, check.id)).collect())
}
