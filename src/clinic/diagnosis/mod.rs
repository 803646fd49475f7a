//! The diagnosis (诊断): what a doctor concludes, never what a score says, and what follows for the family.

pub mod codes;
pub mod forms;
mod list;
pub mod queries;
pub mod routes;
pub mod service;
pub mod views;

pub(super) use list::Diagnoses;
