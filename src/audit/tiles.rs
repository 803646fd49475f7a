//! What the audit administrator sees on the home page: what happened, and whether the days are sealed.

use chrono::TimeDelta;
use entities::{
    event::{event, event_seal},
    words::Role,
};
use sea_orm::{EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    access::Can,
    platform::{Actor, App, Result, clock},
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
    let db = &*app.db;
    let today = clock::start_of(by.today());
    let week = today - TimeDelta::days(7);
    let events = event::Entity::find().filter(event::COLUMN.at.gte(today));
    let refused = event::Entity::find()
        .filter(event::COLUMN.at.gte(week))
        .filter(event::COLUMN.refused.eq(true));
    let exports = event::Entity::find()
        .filter(event::COLUMN.at.gte(week))
        .filter(event::COLUMN.action.ends_with(".exported"));
    let seals = event_seal::Entity::find();
    Ok(vec![
        Tile::new("/events", "work.tile.events", events.count(db).await?, "info", "audit"),
        Tile::new(
            "/events",
            "work.tile.refused",
            refused.count(db).await?,
            "warning",
            "danger",
        ),
        Tile::new(
            "/events",
            "work.tile.exports",
            exports.count(db).await?,
            "info",
            "export",
        ),
        Tile::new("/events", "work.tile.seals", seals.count(db).await?, "success", "seal"),
    ])
}
