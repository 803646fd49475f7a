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
pub mod told;
pub mod undoing;
pub mod views;

use std::time::Duration;

pub use routes::routes;

use crate::platform::sweep::Sweep;

/// Divisions change on their day, and the files of those who live there follow.
pub const SWEEP: Sweep = Sweep {
    name: "divisions",
    every: Duration::from_secs(10 * 60),
    run: |app, by| Box::pin(carrying::sweep(app, by)),
};
