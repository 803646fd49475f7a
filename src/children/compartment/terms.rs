//! Search terms: what a child is found by.

use std::collections::BTreeSet;

use entities::child::child_term;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait, QueryFilter as _};

use crate::platform::{Result, Tx, compartment::Handover};

/// Whatever either file was found by leads to the one that stays.
pub(super) async fn hand_over_in(tx: &Tx, hands: Handover) -> Result<()> {
    let both = child_term::COLUMN.child_id.is_in([hands.from, hands.to]);
    let known = child_term::Entity::find().filter(both).all(&**tx).await?;
    let ours: BTreeSet<&str> = known
        .iter()
        .filter(|row| row.child_id == hands.to)
        .map(|row| row.term.as_str())
        .collect();
    let district = known
        .iter()
        .find(|row| row.child_id == hands.to)
        .map(|row| &row.district);
    let mut came = BTreeSet::new();
    let theirs = known
        .iter()
        .filter(|row| row.child_id == hands.from && !ours.contains(row.term.as_str()) && came.insert(&row.term))
        .map(|row| child_term::ActiveModel {
            district: Set(district.unwrap_or(&row.district).clone()),
            term: Set(row.term.clone()),
            child_id: Set(hands.to),
        });
    let theirs: Vec<_> = theirs.collect();
    child_term::Entity::delete_many()
        .filter(child_term::COLUMN.child_id.eq(hands.from))
        .exec(&**tx)
        .await?;
    if !theirs.is_empty() {
        child_term::Entity::insert_many(theirs)
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(())
}
