//! Children in classes: put in, moved to another class, taken out, each from a day on.

pub mod forms;
pub mod queries;
pub mod routes;
pub mod service;
pub mod views;
