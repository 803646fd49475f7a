//! Reads of signatures: those of a row, and whether they are what was given.

use entities::{SignatureId, agreement::signature};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::service::coded;
use crate::platform::{Keys, Result};

/// Those that were given for a row.
pub async fn of_row(db: &impl ConnectionTrait, kind: &str, id: i64) -> Result<Vec<signature::Model>> {
    of_rows(db, kind, [id]).await
}

/// Those that were given for some rows, the oldest first.
pub async fn of_rows(
    db: &impl ConnectionTrait,
    kind: &str,
    ids: impl IntoIterator<Item = i64>,
) -> Result<Vec<signature::Model>> {
    Ok(signature::Entity::find()
        .filter(signature::COLUMN.subject_kind.eq(kind))
        .filter(signature::COLUMN.subject_id.is_in(ids))
        .order_by_asc(signature::COLUMN.id)
        .all(db)
        .await?)
}

/// One by its number.
pub fn find(all: &[signature::Model], id: Option<SignatureId>) -> Option<&signature::Model> {
    all.iter().find(|one| Some(one.id) == id)
}

/// It says what it said when it was given.
pub fn holds(keys: &Keys, row: &signature::Model) -> Result<bool> {
    coded(row).holds(keys)
}
