//! What a screening site sees on the home page: checks whose day has come.

use entities::{
    OrganisationId,
    task::task,
    words::{OrganisationKind, What},
};
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    access::Can,
    platform::{Actor, App, Result},
    task::queries as tasks,
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
    Ok(vec![Tile::new(
        "/checks",
        "work.tile.checks",
        due_checks(&*app.db, by).await?,
        "info",
        "screening",
    )])
}

/// Checks whose window is open and whose day has come, which the site has to do.
async fn due_checks(db: &impl ConnectionTrait, by: &Actor) -> Result<u64> {
    let place = by.workplace.as_ref().map_or(OrganisationId(0), |place| place.id);
    Ok(task::Entity::find()
        .filter(tasks::open_at(place))
        .filter(tasks::is_one_of(&[What::Screen]))
        .filter(task::COLUMN.due_on.lte(by.today()))
        .count(db)
        .await?)
}
