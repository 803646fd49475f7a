//! What whoever takes part in the chain sees of referrals on the home page, and what whoever looks on sees.

use entities::{
    communication::notice,
    words::{OrganisationKind, What},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::work_list::{View, list::Referrals};
use crate::{
    access::Can,
    notifications::RESULTS,
    platform::{Actor, App, Result},
    task::Tasks,
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
    let kind = by.workplace.as_ref().map(|place| place.kind);
    let answers = kind != Some(OrganisationKind::ScreeningSite);
    let views = [
        (View::ToAnswer, "work.tile.to_answer", ("info", "inbox")),
        (View::Proposed, "work.tile.proposed", ("warning", "draft")),
        (View::Overdue, "work.tile.overdue", ("danger", "overdue")),
        (View::Ours, "work.tile.ours", ("info", "due")),
        (View::Waiting, "work.tile.waiting", ("info", "send")),
        (View::Returned, "work.tile.returned", ("warning", "declined")),
        (View::Lost, "work.tile.lost", ("warning", "lost")),
    ];
    let mut tiles = Vec::new();
    for (view, key, look) in views {
        if answers || view != View::ToAnswer {
            tiles.push(of(app, by, view, key, look).await?);
        }
    }
    let unread = format!("what={}", What::ReadResult.as_str());
    tiles.push(Tile::of::<Tasks>(app, by, &unread, "work.tile.results", ("success", "done")).await?);
    Ok(tiles)
}

async fn of(app: &App, by: &Actor, view: View, key: &'static str, look: (&'static str, &'static str)) -> Result<Tile> {
    Tile::of::<Referrals>(app, by, &format!("view={}", view.as_str()), key, look).await
}

async fn stuck(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let look = ("danger", "referral");
    Ok(vec![
        of(app, by, View::Overdue, "work.tile.referrals_overdue", look).await?,
    ])
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
