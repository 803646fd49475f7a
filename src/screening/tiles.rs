//! What a screening site sees on the home page: checks whose day has come.

use entities::{
    screening::planned_check,
    words::{CheckState, OrganisationKind},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    access::{Can, scope},
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
    Ok(vec![Tile::new(
        "/checks",
        "work.tile.checks",
        due_checks(&*app.db, by).await?,
        "info",
        "screening",
    )])
}

/// Checks whose window is open and whose day has come, where the site works.
async fn due_checks(db: &impl ConnectionTrait, by: &Actor) -> Result<u64> {
    let column = planned_check::COLUMN;
    let area = scope::in_area(column.district.0, column.street.0, by.coverage());
    Ok(planned_check::Entity::find()
        .filter(area)
        .filter(column.state.eq(CheckState::Pending))
        .filter(column.due_on.lte(by.today()))
        .filter(column.closes_on.gte(by.today()))
        .count(db)
        .await?)
}
