//! Two files of one child become one, and can become two again.
//!
//! [`service`] decides about a pair and merges in one transaction; [`rules`] says what stands where both files hold the
//! same thing; [`rows`] takes a picture of everything that hangs on the two files before and after, so that [`effects`],
//! the difference, is complete whatever was written, and undoing is its reverse; [`comparison`] lays two files side by
//! side.

pub mod carrying;
pub mod comparison;
pub mod effects;
pub mod fields;
pub mod forms;
pub mod hands;
pub mod queries;
pub mod routes;
pub mod rows;
pub mod rules;
pub mod service;
mod tiles;
pub mod told;
pub mod undoing;
pub mod views;

use crate::{
    access::Can,
    web::{Feature, navigation::Entry},
};

/// What merging brings to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    sweeps: &[carrying::SWEEP],
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
