//! Leaving the pipeline: moved away, emigrated, died, refused for good.
//!
//! What ends, each feature says for its own rows ([`crate::platform::compartment`]); a departure writes down what changed,
//! and undoing it restores exactly that.

pub mod forms;
pub mod routes;
pub mod service;
pub mod views;
