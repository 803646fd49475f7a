//! What a feature adds to the demonstration: rows of its own about the places and children that are there already.

use std::pin::Pin;

use chrono::NaiveDate;

use super::{Actor, Keys, Result, Tx};

/// Where rows are added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Once, when organisations and colleagues are there and no child is.
    City,
    /// In each district, when its children are there.
    District,
}

/// What the rows are invented for: the same setting gives the same rows.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The city or the district.
    pub division: &'a str,
    /// The first day that is not told any more.
    pub today: NaiveDate,
    /// For what is left to chance.
    pub seed: u64,
    /// For what is sealed and frozen.
    pub keys: &'a Keys,
}

/// The filling, in the making.
pub type Filling<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// The rows of a feature.
#[derive(Clone, Copy, Debug)]
pub struct Demo {
    /// Where.
    pub extent: Extent,
    /// Adds them, in the transaction of the city or the district.
    pub fill: for<'a> fn(&'a Tx, &'a Actor, Setting<'a>) -> Filling<'a>,
}
