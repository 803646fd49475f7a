//! The chain that a district begins with.

use anyhow::Context as _;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::platform::{Result, approval::Chain};

/// The chain with the day from which it holds and where it comes from.
#[derive(Clone, Debug, Deserialize)]
pub struct Shipped {
    /// It holds from this day on.
    pub valid_from: NaiveDate,
    /// The norm, or that it is our setting.
    pub source: String,
    /// The chain.
    pub chain: Chain,
}

/// What the program brings.
///
/// # Errors
/// When the data file is no such file.
pub fn chain() -> Result<Shipped> {
    Ok(toml::from_str(include_str!("default.toml")).context("the chain that is shipped")?)
}
