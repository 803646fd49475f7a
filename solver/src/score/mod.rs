//! The referee: what is wrong with a timetable, and what it costs.
//!
//! Written from the definition on plain lists of sessions, rule by rule, and sharing nothing with the engine. The ids of
//! a timetable must be those of its problem, as [`crate::read::solution`] sees to.

#![allow(
    clippy::indexing_slicing,
    reason = "ids were checked when problem and timetable were read, slots of a held session lie in the grid"
)]

mod change;
mod example;
mod hard;
mod rules;
mod sentences;
mod share;
mod soft;
mod week;

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};

pub use crate::words::{Language, Names};
use crate::{
    problem::{Problem, Weights},
    solution::{Event, Solution},
};
pub use change::Change;
pub use example::{Example, Which};
pub use rules::{Hard, Soft};
pub use share::{Share, Whose};
use week::Week;

/// So many examples are kept of each rule.
pub(crate) const EXAMPLES: usize = 5;

/// What is wrong with a timetable, and what it costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The problem it was measured by.
    pub instance: String,
    /// Sessions that are prescribed and not in it.
    pub unscheduled: usize,
    /// Places in groups that nobody got.
    pub unplaced: usize,
    /// How often, or by how much, each broken rule is broken.
    pub hard: BTreeMap<Hard, usize>,
    /// The first places where each is.
    pub examples: BTreeMap<Hard, Vec<Example>>,
    /// Units of every soft term.
    pub soft: BTreeMap<Soft, usize>,
    /// What a unit costs.
    pub weights: Weights,
    /// Slots of all teachers' weeks, by the most that they may have; to a thousandth.
    pub teacher_utilisation: f64,
    /// In repair, how far it is from the published timetable.
    pub change: Option<Change>,
}

impl Score {
    /// Violations of all rules together.
    pub fn hard_total(&self) -> usize {
        self.hard.values().sum()
    }

    /// What a soft term costs.
    pub fn weighted(&self, term: Soft) -> i64 {
        cost(term.weight(&self.weights), self.soft.get(&term).copied().unwrap_or(0))
    }

    /// What all soft terms cost.
    pub fn soft_cost(&self) -> i64 {
        Soft::ALL
            .into_iter()
            .map(|term| self.weighted(term))
            .fold(0, i64::saturating_add)
    }

    /// Whether it can be published: complete and without violations; a repair may leave sessions out.
    pub fn feasible(&self) -> bool {
        let complete = self.unscheduled == 0 && self.unplaced == 0;
        self.hard.is_empty() && (complete || self.change.is_some())
    }
}

/// A number of units at a weight.
fn cost(weight: i64, units: usize) -> i64 {
    i64::try_from(units).unwrap_or(i64::MAX).saturating_mul(weight)
}

/// What the rules have found.
struct Findings {
    hard: BTreeMap<Hard, usize>,
    examples: BTreeMap<Hard, Vec<Example>>,
    /// So many examples are kept of each rule.
    most: usize,
}

impl Findings {
    /// What all rules find, with at most so many examples of each.
    fn of(week: &Week, most: usize) -> Self {
        let mut found = Self {
            hard: BTreeMap::new(),
            examples: BTreeMap::new(),
            most,
        };
        for rule in Hard::ALL {
            judge(rule)(week, &mut found);
        }
        found
    }

    /// A rule is broken `n` times at a place; not at all if that is 0.
    fn bad(&mut self, rule: Hard, example: Example, n: usize) {
        if n == 0 {
            return;
        }
        *self.hard.entry(rule).or_default() += n;
        let examples = self.examples.entry(rule).or_default();
        if examples.len() < self.most {
            examples.push(example);
        }
    }
}

/// Measure a timetable of the week.
pub fn score(problem: &Problem, solution: &Solution) -> Score {
    measure(&Week::new(problem, solution, None))
}

/// Measure a timetable that repairs a published one.
pub fn score_repair(problem: &Problem, solution: &Solution, event: &Event) -> Score {
    let week = Week::new(problem, solution, Some(event));
    let mut score = measure(&week);
    score.change = Some(change::change(&week, event, score.unscheduled, score.soft_cost()));
    score
}

/// Every place where a rule is broken, not only the first ones of each.
pub fn examples(problem: &Problem, solution: &Solution) -> BTreeMap<Hard, Vec<Example>> {
    Findings::of(&Week::new(problem, solution, None), usize::MAX).examples
}

