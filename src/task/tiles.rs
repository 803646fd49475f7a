//! Tasks on the home page.

use super::{list::Tasks, rules::Group as TaskGroup};
use crate::{
    access::Can,
    platform::{Actor, App, Result},
    web::home::{Group, Tile, Tiles},
};

/// For whoever takes part.
pub(super) const MINE: Tiles = of(Group::MINE);
/// For whoever looks on.
pub(super) const STUCK: Tiles = of(Group::STUCK);

const fn of(group: Group) -> Tiles {
    Tiles {
        group,
        order: 40,
        can: Can::ViewChildren,
        count: |app, by| Box::pin(open(app, by)),
    }
}

/// Children whom nobody can take.
pub(super) const NO_RECEIVER: Tiles = Tiles {
    group: Group::STUCK,
    order: 30,
    can: Can::ViewChildren,
    count: |app, by| Box::pin(no_receiver(app, by)),
};

/// Follow-up tasks that are open, and those that are overdue.
async fn open(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let all = format!("group={}", TaskGroup::FollowUps.as_str());
    let overdue = format!("{all}&overdue=true");
    Ok(vec![
        Tile::of::<Tasks>(app, by, &all, "work.tile.tasks", ("info", "contact")).await?,
        Tile::of::<Tasks>(app, by, &overdue, "work.tile.tasks_overdue", ("danger", "overdue")).await?,
    ])
}

async fn no_receiver(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let look = ("danger", "organisation");
    let searched = Tile::of::<Tasks>(app, by, "what=find_receiver", "work.tile.no_receiver", look);
    Ok(vec![searched.await?])
}
