//! Leaving the pipeline: moved away, emigrated, died, refused for good.
//!
//! A departure cancels exactly what is pending and writes down what it cancelled; undoing it restores exactly that.

pub mod forms;
pub mod routes;
pub mod service;
pub mod views;
