//! Years that somebody can mean.

use std::ops::RangeInclusive;

use chrono::{Datelike as _, NaiveDate};

/// Years that somebody can mean.
pub const YEARS: RangeInclusive<i32> = 1900..=2200;

/// In a year that somebody can mean.
pub fn is_meant(day: &NaiveDate) -> bool {
    YEARS.contains(&day.year())
}
