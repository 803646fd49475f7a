//! The re-screen (复筛): what was seen, what the scales say, whether one of the three criteria holds, and what follows.

pub mod forms;
mod list;
pub mod queries;
pub mod routes;
pub mod rules;
pub mod service;
pub mod views;

pub(super) use list::Rescreens;
