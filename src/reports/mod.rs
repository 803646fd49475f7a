//! Reports: numbers that open to the children behind them.
//!
//! - [`screening`]: 筛查月报 and 年报;
//! - [`published`]: closed quarters, rounded, for readers who see no children;
//! - [`frozen`]: reports as they were submitted, and what changed since;
//! - [`tracing`]: the ledger of positive cases;
//! - [`statistics`]: the arithmetic of rates, intervals and medians.

pub mod forms;
pub mod frozen;
mod frozen_routes;
pub mod published;
pub mod routes;
pub mod screening;
pub mod statistics;
pub mod tracing;
mod tracing_routes;
mod trends_routes;
pub mod views;

use std::time::Duration;

pub use routes::routes;

use crate::platform::sweep::Sweep;

/// Publishes the numbers of a quarter when it is over.
pub const SWEEP: Sweep = Sweep {
    name: "publish",
    every: Duration::from_secs(6 * 60 * 60),
    run: |app, by| Box::pin(published::sweep(app, by)),
};
