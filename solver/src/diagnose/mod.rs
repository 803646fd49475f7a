//! Why no timetable holds everything, in the words of the centre.
//!
//! First by counting: hours that are wanted against hours there are, each [`Fault`] a proof. Then, around what the best
//! timetable misses, a smallest set of demands that cannot hold together, proved by trying every way. At last what is to
//! be done about every session, place and watched hour that is missing, and what would help most.

#![allow(
    clippy::indexing_slicing,
    reason = "ids were checked when problem and timetable were read, and the tables are as long as they say"
)]

mod classes;
mod conflict;
mod exact;
mod family;
mod fault;
mod finish;
mod frame;
mod item;
mod look;
mod pinned;
mod possible;
mod prescription;
mod say;
mod shortage;
mod space;
mod staff;
mod todo;
mod trial;
mod tried;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    problem::{GroupId, OrderId, Problem, TeacherId},
    solution::{Session, Solution},
};
pub use conflict::Conflict;
pub use exact::Answer;
pub use fault::*;
use frame::Frame;
pub use item::{Against, Help, Item, Lack};
pub(crate) use possible::{more, possible, without_pins};

/// Something that must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// The sessions of a prescription.
    Order(OrderId),
    /// The sessions and the members of a class.
    Group(GroupId),
    /// A place in a class, by its number in [`Problem::places`].
    Place(usize),
    /// What a trainee must watch.
    Watching(TeacherId),
}

/// How long to try every way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Steps in all; about a million in a second.
    pub steps: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self { steps: 1_000_000 }
    }
}

/// What is wrong with a week, and with the best timetable of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// What cannot be, by counting.
    pub faults: Vec<Fault>,
    /// Smallest sets of demands that cannot hold together.
    pub conflicts: Vec<Conflict>,
    /// What is missing although nothing was proved against it: a longer search may find it a place.
    pub open: Vec<Demand>,
    /// What is missing in the timetable, what stands against it, and what would help.
    pub todo: Vec<Item>,
}

impl Diagnosis {
    /// Whether it is proved that no timetable holds everything.
    pub fn certain(&self) -> bool {
        !self.faults.is_empty() || !self.conflicts.is_empty()
    }
}

/// What cannot be, by counting alone: quick enough to be asked before any search.
pub fn faults(problem: &Problem) -> Vec<Fault> {
    let frame = Frame::new(problem);
    let less = possible::of_frame(&frame);
    let sure = less.as_ref().map(Frame::new);
    counted(&frame, sure.as_ref().unwrap_or(&frame))
}

/// Whether some demands can hold together, given teachers, rooms and families' hours; other prescriptions may be held
/// or not, as it suits.
pub fn hold_together(problem: &Problem, demands: &[Demand], effort: Effort) -> Answer {
    exact::hold(&Frame::new(problem), demands, &mut effort.steps.clone())
}

/// What is wrong, given the best timetable that was found.
pub fn diagnose(problem: &Problem, best: &Solution, effort: Effort) -> Diagnosis {
    let best = &within(problem, best);
    let frame = Frame::new(problem);
    // What cannot be by itself is no conflict of others.
    let less = possible::of_frame(&frame);
    let sure = less.as_ref().map(Frame::new);
    let sure = sure.as_ref().unwrap_or(&frame);
    let faults = counted(&frame, sure);
    let missing = todo::missing(&frame, best);
    let mut explained: Vec<Demand> = faults.iter().flat_map(Fault::demands).collect();
    let mut conflicts: Vec<Conflict> = Vec::new();
    let mut open = Vec::new();
    let mut steps = effort.steps;
    for demand in missing {
        if explained.contains(&demand) {
            continue;
        }
        // One missing thing may not use up everything.
        let mut share = steps / 2;
        let before = share;
        match conflict::around(sure, best, demand, &mut share) {
            Some(conflict) => {
                explained.extend(&conflict.demands);
                if !conflicts.iter().any(|c| c.demands == conflict.demands) {
                    conflicts.push(conflict);
                }
            }
            None => open.push(demand),
        }
        steps -= before - share;
    }
    Diagnosis {
        faults,
        conflicts,
        open,
        todo: todo::items(&frame, best),
    }
}

/// A timetable without sessions outside the week: they are as good as not held.
fn within(problem: &Problem, best: &Solution) -> Solution {
    let dur = |s: &Session| problem.series(s.task).map_or(0, |series| series.dur);
    let holds = |s: &&Session| problem.grid.holds(s.day, s.start, dur(s));
    Solution {
        sessions: best.sessions.iter().filter(holds).copied().collect(),
        members: best.members.clone(),
    }
}

/// Hours that many share first, then what is wrong with one child, class or prescription. `sure` is the week without what
/// cannot be by itself.
fn counted(frame: &Frame<'_>, sure: &Frame<'_>) -> Vec<Fault> {
    let single: Vec<Option<Fault>> = prescription::faults(frame);
    let mut bad: BTreeSet<Demand> = single.iter().flatten().flat_map(Fault::demands).collect();
    let alone = family::faults(frame, sure, &single);
    let classes = classes::faults(frame);
    let watching: Vec<Fault> = staff::to_watch(frame).into_iter().map(Fault::FewToWatch).collect();
    // What cannot be by itself takes nobody's hours.
    bad.extend(alone.iter().chain(&classes).chain(&watching).flat_map(Fault::demands));
    let mut found = staff::faults(frame, &bad);
    found.extend(space::faults(frame, &bad));
    found.extend(alone);
    found.extend(classes);
    found.extend(watching);
    found.extend(single.into_iter().flatten());
    found.extend(pinned::faults(frame));
    found
}
