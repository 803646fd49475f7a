//! Which children of rows a reader sees.

use std::collections::BTreeSet;

use entities::{ChildId, child::child};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};

use crate::{
    access::scope,
    platform::{Actor, Result},
};

/// Of some children those whom the reader sees: a centre all who are in its rows, others by their scope.
pub(super) async fn of(
    db: &impl ConnectionTrait,
    by: &Actor,
    children: impl Iterator<Item = ChildId>,
) -> Result<BTreeSet<ChildId>> {
    let all: BTreeSet<ChildId> = children.collect();
    if !by.looks_on() || all.is_empty() {
        return Ok(all);
    }
    let rows: Vec<ChildId> = scope::children(by)
        .select_only()
        .column(child::Column::Id)
        .filter(child::COLUMN.id.is_in(all))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
