//! Two files of one child become one, and can become two again.
//!
//! [`service`] decides about a pair and merges in one transaction. Each feature says how its rows change hands and what
//! stands where both files hold the same thing ([`crate::platform::compartment`]); the difference of two pictures is what
//! the merge changed, complete whatever was written, and [`undoing`] is its reverse. [`comparison`] lays two files side by
//! side.

pub mod comparison;
pub mod fields;
pub mod forms;
pub mod queries;
pub mod routes;
pub mod service;
mod tasks;
mod tiles;
pub mod told;
pub mod undoing;
pub mod views;

use entities::child::merge;

use crate::{
    access::Can,
    platform::compartment::Table,
    web::{Feature, navigation::Entry},
};

/// What merging brings to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    projections: &[tasks::PROJECTION],
    compartment: &[Table::apart::<merge::Entity>()],
    navigation: &[Entry {
        order: 90,
        href: "/duplicates",
        key: "nav.duplicates",
        icon: "duplicate",
        can: Can::Merge,
    }],
    tiles: &[tiles::MINE, tiles::STUCK],
    ..Feature::named("merging")
};
