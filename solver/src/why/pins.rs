//! How many of the decisions about an order or group its sessions agree with.

use crate::{
    problem::{Day, Pin, Problem, RoomId, Slot, Task, TeacherId},
    solution::Session,
};

/// A session some of which is open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sketch {
    pub(crate) day: Day,
    pub(crate) start: Slot,
    pub(crate) teacher: Option<TeacherId>,
    pub(crate) second: Option<Option<TeacherId>>,
    pub(crate) room: Option<RoomId>,
}

impl From<Session> for Sketch {
    fn from(s: Session) -> Self {
        Self {
            day: s.day,
            start: s.start,
            teacher: Some(s.teacher),
            second: Some(s.second),
            room: Some(s.room),
        }
    }
}

impl Sketch {
    /// Whether a session of this sketch may agree with a pin.
    pub(crate) fn may_be(&self, pin: &Pin) -> bool {
        pin.day.is_none_or(|d| d == self.day)
            && pin.start.is_none_or(|u| u == self.start)
            && pin.teacher.is_none_or(|t| self.teacher.is_none_or(|lead| lead == t))
            && pin
                .second
                .is_none_or(|t| self.second.is_none_or(|second| second == Some(t)))
            && pin.room.is_none_or(|r| self.room.is_none_or(|room| room == r))
    }
}

/// The decisions about a task.
pub(crate) fn pins_of(problem: &Problem, task: Task) -> Vec<&Pin> {
    problem.pins.iter().filter(|p| p.task == task).collect()
}

/// Most pins that can be met by different sessions.
pub(crate) fn met(pins: &[&Pin], sessions: &[Sketch]) -> usize {
    let mut taken: Vec<Option<usize>> = vec![None; sessions.len()];
    (0..pins.len())
        .filter(|&p| seat(pins, sessions, p, &mut taken, &mut vec![false; sessions.len()]))
        .count()
}

/// Whether a pin finds a session, others moving over for it.
fn seat(pins: &[&Pin], sessions: &[Sketch], p: usize, taken: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for s in 0..sessions.len() {
        if seen[s] || !sessions[s].may_be(pins[p]) {
            continue;
        }
        seen[s] = true;
        if taken[s].is_none_or(|other| seat(pins, sessions, other, taken, seen)) {
            taken[s] = Some(p);
            return true;
        }
    }
    false
}
