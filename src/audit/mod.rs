//! The audit trail: what happened, whether anybody changed it, and the year's figures.
//!
//! Events are written by every feature (`platform::event`) and never changed: a trigger of the database refuses.
//! [`seal`] chains each finished day under a hash, so that a change past the trigger is found and its day named.

pub mod filter;
pub mod queries;
pub mod routes;
pub mod seal;
pub mod summary;
pub mod views;

pub use routes::routes;
