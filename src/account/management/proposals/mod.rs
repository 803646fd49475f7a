//! Two districts for one account: what could open an account that reaches further than an administrator's own area is
//! proposed by one security administrator and done by another, of another district that the organisation serves (or of
//! the city, who could do it alone).
//!
//! ```text
//! Waiting ─> Done, Refused, Withdrawn;  after a week it has lapsed
//! ```
//!
//! A first password comes in two halves, one for each of them, so that neither can sign in with it: only the owner, who
//! hears both.

pub mod queries;
pub mod routes;
pub mod service;
pub mod views;

pub use routes::routes;
