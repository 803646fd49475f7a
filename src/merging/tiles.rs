//! What whoever decides about pairs of files sees on the home page.

use crate::{
    access::Can,
    children::{claims, duplicates},
    platform::{Actor, App, Result},
    web::home::{Group, Tile, Tiles},
};

/// Pairs that wait, for whoever takes part.
pub(super) const MINE: Tiles = of(Group::MINE);
/// Pairs that wait, for whoever looks on.
pub(super) const STUCK: Tiles = of(Group::STUCK);

const fn of(group: Group) -> Tiles {
    Tiles {
        group,
        order: 90,
        can: Can::Merge,
        count: |app, by| Box::pin(count(app, by)),
    }
}

async fn count(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let claims = claims::queries::count_waiting(&*app.db, by).await?;
    let pairs = duplicates::count_waiting(&*app.db, by).await? + claims;
    Ok(vec![Tile::new(
        "/duplicates",
        "work.tile.duplicates",
        pairs,
        "warning",
        "duplicate",
    )])
}
