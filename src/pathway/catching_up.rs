//! The first start on a database that was made before there were tasks: the migration carried over what was somebody's to do
//! by then; what else is to be done is worked out here, before the first page.

use entities::{
    ChildId,
    child::duplicate,
    screening::pathway,
    task::task,
    words::{DuplicateState, Stage},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait},
};

use super::next_checks::windows;
use crate::{
    platform::{Actor, Db, Result, counter},
    task::queries as tasks,
};

/// The counter that remembers it.
const DONE: &str = "tasks.caught_up";
/// Children looked at in one transaction.
const AT_ONCE: u64 = 1000;

/// Work out the tasks of everybody in the chain, once.
pub async fn catch_up(db: &Db, by: &Actor) -> Result<()> {
    if counter::read(&**db, DONE).await?.is_some() {
        return Ok(());
    }
    let with_tasks = task::Entity::find()
        .select_only()
        .column(task::Column::ChildId)
        .filter(tasks::is_open())
        .filter(task::COLUMN.child_id.is_not_null())
        .into_query();
    let in_the_chain = Condition::any()
        .add(pathway::COLUMN.stage.is_not_in([Stage::Watching, Stage::Left]))
        .add(Expr::col((pathway::Entity, pathway::Column::ChildId)).in_subquery(with_tasks));
    let mut after = ChildId(0);
    loop {
        let some: Vec<ChildId> = pathway::Entity::find()
            .select_only()
            .column(pathway::Column::ChildId)
            .filter(in_the_chain.clone())
            .filter(pathway::COLUMN.child_id.gt(after))
            .order_by_asc(pathway::COLUMN.child_id)
            .limit(AT_ONCE)
            .into_tuple()
            .all(&**db)
            .await?;
        let Some(last) = some.last() else { break };
        after = *last;
        let tx = db.write(by, "").await?;
        tx.touch_all(some);
        tx.commit_quietly().await?;
    }
    let pairs: Vec<ChildId> = duplicate::Entity::find()
        .select_only()
        .column(duplicate::Column::FirstId)
        .filter(
            duplicate::COLUMN
                .state
                .is_in([DuplicateState::Open, DuplicateState::Later]),
        )
        .into_tuple()
        .all(&**db)
        .await?;
    for some in pairs.chunks(1000) {
        let tx = db.write(by, "").await?;
        tx.touch_all(some.iter().copied());
        tx.commit_quietly().await?;
    }
    windows(db, by).await?;
    let tx = db.write(by, "").await?;
    counter::keep_in(&tx, DONE, 1).await?;
    tx.commit_quietly().await
}
