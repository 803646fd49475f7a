//! Applications for enrolment (入园申请): entered at the counter, kept half-way, submitted, returned and completed.

pub mod about;
pub mod brought;
pub mod file;
pub mod forms;
pub mod history;
pub mod list;
pub mod of_child;
pub mod papers;
pub mod queries;
pub mod routes;
pub mod service;
pub mod states;
pub mod views;

pub use self::list::Applications;
