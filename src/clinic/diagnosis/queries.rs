//! Reads for diagnoses.

use entities::{
    DiagnosisId,
    organisation::organisation,
    screening::{assessment, diagnosis, referral},
    words::OrganisationKind,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{organisations, platform::Result};

/// The diagnosis that completed a referral.
pub async fn of_referral(db: &impl ConnectionTrait, row: &referral::Model) -> Result<Option<diagnosis::Model>> {
    Ok(diagnosis::Entity::find()
        .filter(diagnosis::COLUMN.referral_id.eq(row.id))
        .filter(diagnosis::COLUMN.withdrawn_at.is_null())
        .order_by_desc(diagnosis::COLUMN.id)
        .one(db)
        .await?)
}

/// Instruments that belong to a diagnosis.
pub async fn attached(db: &impl ConnectionTrait, id: DiagnosisId) -> Result<Vec<assessment::Model>> {
    Ok(assessment::Entity::find()
        .filter(assessment::COLUMN.diagnosis_id.eq(id))
        .order_by_asc(assessment::COLUMN.id)
        .all(db)
        .await?)
}

/// The rehabilitation centre of the place where a child lives, the nearest first.
pub async fn centre(db: &impl ConnectionTrait, division: &str) -> Result<Option<organisation::Model>> {
    let places = organisations::queries::covering(db, OrganisationKind::RehabilitationCentre, division).await?;
    Ok(places.into_iter().next())
}
