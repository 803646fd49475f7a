//! Attempts to reach a family because of a referral.

use entities::{ReferralId, screening::referral, words::ReferralState};
use sea_orm::EntityTrait;

use super::{is_open, queries, rules};
use crate::{
    access::Can,
    platform::{Actor, App, Error, Result},
    task::{Attempt, record_contact_in},
};

/// Where an attempt because of a referral is written down.
pub fn page(id: ReferralId) -> String {
    format!("/referrals/{id}/contacts")
}

/// Either side documents attempts while it is open or lost.
pub fn may_record(by: &Actor, row: &referral::Model) -> bool {
    let goes_on = is_open(row.state) || row.state == ReferralState::Lost;
    goes_on && rules::side(row, by) != rules::Side::Onlooker && Can::Refer.allows(&by.roles)
}

/// Document an attempt because of a referral, by either side, while it is open or lost.
pub async fn record_for_referral(app: &App, by: &Actor, id: ReferralId, attempt: Attempt) -> Result<()> {
    let seen = queries::find(&*app.db, by, id).await?;
    if rules::side(&seen, by) == rules::Side::Onlooker {
        return Err(Error::Forbidden);
    }
    let tx = app.db.write(by, &seen.district).await?;
    let row = referral::Entity::find_by_id(id)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    if !is_open(row.state) && row.state != ReferralState::Lost {
        return Err(Error::refused("contact.ended"));
    }
    record_contact_in(&tx, by, row.child_id, (Some(id), None), attempt).await?;
    tx.commit().await
}
