//! What all writes of offers share: their pages, their events, who is told, and the lanes in which they are decided.

use entities::{
    PlaceOfferId,
    organisation::organisation,
    places::{care_group, place_offer},
    words::{OfferState, Role},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::{queries, states::States};
use crate::{
    notifications::{News, tell_guardians, tell_roles},
    places::{centre, group::service as groups, waiting::facts::last_day},
    platform::{Actor, App, Error, Result, Tx, Version, clock, event::Subject, states::Machine as _},
};

/// The letters in the number of an offer.
pub const CODE: &str = "LQ";

/// The page of an offer.
pub fn page(id: PlaceOfferId) -> String {
    format!("/place-offers/{id}")
}

/// An offer as the subject of an event.
pub(super) fn subject(row: &place_offer::Model) -> Subject {
    Subject::of_child("place_offer", row.id.0, row.child_id)
}

/// A transaction in the lanes of an application's district and of the centre's, where the places are.
pub(super) async fn lanes(app: &App, by: &Actor, district: &str) -> Result<Tx> {
    app.db.write_all(by, &[district, centre::lane(by)]).await
}

/// An offer of the actor's own centre, as whoever read a version of it.
pub(super) async fn own(app: &App, by: &Actor, id: PlaceOfferId, version: Version) -> Result<(Tx, place_offer::Model)> {
    let centre = centre::own(by)?;
    let seen = queries::find(&*app.db, by, id).await?;
    let tx = lanes(app, by, &seen.district).await?;
    let row = queries::find(&*tx, by, id).await?;
    if row.organisation_id != centre {
        return Err(Error::Forbidden);
    }
    version.is_still(row.version)?;
    Ok((tx, row))
}

/// The class of an offer.
pub(super) async fn group_of(tx: &Tx, row: &place_offer::Model) -> Result<care_group::Model> {
    let found = care_group::Entity::find_by_id(row.group_id).one(&**tx).await?;
    found.ok_or(Error::NotFound)
}

/// An offer goes on to another state.
///
/// # Errors
/// Refused when it ended already: somebody was quicker.
pub(in crate::places) async fn move_in(
    tx: &Tx,
    row: place_offer::Model,
    to: OfferState,
    and: impl FnOnce(&mut place_offer::ActiveModel),
) -> Result<place_offer::Model> {
    States::must(row.state, to, "offer.over")?;
    let next = row.version + 1;
    let mut moved = row.into_active_model();
    moved.state = Set(to);
    moved.version = Set(next);
    and(&mut moved);
    Ok(moved.update(&**tx).await?)
}

/// What a letter to the family says of an offer.
fn params(row: &place_offer::Model, group: &care_group::Model, place: &organisation::Model) -> Value {
    json!({
        "number": row.number,
        "care_group": group.name,
        "begins": row.valid_from,
        "until": last_day(row),
        "place": place.name,
        "phone": place.phone.clone().unwrap_or_default(),
    })
}

/// Write to the family about an offer.
pub(super) async fn tell_family(
    app: &App,
    tx: &Tx,
    by: &Actor,
    row: &place_offer::Model,
    template: &'static str,
) -> Result<usize> {
    let group = group_of(tx, row).await?;
    let place = centre::place(&**tx, row.organisation_id).await?;
    let cause = format!("place_offer/{}/{template}", row.id);
    tell_guardians(app, tx, by, row.child_id, template, params(row, &group, &place), &cause).await
}

/// Tell those who run the places of a centre, and those who talk with its families.
pub(super) async fn tell_centre(tx: &Tx, by: &Actor, row: &place_offer::Model, template: &'static str) -> Result<()> {
    let news = News {
        template,
        params: json!({ "number": row.number, "until": clock::shown(row.expires_at) }),
        link: page(row.id),
        child: Some(row.child_id),
        cause: format!("place_offer/{}/{}", row.id, row.version),
    };
    tell_roles(
        tx,
        by,
        row.organisation_id,
        &[Role::Supervisor, Role::IntakeWorker],
        &news,
    )
    .await?;
    Ok(())
}

/// Where the class of an offer is told.
pub fn group_page(row: &place_offer::Model) -> String {
    groups::page(row.group_id)
}
