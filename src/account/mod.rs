//! Accounts: who signs in, with which password and second factor, from which browsers.
//!
//! An account belongs to one organisation and holds roles in it. There are no default accounts outside the demo.

pub mod forms;
pub mod password;
pub mod queries;
pub mod routes;
pub mod service;
pub mod views;

pub use routes::routes;
