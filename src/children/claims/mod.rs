//! A citizen has one number, and a number one citizen. Whoever registers a child under a number that another file has is
//! refused; that two children really share it is asked for with a reason, and another person decides.
//!
//! ```text
//! Waiting ─> Done (the file is opened), Refused, Withdrawn
//! ```

mod numbers;
pub mod queries;
pub mod routes;
mod rules;
mod service;
pub mod views;

pub use self::{
    numbers::{holder, must_be_free},
    rules::second_person,
    service::{approve, propose, refuse, withdraw},
    views::look,
};
