//! Follow-up tasks as part of a child's file.

use entities::{ChildId, FollowUpId, screening::follow_up, words::FollowUpState};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, prelude::Expr,
};

use crate::platform::{
    Actor, Result, Say, Tx,
    compartment::{Effect, Ending, Handover, Leaving, Table},
};

/// Follow-up tasks.
pub(crate) const FOLLOW_UPS: Table = Table::of::<follow_up::Entity>("merge.table.follow_up")
    .changes_hands(|tx, by, hands| Box::pin(hand_over_in(tx, by, hands)))
    .ends(Ending {
        end: |tx, by, leaving| Box::pin(end_in(tx, by, leaving)),
        told: ended,
        returned: None,
    })
    .refers(&[("rescreen_id", "rescreen"), ("diagnosis_id", "diagnosis")])
    .columns(&[
        ("state", "merge.column.state"),
        ("closed_at", "merge.column.closed_at"),
        ("closed_by", "merge.column.closed_by"),
    ])
    .values(|column, text| match column {
        "state" => text.parse().ok().map(FollowUpState::word),
        _ => None,
    });

async fn open_of(tx: &Tx, child: ChildId) -> Result<Vec<follow_up::Model>> {
    Ok(follow_up::Entity::find()
        .filter(follow_up::COLUMN.child_id.eq(child))
        .filter(follow_up::COLUMN.state.eq(FollowUpState::Open))
        .order_by_asc(follow_up::COLUMN.due_on)
        .order_by_asc(follow_up::COLUMN.id)
        .all(&**tx)
        .await?)
}

async fn cancel_in(tx: &Tx, by: &Actor, task: &follow_up::Model) -> Result<()> {
    let mut row = task.clone().into_active_model();
    row.state = Set(FollowUpState::Cancelled);
    row.closed_at = Set(Some(by.now));
    row.closed_by = Set(by.account);
    row.version = Set(task.version + 1);
    row.update(&**tx).await?;
    Ok(())
}

/// Of open tasks of one kind at one organisation the one that is due first stays open, where both files had some.
async fn hand_over_in(tx: &Tx, by: &Actor, hands: Handover) -> Result<()> {
    let came: Vec<FollowUpId> = open_of(tx, hands.from).await?.iter().map(|task| task.id).collect();
    follow_up::Entity::update_many()
        .col_expr(follow_up::Column::ChildId, Expr::value(hands.to))
        .filter(follow_up::COLUMN.child_id.eq(hands.from))
        .exec(&**tx)
        .await?;
    let open = open_of(tx, hands.to).await?;
    for task in &open {
        let alike = || {
            open.iter()
                .filter(|other| (other.kind, other.organisation_id) == (task.kind, task.organisation_id))
        };
        let theirs = alike().filter(|other| came.contains(&other.id)).count();
        let is_first = alike().next().is_some_and(|first| first.id == task.id);
        if theirs > 0 && theirs < alike().count() && !is_first {
            cancel_in(tx, by, task).await?;
        }
    }
    Ok(())
}

/// Nobody has to do anything any more.
async fn end_in(tx: &Tx, by: &Actor, leaving: &Leaving) -> Result<()> {
    for task in open_of(tx, leaving.child).await? {
        cancel_in(tx, by, &task).await?;
    }
    Ok(())
}

fn ended(_: &Effect) -> Say {
    Say::new("departure.effect.follow_up")
}
