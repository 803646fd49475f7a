//! Files that somebody said are two children: said when they were compared by what is corrected now.

use entities::{child::duplicate, words::DuplicateState};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait, PaginatorTrait as _, QueryFilter as _};

use crate::platform::{Result, Say, Tx, compartment::Corrected};

pub(super) async fn look_again_in(tx: &Tx, corrected: Corrected<'_>) -> Result<Vec<Say>> {
    if !corrected.changes_identity() {
        return Ok(Vec::new());
    }
    let either = Condition::any()
        .add(duplicate::COLUMN.first_id.eq(corrected.new.id))
        .add(duplicate::COLUMN.second_id.eq(corrected.new.id));
    let count = duplicate::Entity::find()
        .filter(either)
        .filter(duplicate::COLUMN.state.eq(DuplicateState::KeptBoth))
        .count(&**tx)
        .await?;
    Ok(if count == 0 {
        Vec::new()
    } else {
        vec![Say::new("judged.duplicates").with("count", count)]
    })
}
