//! Working ties: why an organisation may open a child's file although the child does not live where it works.

use entities::{ChildId, OrganisationId, child::care};
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};

use crate::platform::{Actor, Result, Tx};

/// Tie an organisation to a child from now on: it was referred the child, or examined it. A tie that had ended begins
/// again; one that lasts stays as it is.
pub async fn tie_in(tx: &Tx, by: &Actor, organisation: OrganisationId, child: ChildId) -> Result<()> {
    let row = care::ActiveModel {
        organisation_id: Set(organisation),
        child_id: Set(child),
        since: Set(by.now),
        ended_at: Set(None),
    };
    care::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([care::Column::OrganisationId, care::Column::ChildId])
                .update_column(care::Column::EndedAt)
                .to_owned(),
        )
        .exec_without_returning(&**tx)
        .await?;
    Ok(())
}