/// Whose the units of every term are; together they are those of the score.
pub fn shares(problem: &Problem, solution: &Solution) -> BTreeMap<Soft, Vec<Share>> {
    let week = Week::new(problem, solution, None);
    let of = |term| {
        let mut shares = Vec::new();
        meter(term)(&week, &mut |share| shares.push(share));
        (term, shares)
    };
    Soft::ALL.into_iter().map(of).collect()
}

fn measure(week: &Week) -> Score {
    let found = Findings::of(week, EXAMPLES);
    let units = |term| {
        let mut units = 0;
        meter(term)(week, &mut |share| units += share.units);
        (term, units)
    };
    Score {
        instance: week.problem.name.clone(),
        unscheduled: hard::unscheduled(week),
        unplaced: hard::unplaced(week),
        hard: found.hard,
        examples: found.examples,
        soft: Soft::ALL.into_iter().map(units).collect(),
        weights: week.problem.weights,
        teacher_utilisation: utilisation(week),
        change: None,
    }
}

/// The function of a rule.
fn judge(rule: Hard) -> fn(&Week, &mut Findings) {
    match rule {
        Hard::Shape => hard::shape,
        Hard::TeacherClash => hard::teacher_clash,
        Hard::ChildClash => hard::child_clash,
        Hard::RoomClash => hard::room_clash,
        Hard::Room => hard::room,
        Hard::Qualification => hard::qualification,
        Hard::TeacherAvail => hard::teacher_avail,
        Hard::ChildAvail => hard::child_avail,
        Hard::TeacherLoad => hard::teacher_load,
        Hard::PerDay => hard::per_day,
        Hard::ChildDay => hard::child_day,
        Hard::MaxTeachers => hard::max_teachers,
        Hard::ChildRun => hard::child_run,
        Hard::TeacherRun => hard::teacher_run,
        Hard::Travel => hard::travel,
        Hard::Membership => hard::membership,
        Hard::Second => hard::second,
        Hard::Shadow => hard::shadow,
        Hard::Frozen => hard::frozen,
    }
}

/// The function of a term.
fn meter(term: Soft) -> fn(&Week, soft::Tell) {
    match term {
        Soft::ExtraTeacher => soft::extra_teacher,
        Soft::NotPrevTeacher => soft::not_prev_teacher,
        Soft::DayGap => soft::day_gap,
        Soft::AvoidSlot => soft::avoid_slot,
        Soft::ChildIdle => soft::child_idle,
        Soft::ChildVisit => soft::child_visit,
        Soft::ShortDay => soft::short_day,
        Soft::TeacherIdle => soft::teacher_idle,
        Soft::OverTarget => soft::over_target,
        Soft::ExtraSite => soft::extra_site,
        Soft::ExtraRoom => soft::extra_room,
        Soft::ExtraStart => soft::extra_start,
    }
}

fn utilisation(week: &Week) -> f64 {
    let load: usize = (0..week.problem.teachers.len()).map(|t| week.load(t)).sum();
    let most: u32 = week.problem.teachers.iter().map(|t| t.max_week).sum();
    if most == 0 {
        return 0.0;
    }
    let share = f64::from(u32::try_from(load).unwrap_or(u32::MAX)) / f64::from(most);
    // Rounded as text, which is exact where a multiplication is not.
    format!("{share:.3}").parse().unwrap_or(share)
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("instance", &self.instance)?;
        map.serialize_entry("feasible", &self.feasible())?;
        map.serialize_entry("unscheduled_sessions", &self.unscheduled)?;
        map.serialize_entry("unplaced_group_orders", &self.unplaced)?;
        map.serialize_entry("hard_total", &self.hard_total())?;
        map.serialize_entry("hard", &self.hard)?;
        map.serialize_entry("examples", &self.examples)?;
        map.serialize_entry("soft_units", &self.soft)?;
        let weighted: BTreeMap<Soft, i64> = Soft::ALL.into_iter().map(|term| (term, self.weighted(term))).collect();
        map.serialize_entry("soft_weighted", &weighted)?;
        map.serialize_entry("soft_cost", &self.soft_cost())?;
        map.serialize_entry("teacher_utilisation", &self.teacher_utilisation)?;
        if let Some(change) = &self.change {
            map.serialize_entry("repair", change)?;
        }
        map.end()
    }
}
