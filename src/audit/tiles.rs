//! What the audit administrator sees on the home page: what happened, and whether the days are sealed.

use entities::{event::event_seal, words::Role};
use sea_orm::{EntityTrait, PaginatorTrait};

use super::list::Events;
use crate::{
    access::Can,
    platform::{Actor, App, Result},
    web::home::{Group, Tile, Tiles},
};

/// The numbers.
pub(super) const TILES: Tiles = Tiles {
    group: Group {
        order: 60,
        key: "work.group.audit",
        shown: |by| by.is(Role::AuditAdmin),
    },
    order: 10,
    can: Can::Work,
    count: |app, by| Box::pin(count(app, by)),
};

async fn count(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let today = by.today();
    let mut tiles = Vec::new();
    for (query, key, look) in [
        (
            format!("from={today}&until={today}"),
            "work.tile.events",
            ("info", "audit"),
        ),
        ("refused=true".to_owned(), "work.tile.refused", ("warning", "danger")),
        ("group=exports".to_owned(), "work.tile.exports", ("info", "export")),
    ] {
        tiles.push(Tile::of::<Events>(app, by, &query, key, look).await?);
    }
    let seals = event_seal::Entity::find().count(&*app.db).await?;
    tiles.push(Tile::new("/events/seals", "work.tile.seals", seals, "success", "seal"));
    Ok(tiles)
}
