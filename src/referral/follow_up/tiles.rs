//! Tasks on the home page.

use entities::{
    screening::follow_up,
    words::{FollowUpKind, FollowUpState},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::queries as follow_ups;
use crate::{
    access::Can,
    platform::{Actor, App, Result},
    web::home::{Group, Tile, Tiles},
};

/// For whoever takes part.
pub const MINE: Tiles = of(Group::MINE);
/// For whoever looks on.
pub const STUCK: Tiles = of(Group::STUCK);

const fn of(group: Group) -> Tiles {
    Tiles {
        group,
        order: 40,
        can: Can::ViewChildren,
        count: |app, by| Box::pin(open(app, by)),
    }
}

/// Children whom nobody can take.
pub const NO_RECEIVER: Tiles = Tiles {
    group: Group::STUCK,
    order: 30,
    can: Can::ViewChildren,
    count: |app, by| Box::pin(no_receiver(app, by)),
};

/// Follow-up tasks that are open, and those that are overdue.
async fn open(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let db = &*app.db;
    let open = follow_up::Entity::find()
        .filter(follow_ups::yours(by))
        .filter(follow_up::COLUMN.state.eq(FollowUpState::Open));
    let overdue = open.clone().filter(follow_up::COLUMN.due_on.lt(by.today()));
    Ok(vec![
        Tile::new(
            "/follow-ups",
            "work.tile.tasks",
            open.count(db).await?,
            "info",
            "contact",
        ),
        Tile::new(
            "/follow-ups?overdue=true",
            "work.tile.tasks_overdue",
            overdue.count(db).await?,
            "danger",
            "overdue",
        ),
    ])
}

async fn no_receiver(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let searched = follow_up::Entity::find()
        .filter(follow_ups::yours(by))
        .filter(follow_up::COLUMN.kind.eq(FollowUpKind::FindReceiver))
        .filter(follow_up::COLUMN.state.eq(FollowUpState::Open))
        .count(&*app.db)
        .await?;
    Ok(vec![Tile::new(
        "/follow-ups?kind=find_receiver",
        "work.tile.no_receiver",
        searched,
        "danger",
        "organisation",
    )])
}
