//! What a screening site sees on the home page: checks whose day has come.

use entities::words::OrganisationKind;

use super::check::list::Checks;
use crate::{
    access::Can,
    platform::{Actor, App, Result},
    web::home::{Group, Tile, Tiles},
};

/// The number.
pub(super) const TILES: Tiles = Tiles {
    group: Group::MINE,
    order: 10,
    can: Can::Screen,
    count: |app, by| Box::pin(count(app, by)),
};

async fn count(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let kind = by.workplace.as_ref().map(|place| place.kind);
    if kind != Some(OrganisationKind::ScreeningSite) {
        return Ok(Vec::new());
    }
    let look = ("info", "screening");
    Ok(vec![
        Tile::of::<Checks>(app, by, "state=due", "work.tile.checks", look).await?,
    ])
}
