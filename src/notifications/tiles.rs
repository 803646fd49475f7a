//! What the system administrator is told of messages: on the home page, and in the first week of a district.

use entities::{communication::message, words::Delivery};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

use crate::{
    access::{Can, scope},
    platform::{Actor, App, Result, Say},
    web::home::{Group, SetUp, Standing, Tile, Tiles},
};

/// Messages that did not leave.
pub(super) const TILES: Tiles = Tiles {
    group: Group::SYSTEM,
    order: 30,
    can: Can::Work,
    count: |app, by| Box::pin(count(app, by)),
};

/// Mail goes out.
pub(super) const SET_UP: SetUp = SetUp {
    order: 80,
    name: "mail",
    href: "/operations/messages",
    can: Can::Configure,
    stands: Some(|app, by| Box::pin(stand(app, by))),
};

async fn count(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let stuck = message::Entity::find()
        .filter(scope::messages(by))
        .filter(scope::stuck_messages())
        .count(&*app.db)
        .await?;
    Ok(vec![Tile::new(
        "/operations/messages",
        "work.tile.messages_failed",
        stuck,
        "danger",
        "mail",
    )])
}

async fn stand(app: &App, by: &Actor) -> Result<Standing> {
    if app.config.smtp_url.is_none() {
        return Ok((false, vec![Say::new("first_week.mail.none")]));
    }
    let failed = message::Entity::find()
        .filter(scope::messages(by))
        .filter(message::COLUMN.state.eq(Delivery::Failed))
        .count(&*app.db)
        .await?;
    if failed > 0 {
        return Ok((false, vec![Say::new("first_week.mail.failed").with("count", failed)]));
    }
    Ok((true, vec![Say::new("first_week.mail.told")]))
}
