//! Planned checks.

use entities::{ChildId, screening::planned_check, words::CheckState};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, prelude::Expr,
};

use crate::{
    children::age_words,
    platform::{
        Result, Say, Tx,
        compartment::{Effect, Handover, Leaving},
    },
};

/// Still to be done, or over before the district opened: these are where the child lives.
pub(super) fn undone() -> Condition {
    let open = [CheckState::Pending, CheckState::BeforeOpening];
    Condition::all().add(planned_check::COLUMN.state.is_in(open))
}

/// Checks that only the file that goes plans change hands. Where both plan one, the survivor's row remains; it takes the
/// result over when only the other was done. The screens of the other follow it by its age.
pub(super) async fn hand_over_in(tx: &Tx, hands: Handover) -> Result<()> {
    let of = async |child: ChildId| {
        planned_check::Entity::find()
            .filter(planned_check::COLUMN.child_id.eq(child))
            .order_by_asc(planned_check::COLUMN.age_months)
            .all(&**tx)
            .await
    };
    let ours = of(hands.to).await?;
    for theirs in of(hands.from).await? {
        let Some(own) = ours.iter().find(|own| own.age_months == theirs.age_months) else {
            let mut row = theirs.into_active_model();
            row.child_id = Set(hands.to);
            row.update(&**tx).await?;
            continue;
        };
        if theirs_stands(own.state, theirs.state) {
            let mut row = own.clone().into_active_model();
            row.state = Set(theirs.state);
            row.screen_id = Set(theirs.screen_id);
            row.district = Set(theirs.district.clone());
            row.street = Set(theirs.street.clone());
            row.update(&**tx).await?;
        }
        let mut row = theirs.into_active_model();
        row.state = Set(CheckState::Cancelled);
        row.screen_id = Set(None);
        row.update(&**tx).await?;
    }
    Ok(())
}

/// Both files plan the same check: the one that was done stands, else the survivor's.
fn theirs_stands(ours: CheckState, theirs: CheckState) -> bool {
    theirs == CheckState::Done && ours != CheckState::Done
}

/// Checks whose window reaches beyond the day of leaving are not to be done any more; an earlier one was missed, and
/// stays missed.
pub(super) async fn end_in(tx: &Tx, leaving: &Leaving) -> Result<()> {
    planned_check::Entity::update_many()
        .col_expr(planned_check::Column::State, Expr::value(CheckState::Cancelled))
        .filter(planned_check::COLUMN.child_id.eq(leaving.child))
        .filter(planned_check::COLUMN.state.eq(CheckState::Pending))
        .filter(planned_check::COLUMN.closes_on.gte(leaving.on))
        .exec(&**tx)
        .await?;
    Ok(())
}

pub(super) fn ended(effect: &Effect) -> Say {
    let months = effect.was("age_months").and_then(serde_json::Value::as_i64);
    Say::new("departure.effect.planned_check").with_word("age", age_words(months.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_that_was_done_stands() {
        use CheckState::{Cancelled, Done, Pending};
        let mut table = Vec::new();
        for ours in [Pending, Done, Cancelled] {
            for theirs in [Pending, Done, Cancelled] {
                if theirs_stands(ours, theirs) {
                    table.push((ours, theirs));
                }
            }
        }
        assert_eq!(table, [(Pending, Done), (Cancelled, Done)]);
    }
}
