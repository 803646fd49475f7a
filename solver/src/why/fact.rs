//! What stands against a session at a place: one fact each, for a program to read and for people to hear.

use serde::Serialize;

use crate::{
    problem::{ChildId, Day, GroupId, OrderId, Pin, RoomId, ServiceId, SiteId, Slot, Task, TeacherId},
    solution::Session,
};

/// A session of a timetable, in the shape of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Lesson {
    /// Of this prescription, unless it is a class.
    pub order: Option<OrderId>,
    /// Of this class, unless it is one to one.
    pub group: Option<GroupId>,
    /// On which day.
    pub day: Day,
    /// In which slot it starts.
    pub start: Slot,
    /// Who leads it.
    pub teacher: TeacherId,
    /// The assistant of a class, or the trainee who watches.
    pub second: Option<TeacherId>,
    /// Where.
    pub room: RoomId,
}

impl From<Session> for Lesson {
    fn from(s: Session) -> Self {
        let (order, group) = match s.task {
            Task::Order(id) => (Some(id), None),
            Task::Group(id) => (None, Some(id)),
        };
        Self {
            order,
            group,
            day: s.day,
            start: s.start,
            teacher: s.teacher,
            second: s.second,
            room: s.room,
        }
    }
}

impl Lesson {
    /// Of what.
    pub fn task(&self) -> Task {
        match (self.order, self.group) {
            (_, Some(id)) => Task::Group(id),
            (id, None) => Task::Order(id.unwrap_or_default()),
        }
    }
}

/// What of a session is decided before the timetable is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "each is the field of the same name of a session")]
pub struct Decided {
    pub day: Option<Day>,
    pub start: Option<Slot>,
    pub teacher: Option<TeacherId>,
    pub second: Option<TeacherId>,
    pub room: Option<RoomId>,
}

impl From<&Pin> for Decided {
    fn from(pin: &Pin) -> Self {
        Self {
            day: pin.day,
            start: pin.start,
            teacher: pin.teacher,
            second: pin.second,
            room: pin.room,
        }
    }
}

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
    pub by: Lesson,
}

/// One thing that stands against a session at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the fields are what the sentence of each is made of")]
pub enum Fact {
    /// There is no such day, or nothing can begin then.
    NoSuchTime { day: Day, start: Slot },
    /// The session would run into the break that begins when `end` begins.
    OverBreak {
        day: Day,
        start: Slot,
        dur: usize,
        end: Slot,
    },
    /// The session would not be over when the centre closes.
    AfterClosing { day: Day, start: Slot, dur: usize },
    /// The family cannot come then.
    ChildAway {
        child: ChildId,
        day: Day,
        start: Slot,
        dur: usize,
    },
    /// The child is in another session then.
    ChildBusy { child: ChildId, other: Lesson },
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
        most: usize,
    },
    /// The prescription has a session in that half-day already.
    HalfDayTaken { order: OrderId, other: Lesson },
    /// The prescription has as many sessions on that day as it may have; `sessions` without this one.
    DayTaken {
        order: OrderId,
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
    Pinned { order: OrderId, decided: Decided },
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
        other: Lesson,
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
        most: usize,
    },
    /// There is not enough time for the way from the session before, or to the next one.
    NoTimeForWay {
        teacher: TeacherId,
        role: Role,
        other: Lesson,
        minutes: u32,
        way: u32,
    },
    /// The prescription would have more leads than it may have; `leads` are those of its other sessions.
    TooManyLeads {
        order: OrderId,
        teacher: TeacherId,
        leads: Vec<TeacherId>,
        most: usize,
    },
    /// It is decided who leads the session, and it is somebody else.
    LeadPinned { teacher: TeacherId, decided: Decided },
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
        before: Lesson,
        after: Lesson,
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
            _ => None,
        }
    }

    /// Whether moving or handing over other sessions can mend it; if not, somebody has to change what is given.
    pub fn can_be_mended(&self) -> bool {
        match *self {
            Self::NoSuchTime { .. }
            | Self::OverBreak { .. }
            | Self::AfterClosing { .. }
            | Self::ChildAway { .. }
            | Self::NoRoomOfKind { .. }
            | Self::Pinned { .. }
            | Self::NobodyQualified { .. }
            | Self::LevelLow { .. }
            | Self::NotAtSite { .. }
            | Self::Excluded { .. }
            | Self::TeacherAway { .. }
            | Self::LeadPinned { .. } => false,
            Self::ChildDayFull { dur, most, .. }
            | Self::TeacherDayFull { dur, most, .. }
            | Self::TeacherWeekFull { dur, most, .. } => dur <= most,
            Self::DayTaken { most, .. } => most > 0,
            Self::ChildBusy { .. }
            | Self::ChildRunLong { .. }
            | Self::HalfDayTaken { .. }
            | Self::RoomsTaken { .. }
            | Self::TeacherBusy { .. }
            | Self::TeacherRunLong { .. }
            | Self::NoTimeForWay { .. }
            | Self::TooManyLeads { .. }
            | Self::NotMentor { .. }
            | Self::WayWithout { .. } => true,
        }
    }
}
