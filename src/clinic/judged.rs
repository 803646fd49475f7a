//! What a hospital found by another age is told when the age is corrected. A conclusion is a person's: nothing changes it but
//! that person's correction.

use entities::screening::{diagnosis, rescreen};
use sea_orm::{ColumnTrait as _, EntityTrait, QueryFilter as _, QueryOrder as _};

use crate::platform::{Result, Say, Tx, compartment::Corrected};

pub(super) async fn rescreens_in(tx: &Tx, corrected: Corrected<'_>) -> Result<Vec<Say>> {
    if !corrected.changes_age() {
        return Ok(Vec::new());
    }
    let rows = rescreen::Entity::find()
        .filter(rescreen::COLUMN.child_id.eq(corrected.new.id))
        .filter(rescreen::COLUMN.withdrawn_at.is_null())
        .order_by_asc(rescreen::COLUMN.id)
        .all(&**tx)
        .await?;
    let told = |row: rescreen::Model| Say::new("judged.rescreen").with("on", row.performed_on);
    Ok(rows.into_iter().map(told).collect())
}

pub(super) async fn diagnoses_in(tx: &Tx, corrected: Corrected<'_>) -> Result<Vec<Say>> {
    if !corrected.changes_age() {
        return Ok(Vec::new());
    }
    let rows = diagnosis::Entity::find()
        .filter(diagnosis::COLUMN.child_id.eq(corrected.new.id))
        .filter(diagnosis::COLUMN.withdrawn_at.is_null())
        .order_by_asc(diagnosis::COLUMN.id)
        .all(&**tx)
        .await?;
    let told = |row: diagnosis::Model| Say::new("judged.diagnosis").with("on", row.diagnosed_on);
    Ok(rows.into_iter().map(told).collect())
}
