//! A timetable: when, where and with whom every session is, and who is in which group.

use serde::Serialize;

use crate::problem::{ChildId, Day, RoomId, Slot, Task, TeacherId};

/// A timetable, complete or not, right or wrong; [`crate::score::score`] tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Solution {
    /// The sessions that have a time.
    pub sessions: Vec<Session>,
    /// The members of every group, by group; as long as [`crate::problem::Problem::groups`].
    pub members: Vec<Vec<ChildId>>,
}

/// One session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Session {
    /// Of what.
    #[serde(flatten)]
    pub task: Task,
    /// On which day.
    pub day: Day,
    /// In which slot it starts.
    pub start: Slot,
    /// Who leads it.
    pub teacher: TeacherId,
    /// The assistant of a group, or the trainee who watches.
    pub second: Option<TeacherId>,
    /// Where.
    pub room: RoomId,
}

/// Somebody is ill on a published timetable (`rehab-repair/1`).
#[derive(Debug, Clone)]
pub struct Event {
    /// The timetable that families know.
    pub baseline: Solution,
    /// Who is away when.
    pub absent: Vec<Absence>,
    /// Sessions that start before this day and slot are past.
    pub now: (Day, Slot),
    /// What a change costs.
    pub weights: ChangeWeights,
}

/// A teacher is away for slots `[from, to)` of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the type says it")]
pub struct Absence {
    pub teacher: TeacherId,
    pub day: Day,
    pub from: Slot,
    pub to: Slot,
}

/// What a change of a published timetable costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ChangeWeights {
    /// A session that is not held.
    pub cancelled: i64,
    /// A family one of whose sessions is at another time, or not held.
    pub family_moved: i64,
    /// A session at its time with another lead.
    pub teacher_changed: i64,
    /// A session at its time in another room.
    pub room_changed: i64,
}
