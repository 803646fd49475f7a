//! What a report says beyond its table, as charts: the funnel, waiting times, ages, the year before.

pub mod queries;
pub mod routes;
pub mod views;

pub use routes::routes;
