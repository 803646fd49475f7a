//! Reads of applications that wait.

use entities::{
    ChildId, OrganisationId,
    enrolment::{application, enrolment_decision},
    words::{ApplicationState, EnrolmentMode, ReviewOutcome},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::platform::Result;

/// The applications that wait for a place of a mode at a centre, by number.
pub async fn of_list(
    db: &impl ConnectionTrait,
    centre: OrganisationId,
    mode: EnrolmentMode,
) -> Result<Vec<application::Model>> {
    let all = of_centre(db, centre).await?;
    Ok(all.into_iter().filter(|row| row.mode == mode).collect())
}

/// The applications that wait for a place at a centre, by number.
pub async fn of_centre(db: &impl ConnectionTrait, centre: OrganisationId) -> Result<Vec<application::Model>> {
    let column = application::COLUMN;
    Ok(application::Entity::find()
        .filter(column.centre_id.eq(centre))
        .filter(column.state.eq(ApplicationState::Waiting))
        .order_by_asc(column.id)
        .all(db)
        .await?)
}

/// Decisions by which some children were referred on, to a school or elsewhere.
pub async fn referred_on(db: &impl ConnectionTrait, children: &[ChildId]) -> Result<Vec<enrolment_decision::Model>> {
    let column = enrolment_decision::COLUMN;
    Ok(enrolment_decision::Entity::find()
        .filter(column.child_id.is_in(children.iter().copied()))
        .filter(column.outcome.eq(ReviewOutcome::ReferredOn))
        .filter(column.revoked_on.is_null())
        .order_by_asc(column.id)
        .all(db)
        .await?)
}
