//! What a bureau sees on the home page: the newest quarter that is published for its division, in the numbers that are told.

use entities::{report::published_report, words::Role};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder};

use crate::{
    access::{Can, scope},
    platform::{Actor, App, Result},
    web::home::{Group, Tile, Tiles},
};

/// The numbers.
pub(super) const TILES: Tiles = Tiles {
    group: Group {
        order: 30,
        key: "work.group.published",
        shown: |by| by.is(Role::Observer),
    },
    order: 10,
    can: Can::Work,
    count: |app, by| Box::pin(count(app, by)),
};

async fn count(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let db = &*app.db;
    let area = by.coverage().get(..9).unwrap_or(by.coverage());
    let district = area.get(..6).unwrap_or(area);
    let told = published_report::Entity::find()
        .filter(scope::within(published_report::COLUMN.district.0, district))
        .order_by_desc(published_report::COLUMN.period);
    let newest = told.clone().one(db).await?.map(|row| row.period);
    let mut tiles = Vec::new();
    if let Some(period) = newest {
        let rows = told.filter(published_report::COLUMN.period.eq(&period)).all(db).await?;
        let sum = |indicator: &str| {
            let by_street = rows
                .iter()
                .filter_map(|row| row.content.pointer(&format!("/street/{indicator}")));
            let streets = by_street.filter_map(|streets| streets.as_object()).flatten();
            let here = streets.filter(|(street, _)| street.starts_with(area));
            here.filter_map(|(_, number)| number.as_u64()).sum::<u64>()
        };
        let report = format!("/reports/screening?month={period}");
        for (indicator, key, icon) in [
            ("screened", "work.tile.screened", "screening"),
            ("rescreened", "work.tile.rescreened", "rescreen"),
            ("diagnosed", "work.tile.diagnosed", "diagnosis"),
        ] {
            tiles.push(Tile::new(report.clone(), key, sum(indicator), "info", icon));
        }
    }
    Ok(tiles)
}
