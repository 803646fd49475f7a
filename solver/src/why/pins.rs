//! How many of the decisions about an order or group its sessions agree with.

use std::collections::BTreeSet;

use super::board::Board;
use crate::{
    matching::seats,
    problem::{Day, Pin, Problem, RoomId, Slot, Task, TeacherId},
    solution::{Session, Solution},
};

/// A session some of which is open.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sketch {
    pub(super) day: Option<Day>,
    pub(super) start: Option<Slot>,
    pub(super) teacher: Option<TeacherId>,
    pub(super) second: Option<Option<TeacherId>>,
    pub(super) room: Option<RoomId>,
}

impl From<Session> for Sketch {
    fn from(s: Session) -> Self {
        Self {
            day: Some(s.day),
            start: Some(s.start),
            teacher: Some(s.teacher),
            second: Some(s.second),
            room: Some(s.room),
        }
    }
}

impl Sketch {
    /// Whether a session of this sketch may agree with a pin.
    pub(super) fn may_be(&self, pin: &Pin) -> bool {
        may_be(pin.day, self.day)
            && may_be(pin.start, self.start)
            && may_be(pin.teacher, self.teacher)
            && may_be(pin.second.map(Some), self.second)
            && may_be(pin.room, self.room)
    }
}

/// Whether something can be as decided, where either may be open.
fn may_be<T: PartialEq>(decided: Option<T>, sketched: Option<T>) -> bool {
    decided.is_none() || sketched.is_none() || decided == sketched
}

/// The pins of a task one of whose sessions is looking for a place, and how many of them can be met.
pub(super) struct Pins<'p> {
    task: Task,
    sessions: usize,
    pins: Vec<&'p Pin>,
    met: usize,
}

impl<'p> Pins<'p> {
    /// As many as can be met, wherever the session goes that has been taken up.
    pub(super) fn new(board: &Board<'p>, task: Task) -> Self {
        let mut pins = Self {
            task,
            sessions: board.series(task).sessions,
            pins: of_task(board.problem, task),
            met: 0,
        };
        let others = sketches(board, task);
        let all = pins.sessions.max(others.len() + 1);
        pins.met = met(&pins.pins, others, all);
        pins
    }

    /// Whether as many can be met with the session there.
    pub(super) fn hold(&self, board: &Board<'_>, sketch: Sketch) -> bool {
        if self.pins.is_empty() {
            return true;
        }
        let mut sketches = sketches(board, self.task);
        sketches.push(sketch);
        met(&self.pins, sketches, self.sessions) >= self.met
    }

    /// The pin that best explains why something cannot be: one that the session met where it was, and that differs.
    pub(super) fn of(&self, old: Option<Session>, differs: impl Fn(&Pin) -> bool) -> Option<&'p Pin> {
        let had = |p: &&Pin| old.is_some_and(|s| Sketch::from(s).may_be(p));
        let pins = || self.pins.iter().copied();
        let both = pins().filter(had).find(|p| differs(p));
        both.or_else(|| pins().find(|p| differs(p))).or_else(|| pins().next())
    }
}

/// Whether some tasks can meet as many of their pins in one timetable as in another.
pub(super) fn kept(problem: &Problem, tasks: &BTreeSet<Task>, before: &Solution, after: &Solution) -> bool {
    tasks.iter().all(|&task| {
        let pins = of_task(problem, task);
        let count = |solution: &Solution| {
            let own = solution.sessions.iter().filter(|s| s.task == task);
            let sessions = problem.series(task).map_or(0, |s| s.sessions);
            met(&pins, own.map(|&s| s.into()).collect(), sessions)
        };
        pins.is_empty() || count(after) >= count(before)
    })
}

fn of_task(problem: &Problem, task: Task) -> Vec<&Pin> {
    problem.pins.iter().filter(|p| p.task == task).collect()
}

fn sketches(board: &Board<'_>, task: Task) -> Vec<Sketch> {
    board.of_task(task).iter().map(|&i| board.sessions[i].into()).collect()
}

/// Most pins that can be met by different sessions, those that have no time yet being open.
fn met(pins: &[&Pin], mut sketches: Vec<Sketch>, sessions: usize) -> usize {
    let all = sketches.len().max(sessions);
    sketches.resize(all, Sketch::default());
    let taken = seats(pins.len(), all, |p, s| sketches[s].may_be(pins[p]));
    taken.iter().flatten().count()
}
