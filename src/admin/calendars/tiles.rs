//! What the system administrator is told of calendars: on the home page, and in the first week of a district.

use chrono::Datelike;

use super::queries;
use crate::{
    access::Can,
    platform::{Actor, App, Calendar, Result, Say},
    web::home::{Group, SetUp, Standing, Tile, Tiles},
};

/// Years that are missing.
pub const TILES: Tiles = Tiles {
    group: Group::SYSTEM,
    order: 20,
    can: Can::Work,
    count: |app, by| Box::pin(count(app, by)),
};

/// Working days of this year, and from November the next.
pub const SET_UP: SetUp = SetUp {
    order: 40,
    name: "calendar",
    href: "/calendars",
    can: Can::Configure,
    stands: Some(|app, by| Box::pin(stand(app, by))),
};

async fn count(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let missing = queries::missing(&*Calendar::known(&app.db).await?, by.today());
    Ok(vec![Tile::new(
        "/calendars",
        "work.tile.calendars_missing",
        u64::try_from(missing.len()).unwrap_or_default(),
        "danger",
        "calendar",
    )])
}

async fn stand(app: &App, by: &Actor) -> Result<Standing> {
    let (db, today) = (&*app.db, by.today());
    let next = (today.month() >= 11).then(|| today.year() + 1);
    let wanted: Vec<i32> = std::iter::once(today.year()).chain(next).collect();
    let mut missing = false;
    let mut told = Vec::with_capacity(wanted.len());
    for year in wanted {
        let whole = Calendar::has_whole_year(db, year).await?;
        missing |= !whole;
        let key = if whole {
            "first_week.calendar.there"
        } else {
            "first_week.calendar.missing"
        };
        told.push(Say::new(key).with("year", year));
    }
    Ok((!missing, told))
}
