//! A referral whose result was corrected or taken back.

use entities::{screening::referral, words::ReferralState};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait, QueryFilter as _, prelude::Expr,
};

use super::step_in;
use crate::platform::{Actor, Result, Tx};

/// Whatever rests on one record rests on the one in its place; `rests` is the column that names it.
pub async fn rest_on_in(tx: &Tx, rests: referral::Column, old: i64, new: i64) -> Result<()> {
    referral::Entity::update_many()
        .col_expr(rests, Expr::value(new))
        .filter(rests.eq(old))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// What a referral says beside its moves: why it was made, and where it goes.
pub async fn reword_in(tx: &Tx, row: &referral::Model, change: referral::ActiveModel) -> Result<()> {
    let change = referral::ActiveModel {
        id: Set(row.id),
        version: Set(row.version + 1),
        ..change
    };
    change.update(&**tx).await?;
    Ok(())
}

/// Its result stands, as another: a step that says why.
pub async fn corrected_in(tx: &Tx, by: &Actor, row: &referral::Model, why: String) -> Result<referral::Model> {
    let change = referral::ActiveModel {
        id: Set(row.id),
        version: Set(row.version + 1),
        ..Default::default()
    };
    let noted = change.update(&**tx).await?;
    let done = ReferralState::Completed;
    step_in(tx, by, row.id, Some(done), done, Some(why)).await?;
    Ok(noted)
}

/// There is no result any more: it is with whoever has the child, as it was before.
pub async fn reopened_in(tx: &Tx, by: &Actor, row: &referral::Model, why: String) -> Result<referral::Model> {
    let to = ReferralState::Accepted;
    let change = referral::ActiveModel {
        id: Set(row.id),
        state: Set(to),
        closed_at: Set(None),
        version: Set(row.version + 1),
        ..Default::default()
    };
    let open = change.update(&**tx).await?;
    step_in(tx, by, row.id, Some(row.state), to, Some(why)).await?;
    Ok(open)
}
