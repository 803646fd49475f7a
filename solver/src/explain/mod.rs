//! What there is to say about a timetable: what it misses, what it breaks, where its cost comes from, and for one
//! session why it is where it is and where else it could be.
//!
//! Everything in here is measured by the referee. The findings are data; [`WeekReport::text`] and
//! [`SessionReport::text`] put them in sentences.

#![allow(
    clippy::indexing_slicing,
    reason = "ids were checked when problem and timetable were read, and the tables are as long as they say"
)]

mod alternatives;
mod centre;
mod lead;
pub(crate) mod pins;
pub(crate) mod say;
mod session;
mod table;
mod visits;
mod week;

pub use alternatives::{Alternative, Times};
pub use centre::CentreReport;
pub use lead::{Colleague, LeadReport};
pub use session::{SessionReport, session};
pub use week::{
    Broken, Contributor, DayUnits, Lesson, Missing, TeacherReport, TermReport, Unplaced, WeekReport, missing, week,
};

use crate::score::{Score, Soft};
use serde::Serialize;

/// What a change does to the cost of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// More or less, all terms together.
    pub cost: i64,
    /// The terms that are not the same.
    pub terms: Vec<TermDifference>,
}

/// What a change does to one term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TermDifference {
    /// Which.
    pub term: Soft,
    /// Units more or less.
    pub units: i64,
    /// What they cost.
    pub cost: i64,
}

impl Difference {
    /// From one timetable to another of the same problem.
    pub fn between(before: &Score, after: &Score) -> Self {
        let units =
            |score: &Score, term| i64::try_from(score.soft.get(&term).copied().unwrap_or(0)).unwrap_or(i64::MAX);
        let terms: Vec<TermDifference> = Soft::ALL
            .into_iter()
            .map(|term| TermDifference {
                term,
                units: units(after, term) - units(before, term),
                cost: after.weighted(term) - before.weighted(term),
            })
            .filter(|d| d.units != 0)
            .collect();
        Self {
            cost: terms.iter().map(|d| d.cost).sum(),
            terms,
        }
    }
}

/// A number as it is compared with a count.
fn size(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
