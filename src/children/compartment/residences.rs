//! Where a child lived, and when.

use chrono::NaiveDate;
use entities::{ChildId, ResidenceId, child::residence, words::DepartureReason};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, prelude::Expr,
};

use crate::{
    children::carrying,
    platform::{
        Actor, Result, Say, Tx,
        compartment::{Effect, Handover, Leaving},
    },
};

/// What becomes of a residence that lasts when another one lasts, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ceasing {
    /// It ends on the day of the merge.
    OnTheDay,
    /// It never was: it began on that day or later, or is the same place.
    Never,
}

/// The residence that does not stand.
fn ceasing(same_place: bool, from_on: NaiveDate, today: NaiveDate) -> Ceasing {
    if same_place || from_on >= today {
        Ceasing::Never
    } else {
        Ceasing::OnTheDay
    }
}

/// Of two places where the child lives now one stands; all that were stay.
pub(super) async fn hand_over_in(tx: &Tx, by: &Actor, hands: Handover) -> Result<()> {
    let lasting = async |child: ChildId| {
        residence::Entity::find()
            .filter(residence::COLUMN.child_id.eq(child))
            .filter(residence::COLUMN.until_on.is_null())
            .order_by_desc(residence::COLUMN.id)
            .one(&**tx)
            .await
    };
    if let Some((ours, theirs)) = lasting(hands.to).await?.zip(lasting(hands.from).await?) {
        let (stands, goes) = if hands.takes_home {
            (theirs, ours)
        } else {
            (ours, theirs)
        };
        let (same, today) = (stands.division == goes.division, by.today());
        match ceasing(same, goes.from_on, today) {
            Ceasing::Never => {
                if same && goes.from_on < stands.from_on {
                    let mut row = stands.into_active_model();
                    row.from_on = Set(goes.from_on);
                    row.update(&**tx).await?;
                }
                residence::Entity::delete_by_id(goes.id).exec(&**tx).await?;
            }
            Ceasing::OnTheDay => {
                let mut row = goes.into_active_model();
                row.until_on = Set(Some(today));
                row.update(&**tx).await?;
            }
        }
    }
    residence::Entity::update_many()
        .col_expr(residence::Column::ChildId, Expr::value(hands.to))
        .filter(residence::COLUMN.child_id.eq(hands.from))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// The child lives here until the day on which it leaves; whoever refuses stays.
pub(super) async fn end_in(tx: &Tx, leaving: &Leaving) -> Result<()> {
    if leaving.reason == DepartureReason::Refused {
        return Ok(());
    }
    residence::Entity::update_many()
        .col_expr(residence::Column::UntilOn, Expr::value(leaving.on))
        .filter(residence::COLUMN.child_id.eq(leaving.child))
        .filter(residence::COLUMN.until_on.is_null())
        .filter(residence::COLUMN.from_on.lte(leaving.on))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// The child lives again where its file stands by now.
pub(super) async fn returned_in(tx: &Tx, by: &Actor, effect: &Effect) -> Result<()> {
    let home = match effect.id() {
        Some(id) => residence::Entity::find_by_id(ResidenceId(id)).one(&**tx).await?,
        None => None,
    };
    match home {
        Some(home) => carrying::catch_up_in(tx, by, home.child_id).await,
        None => Ok(()),
    }
}

pub(super) fn ended(_: &Effect) -> Say {
    Say::new("departure.effect.residence")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_place_lasts() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-02");
        assert_eq!(ceasing(false, day("2025-01-01"), today), Ceasing::OnTheDay);
        assert_eq!(ceasing(false, today, today), Ceasing::Never);
        assert_eq!(ceasing(true, day("2025-01-01"), today), Ceasing::Never);
    }
}
