//! The instrument packages of this installation: those of the program and those that an administrator imported.

pub mod library;
pub mod routes;
pub mod service;
pub mod views;

pub use library::Library;
pub use routes::routes;
