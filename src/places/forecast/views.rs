//! The page of “if we admit these children”.

use askama::Template;

use super::reckoning::Cell;
use crate::{
    platform::{Choice, Errors},
    web::filters,
};

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What there is.
    pub there: i64,
    /// What is taken.
    pub taken: i64,
    /// What would be taken.
    pub would: i64,
    /// What would be left.
    pub left: i64,
}

impl Shown {
    /// Places.
    pub const fn places(cell: Cell) -> Self {
        Self {
            there: cell.there,
            taken: cell.taken,
            would: cell.would,
            left: cell.left(),
        }
    }

    /// Hours: what there is rounded down, what is wanted up, so that what is short never looks like enough.
    pub const fn hours(cell: Cell) -> Self {
        const fn up(minutes: i64) -> i64 {
            (minutes + 59).div_euclid(60)
        }
        Self {
            there: cell.there.div_euclid(60),
            taken: up(cell.taken),
            would: up(cell.would),
            left: cell.left().div_euclid(60),
        }
    }

    /// What is lacking.
    pub const fn short(self) -> i64 {
        if self.left < 0 { -self.left } else { 0 }
    }
}

/// A table: months below each other, one column for each of a few things.
pub struct Sheet {
    /// Heads: locale keys.
    pub heads: Vec<&'static str>,
    /// A month, and its cells.
    pub rows: Vec<(String, Vec<Shown>)>,
}

/// The page.
#[derive(Template)]
#[template(path = "places/forecast.html")]
pub struct ForecastPage {
    /// The centre.
    pub centre: String,
    /// Its number.
    pub centre_id: String,
    /// There is one.
    pub has_centre: bool,
    /// Centres to choose from.
    pub centres: Vec<Choice>,
    /// Months to begin with.
    pub months: Vec<Choice>,
    /// Those who wait.
    pub candidates: Vec<Choice>,
    /// How many are picked.
    pub picked: usize,
    /// Places by month.
    pub places: Sheet,
    /// Hours in a week by month.
    pub hours: Sheet,
    /// Nobody entered hours.
    pub no_hours: bool,
    /// What is wrong with what was typed.
    pub errors: Errors,
}
