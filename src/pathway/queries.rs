//! Where a child stands.

use entities::{ChildId, screening::pathway};
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::platform::Result;

/// Its place in the chain; none for a file that was merged away.
pub async fn place_of(db: &impl ConnectionTrait, id: ChildId) -> Result<Option<pathway::Model>> {
    Ok(pathway::Entity::find_by_id(id).one(db).await?)
}
