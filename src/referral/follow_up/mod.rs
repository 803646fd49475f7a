//! Follow-up tasks: something an organisation has to do for a child by a day, without asking another one.
//!
//! Open → Done, or Lost after enough failed attempts to reach the family; Cancelled when the child leaves the chain.

pub(super) mod compartment;
pub mod queries;
pub mod routes;
pub mod service;
pub mod tiles;
pub mod views;

pub use routes::routes;
