//! Places (名额): where children are at a centre, and who comes next.
//!
//! - [`group`]: classes and groups with a teacher and room by mode, all of it by days; [`membership`] is a child in one;
//! - [`waiting`]: in which order families wait, by a dated rule, and why in words; computed, never typed or stored;
//! - [`offer`]: a place that is held for a family until its instant; what it answers; accepted, it is a decision and a class;
//! - [`forecast`]: what would be if some were admitted, by places and by [`hours`]; nothing of it is saved.
//!
//! Whatever gives a place away is decided in the lane of the centre's district, so the last place is given once.

mod centre;
mod compartment;
mod dated;
mod demo;
pub mod forecast;
pub mod group;
pub mod hours;
pub mod membership;
pub mod offer;
mod room;
pub mod rules;
mod seen;
mod succession;
mod tasks;
mod tiles;
mod told;
pub mod waiting;

use self::{
    offer::Offers,
    rules::{Hours, OfferTerms, Priority},
};
use crate::{
    access::Can,
    platform::rule::Described,
    web::{Feature, Listing as _, Routes, navigation::Entry},
};

/// The routes of places.
fn routes() -> Routes {
    group::routes::routes()
        .merge(membership::routes::routes())
        .merge(waiting::routes::routes())
        .merge(offer::routes::routes())
        .merge(forecast::routes::routes())
        .merge(hours::routes::routes())
}

/// What places bring to the application.
pub const FEATURE: Feature = Feature {
    routes,
    sweeps: &[offer::sweep::SWEEP],
    projections: &[tasks::PROJECTION],
    compartment: compartment::TABLES,
    rules: &[
        Described::of::<Priority>(),
        Described::of::<OfferTerms>(),
        Described::of::<Hours>(),
    ],
    navigation: &[
        Entry {
            order: 67,
            href: "/waiting-list",
            key: "nav.waiting",
            icon: "worklist",
            can: Can::ViewPlaces,
        },
        Entry {
            order: 68,
            href: Offers::ADDRESS,
            key: "nav.offers",
            icon: "send",
            can: Can::ViewPlaces,
        },
        Entry {
            order: 69,
            href: "/groups",
            key: "nav.groups",
            icon: "organisation",
            can: Can::ViewPlaces,
        },
    ],
    tiles: &[tiles::TILES],
    demo: &[demo::PLACES],
    ..Feature::named("places")
};
