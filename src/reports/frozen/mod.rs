//! Reports as they were submitted: numbers with the children behind each, and what changed since.

mod changes;
pub mod routes;
pub mod service;
pub mod views;

pub use routes::routes;
