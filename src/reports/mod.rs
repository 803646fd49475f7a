//! Reports: numbers that open to the children behind them.
//!
//! - [`screening`]: 筛查月报 and 年报;
//! - [`frozen`]: reports as they were submitted, and what changed since;
//! - [`tracing`]: the ledger of positive cases;
//! - [`statistics`]: the arithmetic of rates, intervals and medians.

pub mod forms;
pub mod frozen;
mod frozen_routes;
pub mod routes;
pub mod screening;
pub mod statistics;
pub mod tracing;
mod tracing_routes;
pub mod views;

pub use routes::routes;
