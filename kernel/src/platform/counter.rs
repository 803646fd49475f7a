//! Numbers that are kept by a name: what was counted last, how far something is, that it was done.

use entities::work::counter;
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, EntityTrait as _,
    sea_query::{Expr, ExprTrait as _, OnConflict, SimpleExpr},
};

use super::{Error, Result, Tx};

/// The number under a name; none where nothing was kept yet.
///
/// # Errors
/// When the database cannot be read.
pub async fn read(db: &impl ConnectionTrait, name: &str) -> Result<Option<i64>> {
    let row = counter::Entity::find_by_id(name.to_owned()).one(db).await?;
    Ok(row.map(|row| row.value))
}

/// Keep a number, whatever was kept before.
///
/// # Errors
/// When the database cannot be written.
pub async fn keep_in(tx: &Tx, name: &str, value: i64) -> Result<()> {
    write_in(tx, name, value, Expr::value(value)).await
}

/// Count on by so many; what it comes to.
///
/// # Errors
/// When the database cannot be written.
pub async fn count_in(tx: &Tx, name: &str, more: i64) -> Result<i64> {
    let sum = Expr::col((counter::Entity, counter::Column::Value)).add(more);
    write_in(tx, name, more, sum).await?;
    read(&**tx, name).await?.ok_or(Error::Busy)
}

async fn write_in(tx: &Tx, name: &str, first: i64, next: SimpleExpr) -> Result<()> {
    let row = counter::ActiveModel {
        name: Set(name.to_owned()),
        value: Set(first),
    };
    let known = OnConflict::column(counter::Column::Name)
        .value(counter::Column::Value, next)
        .to_owned();
    counter::Entity::insert(row)
        .on_conflict(known)
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}
