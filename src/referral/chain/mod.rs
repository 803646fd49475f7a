//! One page per child: where in the chain, whose turn, since when, due when, why late, and everything that happened.

pub mod findings;
pub mod history;
pub mod queries;
pub mod routes;
pub mod views;

pub use routes::routes;
