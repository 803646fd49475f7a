//! Many rows in few statements.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Iterable};

use crate::platform::{Result, Tx};

/// Variables of one statement (SQLite allows 32,766).
const BOUND: usize = 30_000;

fn at_once<A: ActiveModelTrait>() -> usize {
    BOUND / <A::Entity as EntityTrait>::Column::iter().count().max(1)
}

pub(super) async fn insert_all<A: ActiveModelTrait>(tx: &Tx, rows: Vec<A>) -> Result<()> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<A> = rows.by_ref().take(at_once::<A>()).collect();
        A::Entity::insert_many(some).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

pub(super) async fn insert_returning<A>(tx: &Tx, rows: Vec<A>) -> Result<Vec<<A::Entity as EntityTrait>::Model>>
where
    A: ActiveModelTrait,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    let mut inserted = Vec::with_capacity(rows.len());
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<A> = rows.by_ref().take(at_once::<A>()).collect();
        inserted.extend(A::Entity::insert_many(some).exec_with_returning(&**tx).await?);
    }
    Ok(inserted)
}
