//! What the system administrator is told of the running system: on the home page, and in the first week of a district.

use chrono::{DateTime, TimeDelta, Utc};
use entities::work::{backup_mark, sweep_run};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

use crate::{
    access::Can,
    platform::{Actor, App, Result, Say},
    web::home::{Group, SetUp, Standing, Tile, Tiles},
};

/// Sweeps that failed.
pub(super) const TILES: Tiles = Tiles {
    group: Group::SYSTEM,
    order: 40,
    can: Can::Work,
    count: |app, _| Box::pin(count(app)),
};

/// A backup was taken and proven.
pub(super) const BACKUP: SetUp = SetUp {
    order: 90,
    name: "backup",
    href: "/operations",
    can: Can::Configure,
    stands: Some(|app, by| Box::pin(stand(app, by))),
};

/// Somebody restored it elsewhere once, by hand, with the key file.
pub(super) const RESTORE: SetUp = SetUp {
    order: 100,
    name: "restore",
    href: "/operations",
    can: Can::Configure,
    stands: None,
};

/// A proof of the backup older than this proves nothing any more.
const PROVEN: TimeDelta = TimeDelta::days(35);

async fn count(app: &App) -> Result<Vec<Tile>> {
    let broken = sweep_run::Entity::find()
        .filter(sweep_run::COLUMN.outcome.starts_with("error:"))
        .count(&*app.db)
        .await?;
    Ok(vec![Tile::new(
        "/operations?sweeps=failed",
        "work.tile.sweeps_failed",
        broken,
        "danger",
        "refresh",
    )])
}

/// What `starbridge backup` remembers of its last copy and of its last proof.
async fn stand(app: &App, by: &Actor) -> Result<Standing> {
    let now = by.now;
    let marks = backup_mark::Entity::find().all(&*app.db).await?;
    let last = |kind: &str| {
        marks
            .iter()
            .find(|mark| mark.kind == kind)?
            .at
            .filter(|at| *at >= now - PROVEN)
    };
    let told = |key: &'static str, at: DateTime<Utc>| Say::new(key).with("on", crate::platform::clock::day_of(at));
    Ok(match (last("taken"), last("proven")) {
        (_, Some(at)) => (true, vec![told("first_week.backup.proven", at)]),
        (Some(at), None) => (false, vec![told("first_week.backup.unproven", at)]),
        (None, None) => (false, vec![Say::new("first_week.backup.none")]),
    })
}
