//! Whether a place is one that children can live in.

use entities::organisation::division;
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter};

use crate::platform::{Error, Result};

/// A place that the office knows and that is still in use.
pub async fn must_exist(db: &impl ConnectionTrait, code: &str) -> Result<()> {
    let found = division::Entity::find_by_id(code.to_owned())
        .filter(division::COLUMN.closed_on.is_null())
        .one(db)
        .await?;
    found
        .map(|_| ())
        .ok_or_else(|| Error::field("division", "child.unknown_division"))
}
