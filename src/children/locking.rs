//! The files that a write touched are locked once, before anything is derived from them: projections may then read what
//! another transaction wrote a moment ago, and all of them take files in the same order.

use entities::{ChildId, child::child};
use sea_orm::{
    ColumnTrait, ConnectionTrait as _, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::LockType,
};

use crate::platform::{Projection, Result, Touched, Tx};

/// Stands before every projection that reads what hangs on a child.
pub(super) const PROJECTION: Projection = Projection {
    name: "files",
    run: |tx, _, touched| Box::pin(run(tx, touched)),
};

/// Files locked by one statement.
const AT_ONCE: usize = 2000;

/// Somebody who writes about a child without its district's lock waits here, and then derives from what the other wrote.
/// SQLite has one writer anyway.
async fn run(tx: &Tx, touched: &Touched) -> Result<()> {
    if tx.get_database_backend() == DbBackend::Sqlite {
        return Ok(());
    }
    for some in touched.children().chunks(AT_ONCE) {
        child::Entity::find()
            .select_only()
            .column(child::Column::Id)
            .filter(child::COLUMN.id.is_in(some.iter().copied()))
            .order_by_asc(child::COLUMN.id)
            .lock(LockType::NoKeyUpdate)
            .into_tuple::<ChildId>()
            .all(&**tx)
            .await?;
    }
    Ok(())
}
