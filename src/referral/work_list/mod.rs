//! The list of referrals, and the views of it that stand behind the numbers of the home pages.

pub mod list;
pub mod queries;
pub mod routes;
pub mod views;

pub use list::first;
pub use queries::{View, count};
pub use routes::routes;
pub use views::Line;
