//! What stands against a session at a place: one fact each, for a program to read and for people to hear.

use serde::Serialize;

use crate::{
    problem::{ChildId, Day, Pin, RoomId, ServiceId, SiteId, Slot, Task, TeacherId},
    solution::Session,
};

/// What an adult does in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Leads it.
    Lead,
    /// A trainee who watches it, and who cannot do without these hours.
    Watching,
    /// Assists a class.
    Assisting,
}

/// A room that is taken, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// The room.
    pub room: RoomId,
    /// What is held in it then.
    pub by: Session,
}

/// One thing that stands against a session at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the fields are what the sentence of each is made of")]
pub enum Fact {
    /// There is no such day, or nothing can begin then.
    NoSuchTime { day: Day, start: Slot },
    /// The session would run into the break after the slot before `end`.
    OverBreak {
        day: Day,
        start: Slot,
        dur: usize,
        end: Slot,
    },
    /// The session would not be over when the centre closes, after the slot before `end`.
    AfterClosing {
        day: Day,
        start: Slot,
        dur: usize,
        end: Slot,
    },
    /// Nothing of this kind is prescribed this week.
    NothingPrescribed { task: Task },
    /// The family cannot come then.
    ChildAway {
        child: ChildId,
        day: Day,
        start: Slot,
        dur: usize,
    },
    /// The child is in another session then.
    ChildBusy { child: ChildId, other: Session },
    /// The child's day would be too long; `slots` without this session.
    ChildDayFull {
        child: ChildId,
        day: Day,
        slots: usize,
        dur: usize,
        most: usize,
    },
    /// The child would have too much in a row, `run` slots from `from` on.
    ChildRunLong {
        child: ChildId,
        day: Day,
        from: Slot,
        run: usize,
        dur: usize,
        most: usize,
    },
    /// The prescription has a session in that half-day already.
    HalfDayTaken { task: Task, other: Session },
    /// The prescription has as many sessions on that day as it may have; `sessions` without this one.
    DayTaken {
        task: Task,
        day: Day,
        sessions: usize,
        most: usize,
    },
    /// The site has no room of the type that the service needs.
    NoRoomOfKind { site: SiteId, service: ServiceId },
    /// Every room of the type is taken.
    RoomsTaken {
        day: Day,
        start: Slot,
        dur: usize,
        rooms: Vec<Taken>,
    },
    /// The session is decided to be elsewhere.
    Pinned { pin: Pin },
    /// Nobody can do this at all.
    NobodyQualified { service: ServiceId },
    /// The lead is qualified, though not at the level that is asked for.
    LevelLow {
        teacher: TeacherId,
        service: ServiceId,
        level: u8,
        least: u8,
    },
    /// The adult does not work there.
    NotAtSite {
        teacher: TeacherId,
        role: Role,
        site: SiteId,
    },
    /// The family has ruled the adult out.
    Excluded {
        teacher: TeacherId,
        role: Role,
        child: ChildId,
    },
    /// The adult does not work then.
    TeacherAway {
        teacher: TeacherId,
        role: Role,
        day: Day,
        start: Slot,
        dur: usize,
    },
    /// The adult is in another session then.
    TeacherBusy {
        teacher: TeacherId,
        role: Role,
        other: Session,
    },
    /// The adult's day would be too long; `slots` without this session.
    TeacherDayFull {
        teacher: TeacherId,
        role: Role,
        day: Day,
        slots: usize,
        dur: usize,
        most: usize,
    },
    /// The adult's week would be too long; `slots` without this session.
    TeacherWeekFull {
        teacher: TeacherId,
        role: Role,
        slots: usize,
        dur: usize,
        most: usize,
    },
    /// The adult would have too much in a row, `run` slots from `from` on.
    TeacherRunLong {
        teacher: TeacherId,
        role: Role,
        day: Day,
        from: Slot,
        run: usize,
        dur: usize,
        most: usize,
    },
    /// There is not enough time for the way from the session before, or to the next one.
    NoTimeForWay {
        teacher: TeacherId,
        role: Role,
        other: Session,
        minutes: u32,
        way: u32,
    },
    /// The prescription would have more leads than it may have; `leads` are those of its other sessions.
    TooManyLeads {
        task: Task,
        teacher: TeacherId,
        leads: Vec<TeacherId>,
        most: usize,
    },
    /// It is decided who leads the session, and it is somebody else.
    LeadPinned { teacher: TeacherId, pin: Pin },
    /// A trainee needs this session to watch enough, and somebody else trains them.
    NotMentor {
        teacher: TeacherId,
        trainee: TeacherId,
        slots: usize,
        least: usize,
    },
    /// Without this session between them there would be no time for the way between two others.
    WayWithout {
        teacher: TeacherId,
        before: Session,
        after: Session,
        minutes: u32,
        way: u32,
    },
}

