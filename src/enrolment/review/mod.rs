//! The review of applications: what waits follows from the chain, and whoever it waits for decides.

pub mod forms;
pub mod progress;
pub mod routes;
pub mod service;
pub mod views;

pub use self::progress::{Progress, progress};
