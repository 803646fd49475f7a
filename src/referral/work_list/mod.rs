//! Work lists: the lists behind the numbers of the home pages, the pipeline by stage, saved filters, exports.

pub mod export;
pub mod pipeline;
pub mod queries;
pub mod routes;
pub mod saved;
pub mod views;

pub use queries::{View, count, looks_on};
pub use routes::{lines, places, routes};
pub use views::{Line, Place};
