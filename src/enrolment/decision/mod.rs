//! Decisions about enrolment (录取决定): numbered, with their days, on paper; read by the family; a trial and what came of it.

pub mod forms;
pub mod list;
pub mod notice;
pub mod queries;
pub mod routes;
pub mod service;
pub mod views;

pub use self::{list::Decisions, notice::DecisionPaper};
