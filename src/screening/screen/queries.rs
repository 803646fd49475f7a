//! Reads for the screen pages.

use std::collections::HashMap;

use entities::{
    ChildId, OrganisationId, ReferralId, ScreenId,
    organisation::organisation,
    screening::{planned_check, referral, screen},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    platform::{Actor, Result},
    referral::queries::yours,
};

/// A screen with what a list shows beside it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The record.
    pub screen: screen::Model,
    /// Where it was done.
    pub organisation: String,
    /// Who did it.
    pub screener: String,
    /// The referral that rests on it.
    pub referral: Option<referral::Model>,
    /// The reader takes part in it: other organisations' referrals are told of, not opened.
    pub opens: bool,
}

/// The screens of a child, newest first, withdrawn ones included.
pub async fn of_child(db: &impl ConnectionTrait, by: &Actor, child: ChildId) -> Result<Vec<Entry>> {
    let screens = screen::Entity::find()
        .filter(screen::COLUMN.child_id.eq(child))
        .order_by_desc(screen::COLUMN.performed_on)
        .order_by_desc(screen::COLUMN.id)
        .all(db)
        .await?;
    with_names(db, by, screens).await
}

/// Names and referrals beside screens.
pub async fn with_names(db: &impl ConnectionTrait, by: &Actor, screens: Vec<screen::Model>) -> Result<Vec<Entry>> {
    let ids: Vec<ScreenId> = screens.iter().map(|s| s.id).collect();
    let referrals = referral::Entity::find()
        .filter(referral::COLUMN.screen_id.is_in(ids))
        .order_by_asc(referral::COLUMN.id)
        .all(db)
        .await?;
    let opened: Vec<ReferralId> = referral::Entity::find()
        .select_only()
        .column(referral::Column::Id)
        .filter(referral::COLUMN.id.is_in(referrals.iter().map(|row| row.id)))
        .filter(yours(by))
        .into_tuple()
        .all(db)
        .await?;
    let places: Vec<OrganisationId> = screens.iter().map(|s| s.organisation_id).collect();
    let places: HashMap<OrganisationId, String> = organisation::Entity::find()
        .filter(organisation::COLUMN.id.is_in(places))
        .all(db)
        .await?
        .into_iter()
        .map(|o| (o.id, o.name))
        .collect();
    let people = crate::account::queries::names(db, screens.iter().map(|s| s.screener_id)).await?;
    Ok(screens
        .into_iter()
        .map(|screen| (referrals.iter().rfind(|r| r.screen_id == Some(screen.id)), screen))
        .map(|(referral, screen)| Entry {
            organisation: places.get(&screen.organisation_id).cloned().unwrap_or_default(),
            screener: people.get(&screen.screener_id).cloned().unwrap_or_default(),
            opens: referral.is_some_and(|row| opened.contains(&row.id)),
            referral: referral.cloned(),
            screen,
        })
        .collect())
}

/// The checks of a child that are still to be done, were missed or lie before the opening day, youngest age first.
pub async fn open_checks(db: &impl ConnectionTrait, child: ChildId) -> Result<Vec<planned_check::Model>> {
    Ok(super::service::planned_checks(db, child)
        .await?
        .into_iter()
        .filter(|check| {
            matches!(
                check.state,
                entities::words::CheckState::Pending | entities::words::CheckState::BeforeOpening
            )
        })
        .collect())
}
