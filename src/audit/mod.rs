//! The audit trail: what happened, whether anybody changed it, and the year's figures.
//!
//! Events are written by every feature (`platform::event`) and never changed: a trigger of the database refuses.
//! [`seal`] chains each finished day under a hash, so that a change past the trigger is found and its day named.

pub mod details;
mod filter;
pub mod list;
pub mod queries;
pub mod routes;
pub mod seal;
pub mod summary;
mod tiles;
pub mod views;

use crate::{
    access::Can,
    web::{Feature, navigation::Entry},
};

/// What the audit trail brings to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    sweeps: &[seal::SWEEP],
    navigation: &[Entry {
        order: 170,
        href: "/events",
        key: "nav.events",
        icon: "audit",
        can: Can::Audit,
    }],
    tiles: &[tiles::TILES],
    ..Feature::named("audit")
};
