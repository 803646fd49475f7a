//! What whoever takes part in the chain sees of referrals on the home page, and what whoever looks on sees.

use entities::{
    communication::notice,
    task::task,
    words::{OrganisationKind, What},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::work_list::{self, View};
use crate::{
    access::Can,
    notifications::RESULTS,
    platform::{Actor, App, Result},
    task::queries as tasks,
    web::home::{Group, Tile, Tiles},
};

/// What is due, overdue, waited for, lost, come back.
pub(super) const MINE: Tiles = Tiles {
    group: Group::MINE,
    order: 20,
    can: Can::ViewChildren,
    count: |app, by| Box::pin(mine(app, by)),
};

/// What is overdue anywhere.
pub(super) const STUCK: Tiles = Tiles {
    group: Group::STUCK,
    order: 20,
    can: Can::ViewChildren,
    count: |app, by| Box::pin(stuck(app, by)),
};

async fn mine(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let db = &*app.db;
    let kind = by.workplace.as_ref().map(|place| place.kind);
    let view = |view: View| format!("/referrals?view={}", view.as_str());
    let count = async |v: View| work_list::count(db, by, v).await;
    let mut tiles = Vec::new();
    if kind != Some(OrganisationKind::ScreeningSite) {
        let n = count(View::ToAnswer).await?;
        tiles.push(Tile::new(
            view(View::ToAnswer),
            "work.tile.to_answer",
            n,
            "info",
            "inbox",
        ));
    }
    for (v, key, tone, icon) in [
        (View::Proposed, "work.tile.proposed", "warning", "draft"),
        (View::Overdue, "work.tile.overdue", "danger", "overdue"),
        (View::Ours, "work.tile.ours", "info", "due"),
        (View::Waiting, "work.tile.waiting", "info", "send"),
        (View::Returned, "work.tile.returned", "warning", "declined"),
        (View::Lost, "work.tile.lost", "warning", "lost"),
    ] {
        tiles.push(Tile::new(view(v), key, count(v).await?, tone, icon));
    }
    let unread = task::Entity::find()
        .filter(tasks::yours(by))
        .filter(tasks::is_open())
        .filter(tasks::is_one_of(&[What::ReadResult]))
        .count(db)
        .await?;
    tiles.push(Tile::new("/inbox", "work.tile.results", unread, "success", "done"));
    Ok(tiles)
}

async fn stuck(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let overdue = work_list::count(&*app.db, by, View::Overdue).await?;
    Ok(vec![Tile::new(
        "/referrals?view=overdue",
        "work.tile.referrals_overdue",
        overdue,
        "danger",
        "referral",
    )])
}

/// Shown on the home page.
const FIRST: u64 = 8;

/// Unread notices of results.
fn unread(by: &Actor) -> sea_orm::Select<notice::Entity> {
    notice::Entity::find()
        .filter(notice::COLUMN.account_id.eq(by.account.unwrap_or_default()))
        .filter(notice::COLUMN.read_at.is_null())
        .filter(notice::COLUMN.template.is_in(RESULTS.iter().copied()))
}

/// The newest unread results.
pub(super) async fn results(db: &impl sea_orm::ConnectionTrait, by: &Actor) -> Result<Vec<notice::Model>> {
    Ok(unread(by)
        .order_by_desc(notice::Column::Id)
        .limit(FIRST)
        .all(db)
        .await?)
}
