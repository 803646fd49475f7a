//! “If we admit these children” (假如录取): places and hours of a centre by month, as they are and as they would be. Nothing is
//! saved.

pub mod base;
pub mod reckoning;
pub mod routes;
pub mod views;
