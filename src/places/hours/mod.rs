//! Hours of service that a centre has in a week, from a day on: entered by hand until plans and staff say it.

pub mod forms;
pub mod queries;
pub mod routes;
pub mod service;
pub mod views;
