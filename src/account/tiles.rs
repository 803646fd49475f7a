//! What the security administrator sees on the home page: whose sign-in needs attention.

use entities::{
    account::{account, session},
    organisation::organisation,
    words::Role,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait};

use super::management::proposals::queries as proposals;
use crate::{
    access::{Can, places},
    platform::{Actor, App, Result},
    web::home::{Group, Tile, Tiles},
};

/// The numbers.
pub(super) const TILES: Tiles = Tiles {
    group: Group {
        order: 50,
        key: "work.group.security",
        shown: |by| by.is(Role::SecurityAdmin),
    },
    order: 10,
    can: Can::Work,
    count: |app, by| Box::pin(count(app, by)),
};

async fn count(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let db = &*app.db;
    let here = organisation::Entity::find()
        .select_only()
        .column(organisation::Column::Id)
        .filter(places::administered(by))
        .into_query();
    let ours = account::Entity::find().filter(account::Column::OrganisationId.in_subquery(here));
    let ids = ours.clone().select_only().column(account::Column::Id).into_query();
    let open = ours.filter(account::COLUMN.disabled_at.is_null());
    let locked = open.clone().filter(account::COLUMN.locked_until.gt(by.now));
    let fresh = open.clone().filter(account::COLUMN.must_change_password.eq(true));
    let signed_in = session::Entity::find()
        .filter(session::Column::AccountId.in_subquery(ids))
        .filter(session::COLUMN.expires_at.gt(by.now));
    Ok(vec![
        Tile::new(
            "/account-proposals",
            "work.tile.proposals",
            proposals::waiting_for(db, by).await?,
            "warning",
            "check",
        ),
        Tile::new(
            "/accounts",
            "work.tile.accounts",
            open.count(db).await?,
            "info",
            "account",
        ),
        Tile::new(
            "/accounts",
            "work.tile.locked",
            locked.count(db).await?,
            "danger",
            "lock",
        ),
        Tile::new(
            "/accounts",
            "work.tile.first_password",
            fresh.count(db).await?,
            "warning",
            "key",
        ),
        Tile::new(
            "/accounts",
            "work.tile.sessions",
            signed_in.count(db).await?,
            "info",
            "sign-in",
        ),
    ])
}
