//! Tasks on the home page.

use entities::{task::task, words::What};
use sea_orm::{Condition, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    access::Can,
    platform::{Actor, App, Result},
    task::{queries as tasks, rules::Group as TaskGroup},
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
    let group = TaskGroup::FollowUps;
    let these = || {
        Condition::all()
            .add(tasks::yours(by))
            .add(tasks::is_one_of(&group.whats()))
    };
    let open = task::Entity::find().filter(these()).filter(tasks::is_open());
    let overdue = task::Entity::find().filter(these()).filter(tasks::overdue(by.today()));
    let href = format!("/tasks?group={}", group.as_str());
    Ok(vec![
        Tile::new(
            href.clone(),
            "work.tile.tasks",
            open.count(db).await?,
            "info",
            "contact",
        ),
        Tile::new(
            format!("{href}&overdue=true"),
            "work.tile.tasks_overdue",
            overdue.count(db).await?,
            "danger",
            "overdue",
        ),
    ])
}

async fn no_receiver(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let searched = task::Entity::find()
        .filter(tasks::yours(by))
        .filter(tasks::is_open())
        .filter(tasks::is_one_of(&[What::FindReceiver]))
        .count(&*app.db)
        .await?;
    Ok(vec![Tile::new(
        "/tasks?what=find_receiver",
        "work.tile.no_receiver",
        searched,
        "danger",
        "organisation",
    )])
}
