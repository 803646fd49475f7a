//! Small words for building the queries: the same for SQLite and PostgreSQL.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order,
    sea_query::{Expr, ExprTrait, IntoCondition, JoinType, Query, SelectStatement},
};

use entities::{child::child, screening::referral};

/// A column with its table.
pub(super) fn column<E: EntityTrait>(table: E, column: E::Column) -> Expr {
    Expr::col((table, column))
}

/// 1 when the condition holds, else 0.
pub(super) fn flag(condition: impl IntoCondition) -> Expr {
    Expr::case(condition, Expr::cust("1")).finally(Expr::cust("0")).into()
}

/// The latest first: by a day or a moment, ties by the later row.
pub(super) fn latest(moment: impl ColumnTrait, id: impl ColumnTrait) -> [(Expr, Order); 2] {
    [(moment.into_expr(), Order::Desc), (id.into_expr(), Order::Desc)]
}

/// Joins a table.
pub(super) fn on(select: &mut SelectStatement, table: impl sea_orm::sea_query::IntoTableRef, condition: Expr) {
    select.join(JoinType::InnerJoin, table, condition);
}

/// Joins the child that a row belongs to.
pub(super) fn join(select: &mut SelectStatement, owner: impl ColumnTrait) {
    let theirs = Expr::col((child::Entity, child::Column::Id)).equals(owner.as_column_ref());
    on(select, child::Entity, theirs);
}

/// Joins what a referral rests on, if it rests on it.
pub(super) fn off<E: EntityTrait>(select: &mut SelectStatement, table: E, id: E::Column, named: referral::Column) {
    select.join(
        JoinType::LeftJoin,
        table,
        Expr::col((table, id)).equals((referral::Entity, named)),
    );
}

/// The child of the row at hand has a row in a table, read under `alias`, of which the condition holds.
pub(super) fn has<E: EntityTrait>(
    alias: &'static str,
    table: E,
    owner: E::Column,
    holds: impl FnOnce(&dyn Fn(E::Column) -> Expr) -> Condition,
) -> Expr {
    let own = |column: E::Column| Expr::col((alias, column));
    Expr::exists(
        Query::select()
            .expr(Expr::cust("1"))
            .from_as(table, alias)
            .and_where(own(owner).equals((child::Entity, child::Column::Id)))
            .cond_where(holds(&own))
            .to_owned(),
    )
}
