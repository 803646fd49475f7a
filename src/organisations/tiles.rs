//! What the system administrator sees of organisations on the home page.

use super::list::Organisations;
use crate::{
    access::Can,
    platform::{Actor, App, Result},
    web::home::{Group, Tile, Tiles},
};

/// Organisations that work.
pub(super) const TILES: Tiles = Tiles {
    group: Group::SYSTEM,
    order: 10,
    can: Can::Work,
    count: |app, by| Box::pin(count(app, by)),
};

async fn count(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let look = ("info", "organisation");
    let open = Tile::of::<Organisations>(app, by, "state=open", "work.tile.organisations", look);
    Ok(vec![open.await?])
}
