//! What the system administrator sets up: dated rules and the working calendar.

pub mod calendars;
pub mod parameters;

use crate::{
    access::Can,
    web::{Feature, Routes, home::SetUp, navigation::Entry},
};

/// The routes of the set-up.
fn routes() -> Routes {
    Routes::new().merge(parameters::routes()).merge(calendars::routes())
}

/// What the set-up brings to the application.
pub const FEATURE: Feature = Feature {
    routes,
    navigation: &[
        Entry {
            order: 130,
            href: "/parameters",
            key: "nav.rules",
            icon: "settings",
            can: Can::Configure,
        },
        Entry {
            order: 140,
            href: "/calendars",
            key: "nav.calendars",
            icon: "calendar",
            can: Can::Configure,
        },
    ],
    tiles: &[calendars::tiles::TILES],
    set_up: &[
        calendars::tiles::SET_UP,
        SetUp {
            order: 60,
            name: "rules",
            href: "/parameters",
            can: Can::Configure,
            stands: None,
        },
    ],
    ..Feature::named("admin")
};
