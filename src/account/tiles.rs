//! What the security administrator sees on the home page: whose sign-in needs attention.

use entities::words::Role;

use super::management::{list::Accounts, proposals::queries as proposals};
use crate::{
    access::Can,
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
    let waiting = proposals::waiting_for(&*app.db, by).await?;
    let mut tiles = vec![Tile::new(
        "/account-proposals",
        "work.tile.proposals",
        waiting,
        "warning",
        "check",
    )];
    for (state, key, look) in [
        ("open", "work.tile.accounts", ("info", "account")),
        ("locked", "work.tile.locked", ("danger", "lock")),
        ("waiting", "work.tile.first_password", ("warning", "key")),
        ("online", "work.tile.sessions", ("info", "sign-in")),
    ] {
        let query = format!("state={state}&whose=ours");
        tiles.push(Tile::of::<Accounts>(app, by, &query, key, look).await?);
    }
    Ok(tiles)
}
