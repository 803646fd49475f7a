//! Messages and notices as part of a child's file.

use entities::{
    communication::{message, notice},
    words::Delivery,
};
use sea_orm::{ColumnTrait as _, EntityTrait, QueryFilter as _, prelude::Expr};

use crate::platform::{
    Result, Say, Tx,
    compartment::{Effect, Ending, Leaving, Table},
};

/// What people are told about a child.
pub(super) const TABLES: &[Table] = &[
    Table::of::<message::Entity>("merge.table.message").ends(Ending {
        end: |tx, _, leaving| Box::pin(end_in(tx, leaving)),
        told: ended,
        returned: None,
    }),
    Table::of::<notice::Entity>("merge.table.notice"),
];

/// What the family has not been told yet is not told any more.
async fn end_in(tx: &Tx, leaving: &Leaving) -> Result<()> {
    message::Entity::update_many()
        .col_expr(message::Column::State, Expr::value(Delivery::Cancelled))
        .filter(message::COLUMN.child_id.eq(leaving.child))
        .filter(message::COLUMN.guardian_id.is_not_null())
        .filter(message::COLUMN.state.eq(Delivery::Pending))
        .exec(&**tx)
        .await?;
    Ok(())
}

fn ended(_: &Effect) -> Say {
    Say::new("departure.effect.message")
}
