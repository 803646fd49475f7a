//! Who takes part and where: organisations, administrative divisions, the working calendar, and what a new database
//! starts with.
//!
//! An organisation covers one division and everything below it (a code prefix); users belong to one organisation.
//! Nothing is deleted: organisations and divisions are closed on a day and keep their rows.

pub mod changes;
mod defaults;
pub mod divisions;
pub mod forms;
pub mod import;
pub mod list;
pub mod naming;
pub mod queries;
pub mod routes;
pub mod service;
mod set_up;
mod tiles;
pub mod views;

use crate::{
    access::Can,
    web::{Feature, navigation::Entry},
};

/// What organisations and divisions bring to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    navigation: &[Entry {
        order: 120,
        href: "/organisations",
        key: "nav.organisations",
        icon: "organisation",
        can: Can::Configure,
    }],
    tiles: &[tiles::TILES],
    set_up: &[set_up::DIVISIONS, set_up::ORGANISATIONS],
    ..Feature::named("organisations")
};
