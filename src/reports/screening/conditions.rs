//! What several milestones ask of a row.

use chrono::NaiveDate;
use entities::{
    child::{child, departure, residence},
    screening::{diagnosis, referral, referral_step},
    words::{DepartureReason, ReferralKind, ReferralState, ScreenOutcome},
};
use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait, LikeExpr, Query},
};

use super::{ages::Ages, sql::has};
use crate::{
    platform::states::Machine as _,
    referral::states::{Referrals, Use, of},
};

/// Referrals to the centre that did not come to anything.
pub(super) fn not_filed() -> Vec<ReferralState> {
    Referrals::those(|state| matches!(of(state).use_, Use::Unsent | Use::Refused | Use::Void))
}

/// Referrals to the centre that it took on.
pub(super) fn taken() -> Vec<ReferralState> {
    Referrals::those(|state| of(state).use_ == Use::Taken)
}

/// Referrals that never came to their receiver, or were taken back: as good as never sent.
pub(super) fn unsent() -> Vec<&'static str> {
    let unsent = Referrals::those(|state| of(state).use_ == Use::Unsent);
    unsent.into_iter().map(ReferralState::as_str).collect()
}

/// Outcomes of a screen that was done here.
pub(super) fn done() -> [&'static str; 2] {
    [ScreenOutcome::Normal.as_str(), ScreenOutcome::Abnormal.as_str()]
}

/// The residence holds on a day.
pub(super) fn lives_there(day: Expr) -> Condition {
    Condition::all()
        .add(residence::Column::FromOn.into_expr().lte(day.clone()))
        .add(
            Condition::any()
                .add(residence::Column::UntilOn.is_null())
                .add(residence::Column::UntilOn.into_expr().gt(day)),
        )
}

/// Born, and not yet seven.
pub(super) fn not_yet_seven(ages: &Ages, on: NaiveDate) -> Condition {
    Condition::all()
        .add(child::Column::BirthOn.lte(on))
        .add(child::Column::BirthOn.gt(ages.too_old_when_born_by(on)))
}

/// Has not moved away, emigrated or died by a day. A family that refuses still lives here.
pub(super) fn still_here(day: Expr) -> Condition {
    let left = has("left", departure::Entity, departure::Column::ChildId, |left| {
        Condition::all()
            .add(left(departure::Column::UndoneAt).is_null())
            .add(left(departure::Column::Reason).ne(DepartureReason::Refused.as_str()))
            .add(left(departure::Column::LeftOn).lte(day))
    });
    Condition::any()
        .add(child::Column::DepartureId.is_null())
        .add(left.not())
}

/// The codes of a diagnosis as text: `["F84.0"]`.
pub(super) fn codes_text() -> Expr {
    diagnosis::Column::Codes.into_expr().cast_as("text")
}

/// A diagnosis names a code that begins so.
pub(super) fn names_code(begins: &[&str]) -> Expr {
    let named = |begin: &&str| codes_text().like(LikeExpr::new(format!("%\"{begin}%")));
    begins
        .iter()
        .map(named)
        .reduce(ExprTrait::or)
        .unwrap_or_else(|| Expr::cust("1 = 0"))
}

/// The child has a referral to the centre in one of the states, or in none of them.
pub(super) fn intake(states: &[ReferralState], not: bool) -> Expr {
    let states: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    has("intake", referral::Entity, referral::Column::ChildId, |intake| {
        let state = intake(referral::Column::State);
        Condition::all()
            .add(intake(referral::Column::Kind).eq(ReferralKind::Intake.as_str()))
            .add(if not {
                state.is_not_in(states)
            } else {
                state.is_in(states)
            })
    })
}

/// The referral was sent at some time.
pub(super) fn was_sent() -> Expr {
    let step = |column: referral_step::Column| Expr::col(("step", column));
    Expr::exists(
        Query::select()
            .expr(Expr::cust("1"))
            .from_as(referral_step::Entity, "step")
            .and_where(step(referral_step::Column::ReferralId).equals((referral::Entity, referral::Column::Id)))
            .and_where(step(referral_step::Column::ToState).eq(ReferralState::Sent.as_str()))
            .to_owned(),
    )
}
