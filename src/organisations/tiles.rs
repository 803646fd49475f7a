//! What the system administrator sees of organisations on the home page.

use entities::organisation::organisation;
use sea_orm::{EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    access::{Can, places},
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
    let open = organisation::Entity::find()
        .filter(organisation::COLUMN.closed_on.is_null())
        .filter(places::administered(by))
        .count(&*app.db)
        .await?;
    Ok(vec![Tile::new(
        "/organisations",
        "work.tile.organisations",
        open,
        "info",
        "organisation",
    )])
}
