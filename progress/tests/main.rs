//! What both commands say: every vector of the trade by its number, members of each kind, and whatever holds for all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test"
)]

mod agreement;
mod bank;
mod changed;
mod chart;
mod desk;
mod mastery;
mod measures;
mod properties;
mod refused;
mod speed;
mod variants;
