//! x
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
