//! A whole kindergarten or clinic day, filled in row by row and saved at once.

pub mod forms;
pub mod queries;
pub mod routes;
pub mod service;
pub mod views;
