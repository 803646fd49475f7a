//! Reads for re-screens.

use chrono::NaiveDate;
use entities::{
    OrganisationId, RescreenId,
    child::child,
    organisation::organisation,
    screening::{assessment, diagnosis, referral, rescreen, screen},
    words::{AssessmentState, ReferralKind},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{platform::Result, referral::receivers};

/// The re-screen that completed a referral.
pub async fn of_referral(db: &impl ConnectionTrait, row: &referral::Model) -> Result<Option<rescreen::Model>> {
    Ok(rescreen::Entity::find()
        .filter(rescreen::COLUMN.referral_id.eq(row.id))
        .filter(rescreen::COLUMN.withdrawn_at.is_null())
        .order_by_desc(rescreen::COLUMN.id)
        .one(db)
        .await?)
}

/// Finished instruments that an organisation filled in for a child and that belong to no finding yet.
pub async fn unattached(
    db: &impl ConnectionTrait,
    row: &referral::Model,
    place: OrganisationId,
) -> Result<Vec<assessment::Model>> {
    Ok(assessment::Entity::find()
        .filter(assessment::COLUMN.child_id.eq(row.child_id))
        .filter(assessment::COLUMN.organisation_id.eq(place))
        .filter(assessment::COLUMN.state.eq(AssessmentState::Final))
        .filter(assessment::COLUMN.rescreen_id.is_null())
        .filter(assessment::COLUMN.diagnosis_id.is_null())
        .order_by_desc(assessment::COLUMN.performed_on)
        .order_by_desc(assessment::COLUMN.id)
        .all(db)
        .await?)
}

/// Instruments for a referral that are still being filled in.
pub async fn unfinished(db: &impl ConnectionTrait, row: &referral::Model) -> Result<Vec<assessment::Model>> {
    Ok(assessment::Entity::find()
        .filter(assessment::COLUMN.referral_id.eq(row.id))
        .filter(assessment::COLUMN.state.eq(AssessmentState::Draft))
        .order_by_asc(assessment::COLUMN.id)
        .all(db)
        .await?)
}

/// Instruments that belong to a re-screen.
pub async fn attached(db: &impl ConnectionTrait, id: RescreenId) -> Result<Vec<assessment::Model>> {
    Ok(assessment::Entity::find()
        .filter(assessment::COLUMN.rescreen_id.eq(id))
        .order_by_asc(assessment::COLUMN.id)
        .all(db)
        .await?)
}

/// Hospitals that diagnose and cover where the child lives, the nearest first.
pub async fn diagnosing(db: &impl ConnectionTrait, file: &child::Model) -> Result<Vec<organisation::Model>> {
    receivers(db, ReferralKind::Diagnosis, &file.division).await
}

/// The first day on which what a referral asks for can have been done: not before the finding that it rests on.
pub async fn earliest(db: &impl ConnectionTrait, row: &referral::Model, file: &child::Model) -> Result<NaiveDate> {
    if let Some(id) = row.rescreen_id {
        let cause = rescreen::Entity::find_by_id(id).one(db).await?;
        return Ok(cause.map_or(file.birth_on, |r| r.performed_on));
    }
    if let Some(id) = row.diagnosis_id {
        let cause = diagnosis::Entity::find_by_id(id).one(db).await?;
        return Ok(cause.map_or(file.birth_on, |d| d.diagnosed_on));
    }
    let cause = match row.screen_id {
        Some(id) => screen::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    Ok(cause.map_or(file.birth_on, |s| s.performed_on))
}
