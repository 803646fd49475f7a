//! What enrolment shows on the home page.

use super::{
    application::{
        Applications,
        list::{OPEN, OURS},
    },
    decision::{
        Decisions,
        list::{HOLD, UNREAD},
    },
};
use crate::{
    access::Can,
    platform::{Actor, App, Result},
    web::home::{Group, Tile, Tiles},
};

/// Under a heading of its own: those who take part in a review may see no child otherwise.
pub(super) const TILES: Tiles = Tiles {
    group: Group {
        order: 20,
        key: "work.group.enrolment",
        shown: |by| Can::ViewEnrolment.allows(&by.roles) && takes_part(by),
    },
    order: 10,
    can: Can::ViewEnrolment,
    count: |app, by| Box::pin(count(app, by)),
};

/// Works where applications are made, reviewed or watched over.
fn takes_part(by: &Actor) -> bool {
    use entities::words::OrganisationKind::{
        DiagnosingHospital, EducationBureau, Federation, FinanceBureau, RehabilitationCentre, RescreenHospital,
        ScreeningSite, StreetFederation,
    };
    match by.workplace.as_ref().map(|place| place.kind) {
        Some(RehabilitationCentre | Federation | StreetFederation | EducationBureau) => true,
        Some(ScreeningSite | RescreenHospital | DiagnosingHospital | FinanceBureau) | None => false,
    }
}

async fn count(app: &App, by: &Actor) -> Result<Vec<Tile>> {
    let ours = format!("view={OURS}");
    let open = format!("view={OPEN}");
    let mut tiles = vec![
        Tile::of::<Applications>(app, by, &ours, "work.tile.applications", ("info", "check")).await?,
        Tile::of::<Applications>(app, by, &open, "work.tile.applications_open", ("info", "waiting")).await?,
    ];
    if Can::ViewChildren.allows(&by.roles) {
        let hold = format!("view={HOLD}");
        let unread = format!("view={UNREAD}");
        tiles.extend([
            Tile::of::<Decisions>(app, by, &unread, "work.tile.decisions_unread", ("warning", "send")).await?,
            Tile::of::<Decisions>(app, by, &hold, "work.tile.enrolled", ("success", "rehabilitation")).await?,
        ]);
    }
    Ok(tiles)
}
