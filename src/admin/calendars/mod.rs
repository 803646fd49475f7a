//! The published tables of days off and adjusted workdays, year by year (调休). They are imported or typed after the
//! General Office of the State Council has published them, never worked out.

pub mod forms;
pub mod queries;
pub mod routes;
pub mod service;
pub mod tiles;
pub mod views;

pub use routes::routes;
