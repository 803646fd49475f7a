//! One move of a referral as rows: its state, and the step that says who, when, from where and why.

use entities::{
    ReferralId,
    screening::{referral, referral_step},
    words::ReferralState,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};

use super::states::{Referrals, is_open};
use crate::platform::{Actor, Result, Tx, states::Machine as _};

/// Leave the trace of one move of a referral.
pub async fn step_in(
    tx: &Tx,
    by: &Actor,
    referral: ReferralId,
    from: Option<ReferralState>,
    to: ReferralState,
    note: Option<String>,
) -> Result<()> {
    let row = referral_step::ActiveModel {
        id: sea_orm::ActiveValue::NotSet,
        referral_id: Set(referral),
        from_state: Set(from),
        to_state: Set(to),
        at: Set(by.now),
        by: Set(by.account),
        organisation_id: Set(by.workplace.as_ref().map(|w| w.id)),
        note: Set(note),
    };
    referral_step::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Move a referral, when the table allows it, and leave the trace: state, closing time, version, step. `change` sets what
/// else changes with it. The caller records its event.
///
/// # Errors
/// Refused (`referral.not_now`) when the referral is in a state that does not allow it: somebody was quicker.
pub async fn move_in(
    tx: &Tx,
    by: &Actor,
    referral: &referral::Model,
    to: ReferralState,
    note: Option<String>,
    change: referral::ActiveModel,
) -> Result<referral::Model> {
    Referrals::must(referral.state, to, "referral.not_now")?;
    let closes = !is_open(to);
    let row = referral::ActiveModel {
        id: Set(referral.id),
        state: Set(to),
        closed_at: Set(closes.then_some(by.now)),
        version: Set(referral.version + 1),
        ..change
    };
    let moved = row.update(&**tx).await?;
    step_in(tx, by, referral.id, Some(referral.state), to, note).await?;
    Ok(moved)
}
