//! The home page of each role: what is to be done, or what is watched over; and the first week of a district, in which
//! everything is set up.

pub mod first_week;
mod routes;
mod tiles;
mod views;

use crate::{
    access::Can,
    web::{Feature, navigation::Entry},
};

/// What the home page and the first week bring to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    navigation: &[Entry {
        order: 10,
        href: "/",
        key: "nav.home",
        icon: "home",
        can: Can::Work,
    }],
    ..Feature::named("home")
};
