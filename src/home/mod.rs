//! The home page of each role: what is to be done, or what is watched over; and the first week of a district, in which
//! everything is set up.

pub mod first_week;
mod routes;
mod tiles;
mod views;

pub use routes::routes;
