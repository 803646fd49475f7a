//! How far a way of the rule is, after one unit and the next.

use crate::{
    day::Day,
    reading::{Missing, Standing},
    rule::{Evidence, UnitKind, Way},
};

/// Calendar days over which data may be spread before somebody is told.
pub(crate) const FAR: i64 = 21;

/// How far one way is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    pub(crate) met: bool,
    pub(crate) on: Option<Day>,
    pub(crate) run: u64,
    pub(crate) people: u64,
    pub(crate) places: u64,
    pub(crate) span: Option<(Day, Day)>,
    /// The last unit with data: its day, how it stands, what it lacks.
    pub(crate) last: Option<(Day, Standing, Option<Missing>)>,
    /// For opportunities alone.
    pub(crate) window: Option<Window>,
}

/// The window of opportunities.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) days: u64,
    /// It has as many opportunities and days as it needs.
    pub(crate) full: bool,
    /// It is full, and its number reaches the rule.
    pub(crate) reached: bool,
}

impl Way {
    /// Units, or opportunities, that are needed.
    pub(crate) fn needed(&self) -> u64 {
        match self.evidence {
            Evidence::Run(run) | Evidence::Of(run, _) => u64::from(run),
            Evidence::Opportunities { op, .. } => u64::from(op),
        }
    }

    /// What is counted: opportunities are counted by whole days.
    pub(crate) fn counts(&self) -> UnitKind {
        match self.evidence {
            Evidence::Run(_) | Evidence::Of(..) => self.unit,
            Evidence::Opportunities { .. } => UnitKind::Day,
        }
    }

    /// So many people and places are enough.
    pub(crate) fn is_general(&self, people: u64, places: u64) -> bool {
        people >= u64::from(self.people.unwrap_or(0)) && places >= u64::from(self.places.unwrap_or(0))
    }
}

impl Progress {
    /// After one more unit: the number is reached or not, and so many people and places had a part in it. What was reached is
    /// taken back by data alone: not because somebody else's days have left the window.
    pub(crate) fn settle(&mut self, way: &Way, day: Day, reached: bool) {
        if !reached {
            self.met = false;
        } else if way.is_general(self.people, self.places) {
            self.met = true;
            self.on = self.on.or(Some(day));
        }
    }
}
