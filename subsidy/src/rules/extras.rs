//! What comes beside the subsidy of a training, and who bears it.

use serde::Deserialize;

use crate::{
    facts::{Code, Codes},
    money::{Bp, Fen},
};

/// Meals by the day, after training (MB, nj-2021).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Meal {
    /// For a day.
    pub day_fen: Fen,
    /// At most so many days of a month.
    pub max_days: Option<u32>,
    /// At most so many months of a settlement year.
    pub months_per_year: Option<u32>,
    /// Whether they come out of the year's amount.
    pub within_year: bool,
}

/// A living allowance by the month, in proportion to attended days where plans are known (MA, allow-300).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Allowance {
    /// For a whole month.
    pub month_fen: Fen,
    /// At most so many months of a settlement year.
    pub months_per_year: Option<u32>,
    /// Whether it comes out of the year's amount.
    pub within_year: bool,
}

/// What the institution gets for a child served the whole month, beside the subsidy (MB, fz-2021).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Award {
    /// For a child and month.
    pub fen: Fen,
    /// For institutions of these owners; for all where nothing is said.
    pub owner: Codes,
    /// Also for a part of a month.
    pub part_month: bool,
}

/// Who bears a part (MC, *split*).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Funder {
    /// Who.
    #[serde(default)]
    pub id: Code,
    /// How much; the last takes the rest whatever it says.
    #[serde(default)]
    pub bp: Option<Bp>,
}