impl Fact {
    /// The adult whom it is about; nothing for what holds whoever leads.
    pub fn teacher(&self) -> Option<TeacherId> {
        match *self {
            Self::LevelLow { teacher, .. }
            | Self::NotAtSite { teacher, .. }
            | Self::Excluded { teacher, .. }
            | Self::TeacherAway { teacher, .. }
            | Self::TeacherBusy { teacher, .. }
            | Self::TeacherDayFull { teacher, .. }
            | Self::TeacherWeekFull { teacher, .. }
            | Self::TeacherRunLong { teacher, .. }
            | Self::NoTimeForWay { teacher, .. }
            | Self::TooManyLeads { teacher, .. }
            | Self::LeadPinned { teacher, .. }
            | Self::NotMentor { teacher, .. }
            | Self::WayWithout { teacher, .. } => Some(teacher),
            Self::NoSuchTime { .. }
            | Self::OverBreak { .. }
            | Self::AfterClosing { .. }
            | Self::NothingPrescribed { .. }
            | Self::ChildAway { .. }
            | Self::ChildBusy { .. }
            | Self::ChildDayFull { .. }
            | Self::ChildRunLong { .. }
            | Self::HalfDayTaken { .. }
            | Self::DayTaken { .. }
            | Self::NoRoomOfKind { .. }
            | Self::RoomsTaken { .. }
            | Self::Pinned { .. }
            | Self::NobodyQualified { .. } => None,
        }
    }

    /// Whether moving or handing over other sessions can mend it; if not, somebody has to change what is given.
    pub fn can_be_mended(&self) -> bool {
        match *self {
            Self::NoSuchTime { .. }
            | Self::OverBreak { .. }
            | Self::AfterClosing { .. }
            | Self::NothingPrescribed { .. }
            | Self::ChildAway { .. }
            | Self::NoRoomOfKind { .. }
            | Self::Pinned { .. }
            | Self::NobodyQualified { .. }
            | Self::LevelLow { .. }
            | Self::LeadPinned { .. } => false,
            // A trainee can watch another session instead.
            Self::NotAtSite { role, .. } | Self::Excluded { role, .. } | Self::TeacherAway { role, .. } => {
                role == Role::Watching
            }
            Self::TeacherDayFull { role, dur, most, .. }
            | Self::TeacherWeekFull { role, dur, most, .. }
            | Self::TeacherRunLong { role, dur, most, .. } => role == Role::Watching || dur <= most,
            Self::ChildDayFull { dur, most, .. } | Self::ChildRunLong { dur, most, .. } => dur <= most,
            Self::ChildBusy { .. }
            | Self::HalfDayTaken { .. }
            | Self::DayTaken { .. }
            | Self::RoomsTaken { .. }
            | Self::TeacherBusy { .. }
            | Self::NoTimeForWay { .. }
            | Self::TooManyLeads { .. }
            | Self::NotMentor { .. }
            | Self::WayWithout { .. } => true,
        }
    }
}
