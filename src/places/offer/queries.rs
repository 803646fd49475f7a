//! Reads of offers, through the actor's scope.

use entities::{ApplicationId, PlaceOfferId, enrolment::application, places::place_offer};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::{
    enrolment::application::queries::visible as of_applications,
    platform::{Actor, Error, Result},
};

/// The condition on `place_offer` rows: whoever may read the application.
pub fn visible(by: &Actor) -> Condition {
    let applications = application::Entity::find()
        .filter(of_applications(by))
        .select_only()
        .column(application::Column::Id)
        .into_query();
    Condition::all().add(place_offer::Column::ApplicationId.in_subquery(applications))
}

/// One of them, or not found.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: PlaceOfferId) -> Result<place_offer::Model> {
    place_offer::Entity::find_by_id(id)
        .filter(visible(by))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// Those of an application, the oldest first.
pub async fn of_application(db: &impl ConnectionTrait, id: ApplicationId) -> Result<Vec<place_offer::Model>> {
    Ok(place_offer::Entity::find()
        .filter(place_offer::COLUMN.application_id.eq(id))
        .order_by_asc(place_offer::COLUMN.id)
        .all(db)
        .await?)
}
