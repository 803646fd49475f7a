//! The accounts of an administrator's organisations: opened, changed, disabled, unlocked by the security administrator
//! (三员分立). Nobody changes their own roles, and whatever takes rights away ends the sessions.

pub mod forms;
pub mod list;
pub mod proposals;
pub mod queries;
pub mod routes;
pub mod service;
pub mod views;

pub use routes::routes;
