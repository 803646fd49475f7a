//! What the system administrator keeps running: health, metrics, sweeps, backups, and the check of an installation.

pub mod ahead;
pub mod alone;
pub mod backup;
pub mod check;
pub mod files;
pub mod fingerprint;
pub mod health;
pub mod keyring;
pub mod metrics;
pub mod prune;
pub mod queries;
pub mod routes;
pub mod schema;
pub mod sealed;
pub mod shape;
mod sweep_words;
pub mod telemetry;
mod tiles;
pub mod views;

use crate::{
    access::Can,
    web::{Feature, navigation::Entry},
};

/// What operations bring to the application.
pub const FEATURE: Feature = Feature {
    routes: routes::routes,
    sweeps: &[prune::SWEEP, sealed::resealing::SWEEP],
    navigation: &[Entry {
        order: 180,
        href: "/operations",
        key: "nav.operations",
        icon: "settings",
        can: Can::Operate,
    }],
    tiles: &[tiles::TILES],
    set_up: &[tiles::BACKUP, tiles::RESTORE],
    ..Feature::named("operations")
};
