//! Dated rules of the trade. A rule is never changed: a new version begins on a day and ends the old one the day before,
//! so that what was decided earlier can be explained.

pub mod forms;
pub mod routes;
pub mod service;
pub mod value;
pub mod views;

pub use routes::routes;
