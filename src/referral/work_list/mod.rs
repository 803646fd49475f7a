//! Work lists: the home page of each role, the lists behind its numbers, the pipeline by stage, saved filters, exports.

pub mod export;
pub mod first_week;
pub mod home;
pub mod pipeline;
pub mod queries;
pub mod routes;
pub mod saved;
pub mod views;

pub use routes::routes;
