//! Work lists: the lists behind the numbers of the home pages, saved filters, exports.

pub mod export;
pub mod queries;
pub mod routes;
pub mod saved;
pub mod views;

pub use queries::{View, count, looks_on};
pub use routes::{lines, routes};
pub use views::Line;
