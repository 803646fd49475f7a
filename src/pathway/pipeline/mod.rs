//! The pipeline: children by where they stand in the chain.

mod queries;
mod routes;
mod views;

pub use queries::{counts, ordered, overdue};
pub use routes::{first, routes};
pub use views::Place;
