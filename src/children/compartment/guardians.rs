//! Ties to guardians.

use entities::child::guardianship;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait, IntoActiveModel as _};

use crate::{
    children::queries,
    platform::{Result, Tx, compartment::Handover},
};

/// A guardian who answers for both files does so once; whoever was asked first stays so.
pub(super) async fn hand_over_in(tx: &Tx, hands: Handover) -> Result<()> {
    let ours = queries::guardians(&**tx, hands.to).await?;
    let has_first = ours.iter().any(|(tie, _)| tie.is_first && tie.ended_on.is_none());
    for (tie, person) in queries::guardians(&**tx, hands.from).await? {
        let known = ours.iter().any(|(own, other)| {
            let same = other.id == person.id
                || (other.name == person.name
                    && other.phone_index.is_some()
                    && other.phone_index == person.phone_index);
            same && (own.ended_on.is_none() || tie.ended_on.is_some())
        });
        if known {
            guardianship::Entity::delete_by_id(tie.id).exec(&**tx).await?;
            continue;
        }
        let first = tie.is_first && !has_first;
        let mut row = tie.into_active_model();
        row.child_id = Set(hands.to);
        row.is_first = Set(first);
        row.update(&**tx).await?;
    }
    Ok(())
}
