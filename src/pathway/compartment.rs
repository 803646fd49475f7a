//! Where a child stands and what is to be done for it, as part of a child's file: both are made from the rest, but tasks go
//! where what they are about goes, with the attempts to reach the family and the rungs that the silence has climbed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entities::{
    AccountId, ChildId,
    screening::{contact, pathway},
    task::task,
    words::{Focus, TaskState, What},
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    sea_query::{Expr, ExprTrait as _, Query},
};

use crate::{
    platform::{Actor, Result, Tx, compartment::Table},
    task::{queries as tasks, rules, service},
};

/// Where children stand, tasks, and attempts to reach the family, which may be because of a referral or of a task.
pub(super) const TABLES: &[Table] = &[
    Table::derived::<pathway::Entity>(),
    Table::derived::<task::Entity>()
        .changes_hands(|tx, _, hands| Box::pin(follow_in(tx, [hands.to, hands.from])))
        .follows(open)
        .refers(&[
            ("focus_id", "planned_check"),
            ("focus_id", "screen"),
            ("focus_id", "referral"),
            ("focus_id", "rescreen"),
            ("focus_id", "diagnosis"),
            ("focus_id", "notice"),
            ("focus_id", "application"),
            ("focus_id", "application_step"),
            ("focus_id", "application_material"),
            ("focus_id", "enrolment_decision"),
            ("focus_id", "agreement"),
        ]),
    Table::of::<contact::Entity>("merge.table.contact").refers(&[("referral_id", "referral"), ("task_id", "task")]),
];

/// What is still to be done is done where the child lives.
fn open() -> Condition {
    tasks::is_open()
}

async fn of(tx: &Tx, children: [ChildId; 2]) -> Result<Vec<task::Model>> {
    Ok(task::Entity::find()
        .filter(task::COLUMN.child_id.is_in(children))
        .order_by_asc(task::COLUMN.id)
        .all(&**tx)
        .await?)
}

/// Tasks go where what they are about goes, open and ended; which of them leads is worked out with the children's places.
/// What is about no row of a child's file stays where it is.
async fn follow_in(tx: &Tx, children: [ChildId; 2]) -> Result<()> {
    for one in of(tx, children).await? {
        let owner = owner_of(tx, one.focus, one.focus_id).await?.or(one.child_id);
        let open = one.state == TaskState::Open;
        if one.child_id == owner && !(open && one.leads) {
            continue;
        }
        service::follow_in(tx, &one, owner).await?;
    }
    Ok(())
}

/// Two files again: tasks go back with what they are about. What the merge ended is somebody's to do again, with the rung
/// that it had; what is not wanted any more ends at once.
pub async fn return_tasks_in(
    tx: &Tx,
    by: &Actor,
    children: [ChildId; 2],
    merge: (DateTime<Utc>, AccountId),
) -> Result<()> {
    follow_in(tx, children).await?;
    let tasks = of(tx, children).await?;
    let open = |one: &task::Model| one.state == TaskState::Open;
    let mut waiting: BTreeSet<(What, Focus, i64)> = tasks
        .iter()
        .filter(|one| open(one))
        .map(|one| (one.what, one.focus, one.focus_id))
        .collect();
    for one in tasks {
        let by_the_merge = one.ended_at.zip(one.ended_by) == Some(merge);
        if open(&one) || !by_the_merge || !waiting.insert((one.what, one.focus, one.focus_id)) {
            continue;
        }
        service::take_up_in(tx, by, &one).await?;
    }
    Ok(())
}

/// The child on whose file a row is.
async fn owner_of(tx: &Tx, focus: Focus, id: i64) -> Result<Option<ChildId>> {
    let Some(table) = rules::table_on_a_child(focus) else {
        return Ok(None);
    };
    let row = Query::select()
        .column("child_id")
        .from(table)
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    match tx.query_one(&row).await? {
        Some(found) => Ok(found.try_get_by_index(0)?),
        None => Ok(None),
    }
}
