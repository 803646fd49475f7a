//! The pages of tasks: what an organisation has to do by a day, in one list; and the page of a task that people work off
//! there: attempts to reach the family, done, lost.

pub mod list;
pub mod queries;
pub mod routes;
pub mod service;
pub mod tiles;
pub mod views;

pub use routes::routes;
