//! What agreements show on the home page.

use entities::words::OrganisationKind;

use super::list::Agreements;
use crate::{
    access::Can,
    platform::{Actor, App, Result},
    web::home::{Group, Tile, Tiles},
};

/// Beside what waits for the centre.
pub(super) const TILES: Tiles = Tiles {
    group: Group {
        order: 21,
        key: "work.group.agreements",
        shown: at_centre,
    },
    order: 10,
    can: Can::ViewEnrolment,
    count: |app, by| Box::pin(count(app, by)),
};

fn at_centre(by: &Actor) -> bool {
    by.workplace.as_ref().map(|place| place.kind) == Some(OrganisationKind::RehabilitationCentre)
}

async fn count(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let look = ("info", "edit");
    let tile = Tile::of::<Agreements>(app, by, "state=waiting", "work.tile.agreements_waiting", look).await?;
    Ok(vec![tile])
}
