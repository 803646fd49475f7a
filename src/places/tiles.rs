//! What places show on the home page: offers that wait for their answer.

use super::offer::Offers;
use crate::{
    access::Can,
    platform::{Actor, App, Result},
    web::home::{Group, Tile, Tiles},
};

/// Under the heading of enrolment, behind its applications, for those who work at a centre.
pub(super) const TILES: Tiles = Tiles {
    group: Group {
        order: 22,
        key: "work.group.places",
        shown: |by| Can::ViewPlaces.allows(&by.roles) && super::centre::is_centre(by),
    },
    order: 10,
    can: Can::ViewPlaces,
    count: |app, by| Box::pin(count(app, by)),
};

async fn count(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let open = Tile::of::<Offers>(app, by, "state=open", "work.tile.offers_open", ("info", "waiting"));
    Ok(vec![open.await?])
}
