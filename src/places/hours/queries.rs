//! Reads of hours.

use entities::{OrganisationId, places::service_capacity};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::platform::Result;

/// The hours of a centre, service by service, the oldest first.
pub async fn of_centre(db: &impl ConnectionTrait, centre: OrganisationId) -> Result<Vec<service_capacity::Model>> {
    let column = service_capacity::COLUMN;
    Ok(service_capacity::Entity::find()
        .filter(column.organisation_id.eq(centre))
        .order_by_asc(column.service)
        .order_by_asc(column.valid_from)
        .all(db)
        .await?)
}
