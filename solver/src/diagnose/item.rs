//! Something that a timetable misses: what it is, what stands against it, what would help.

use serde::Serialize;

use super::{Demand, fault::PinFault};
use crate::problem::{Day, GroupId, Mask, Slot, TeacherId};

/// Something missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What.
    pub lack: Lack,
    /// What stands against it in this timetable.
    pub against: Vec<Against>,
    /// What would help, most helpful first.
    pub helps: Vec<Help>,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// Sessions of an order or group.
    Sessions {
        /// Which.
        demand: Demand,
        /// So many.
        missing: usize,
        /// Of so many.
        wanted: usize,
    },
    /// A place in a class.
    Place {
        /// By its number.
        demand: Demand,
    },
    /// Members of a class.
    Members {
        /// Which.
        group: GroupId,
        /// So many.
        missing: usize,
    },
    /// Slots to be watched.
    Watching {
        /// By whom.
        trainee: TeacherId,
        /// Whose sessions.
        mentor: TeacherId,
        /// So many.
        missing: usize,
        /// Of so many.
        wanted: usize,
    },
}

/// What stands against a session as things are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// Nobody may lead it.
    Nobody,
    /// The family's hours are taken by the child's other sessions, or used up by the limits of a day.
    FamilyFull,
    /// The hours that are left of the family's, by day.
    FamilyLeft(Vec<Mask>),
    /// Another lead is one too many: the other sessions are with these.
    Bound(Vec<TeacherId>),
    /// They do not work then.
    Away(Vec<TeacherId>),
    /// Their week is full.
    WeekFull(Vec<TeacherId>),
    /// They have other sessions then, or have reached the limits of the day.
    Busy(Vec<TeacherId>),
    /// They could, but there is no room then.
    NoRoom(Vec<TeacherId>),
    /// One teacher could give only some of what is missing.
    TooFew(TeacherId, usize),
    /// Assistants are missing when a lead is there.
    NoAssistant,
    /// No class takes the child.
    NoClass,
    /// The classes that take the child are full.
    ClassesFull(Vec<GroupId>),
    /// These have a place left, but meet when the child has other sessions or cannot come.
    ClassesClash(Vec<GroupId>),
    /// The members of the class are never free together.
    MembersApart(usize),
    /// The two are seldom free together.
    Apart(TeacherId, TeacherId),
    /// What is decided about it is not kept in this timetable.
    Decided {
        /// Which of the problem's pins.
        pin: usize,
        /// What it breaks by itself; nothing where only something else is in its way.
        because: Option<PinFault>,
    },
}

impl Against {
    /// The teachers that it is about.
    pub fn teachers(&self) -> &[TeacherId] {
        match self {
            Self::Bound(t) | Self::Away(t) | Self::WeekFull(t) | Self::Busy(t) | Self::NoRoom(t) => t,
            Self::Nobody
            | Self::FamilyFull
            | Self::FamilyLeft(_)
            | Self::TooFew(..)
            | Self::NoAssistant
            | Self::NoClass
            | Self::ClassesFull(_)
            | Self::ClassesClash(_)
            | Self::MembersApart(_)
            | Self::Apart(..)
            | Self::Decided { .. } => &[],
        }
    }
}

/// What would help. Each was tried, with all that is decided in force: as many more sessions find a place in this
/// timetable when it is followed, and nothing of others moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Help {
    /// The child comes in these half-days as well (a day and a slot of each); the teacher is free then.
    Come {
        /// Who could lead.
        teacher: TeacherId,
        /// When: from the first to the last slot that is of use.
        when: Vec<(Day, Slot, Slot)>,
        /// Sessions it makes possible.
        sessions: usize,
    },
    /// More slots of the week for a teacher.
    Hours {
        /// Who.
        teacher: TeacherId,
        /// So many slots.
        slots: usize,
        /// Sessions it makes possible.
        sessions: usize,
    },
    /// One more room of the type.
    Room {
        /// Who could lead.
        teacher: TeacherId,
        /// Sessions it makes possible.
        sessions: usize,
    },
    /// Somebody at the site who is free then, but not qualified at the level that is asked for.
    Qualify {
        /// Who.
        teacher: TeacherId,
        /// Sessions it makes possible.
        sessions: usize,
    },
    /// A teacher works when it is decided that a session is.
    Work {
        /// Who.
        teacher: TeacherId,
        /// On which day.
        day: Day,
        /// From this slot.
        from: Slot,
        /// To this one.
        to: Slot,
        /// Sessions it makes possible.
        sessions: usize,
    },
    /// What is decided about a session is given up.
    Unpin {
        /// Which of the problem's pins.
        pin: usize,
        /// Sessions it makes possible.
        sessions: usize,
    },
}

impl Help {
    /// Sessions it makes possible.
    pub fn sessions(&self) -> usize {
        match *self {
            Self::Come { sessions, .. }
            | Self::Hours { sessions, .. }
            | Self::Room { sessions, .. }
            | Self::Qualify { sessions, .. }
            | Self::Work { sessions, .. }
            | Self::Unpin { sessions, .. } => sessions,
        }
    }
}
