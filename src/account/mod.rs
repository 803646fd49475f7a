//! Accounts: who signs in, with which password and second factor, from which browsers.
//!
//! An account belongs to one organisation and holds roles in it. There are no default accounts outside the demo.
//! What its owner does is in [`own`], [`second_factor`] and [`sessions`]; what the security administrator does with the
//! accounts of others in [`management`].

pub mod forms;
pub mod limit;
pub mod management;
pub mod own;
pub mod password;
pub mod queries;
pub mod routes;
pub mod rules;
pub mod second_factor;
pub mod service;
pub mod sessions;
pub mod views;

pub use routes::routes;
