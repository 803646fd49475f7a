//! Where a child or a referral stands in the chain.

use entities::{
    ChildId, ReferralId,
    screening::{pathway, referral},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::super::queries;
use crate::platform::{Actor, Result};

/// The referral that continues another one, if the reader may open it.
pub async fn continued_by(db: &impl ConnectionTrait, by: &Actor, id: ReferralId) -> Result<Option<ReferralId>> {
    let next = referral::Entity::find()
        .filter(queries::yours(by))
        .filter(referral::COLUMN.continues_id.eq(id))
        .order_by_desc(referral::COLUMN.id)
        .one(db)
        .await?;
    Ok(next.map(|row| row.id))
}

/// Where a child stands.
pub async fn pathway_of(db: &impl ConnectionTrait, id: ChildId) -> Result<Option<pathway::Model>> {
    Ok(pathway::Entity::find_by_id(id).one(db).await?)
}
