//! The chain on the home page of whoever looks on: what is stuck, and how many stand where.

use askama::Template;
use entities::words::Stage;

use super::pipeline::{self, Place};
use crate::{
    access::Can,
    platform::{Actor, App, Calendar, Result},
    web::{
        Ctx, List,
        ctx::Part,
        filters,
        home::{Group, Panel, Tile, Tiles, looks_on},
    },
};

/// Rows shown.
const SHOWN: u64 = 8;

/// Children whose day is over.
pub(super) const OVERDUE: Tiles = Tiles {
    group: Group::STUCK,
    order: 10,
    can: Can::ViewChildren,
    count: |app, by| Box::pin(overdue(app, by)),
};

/// How many stand where.
pub(super) const STAGES: Tiles = Tiles {
    group: Group {
        order: 20,
        key: "work.group.stages",
        shown: looks_on,
    },
    order: 10,
    can: Can::ViewChildren,
    count: |app, by| Box::pin(stages(app, by)),
};

/// Children that are stuck.
pub(super) const PANEL: Panel = Panel {
    order: 30,
    shown: looks_on,
    draw: |app, ctx| Box::pin(draw(app, ctx)),
};

#[derive(Template)]
#[template(path = "pathway/stuck.html")]
struct Stuck {
    stuck: Vec<Place>,
}

async fn draw(app: &App, ctx: &Ctx) -> Result<Part> {
    let calendar = Calendar::known(&app.db).await?;
    let list = List {
        filters: [("overdue".to_owned(), "true".to_owned())].into(),
        ..List::default()
    };
    let stuck = pipeline::first(app, ctx, &calendar, &list, SHOWN).await?;
    ctx.part(&Stuck { stuck })
}

async fn overdue(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    Ok(vec![Tile::new(
        "/pipeline?overdue=true",
        "work.tile.children_overdue",
        pipeline::overdue(&*app.db, by).await?,
        "danger",
        "overdue",
    )])
}

async fn stages(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let db = &*app.db;
    let counts = pipeline::counts(db, by).await?;
    let tiles = Stage::ALL
        .iter()
        .filter(|stage| **stage != Stage::Left)
        .map(|stage| {
            let children = counts.iter().find(|c| c.stage == *stage).map_or(0, |c| c.children);
            Tile {
                href: format!("/pipeline?stage={}", stage.as_str()),
                key: stage.word(),
                number: u64::try_from(children).unwrap_or_default(),
                more: false,
                kind: if *stage == Stage::Lost && children > 0 {
                    "warning"
                } else {
                    "neutral"
                },
                icon: "child",
            }
        })
        .collect();
    Ok(tiles)
}
