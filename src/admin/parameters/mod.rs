//! Dated rules of the trade. A rule is never changed: a new version begins on a day and ends the old one the day before,
//! so that what was decided earlier can be explained. Which rules there are and what they hold is said by the features that go
//! by them (`platform::rule`); the pages here draw any.

pub mod forms;
pub mod routes;
pub mod service;
pub mod views;

pub use routes::routes;
