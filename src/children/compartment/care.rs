//! Working ties of organisations.

use chrono::{DateTime, Utc};
use entities::child::care;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait, IntoActiveModel as _, QueryFilter as _,
};

use crate::platform::{Result, Tx, compartment::Handover};

/// Whoever may open the one file may open the other; the ties to the file that goes stay, so that it forwards.
pub(super) async fn hand_over_in(tx: &Tx, hands: Handover) -> Result<()> {
    let theirs = care::Entity::find()
        .filter(care::COLUMN.child_id.eq(hands.from))
        .all(&**tx)
        .await?;
    for tie in theirs {
        let known = care::Entity::find_by_id((tie.organisation_id, hands.to))
            .one(&**tx)
            .await?;
        if let Some(known) = known {
            let ended = ended(known.ended_at, tie.ended_at);
            if ended != known.ended_at {
                let mut row = known.into_active_model();
                row.ended_at = Set(ended);
                row.update(&**tx).await?;
            }
        } else {
            let mut row = tie.into_active_model().reset_all();
            row.child_id = Set(hands.to);
            care::Entity::insert(row).exec_without_returning(&**tx).await?;
        }
    }
    Ok(())
}

/// A tie that lasts wins over one that has ended.
fn ended(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    one.zip(other).map(|(one, other)| one.max(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_that_lasts_wins() {
        let (early, late) = (DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC);
        assert_eq!(ended(Some(early), None), None);
        assert_eq!(ended(Some(early), Some(late)), Some(late));
    }
}
