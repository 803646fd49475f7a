//! What cannot be, whoever makes the timetable: each fault is a proof by counting, with its numbers.

use serde::Serialize;

use super::Demand;
use crate::problem::{ChildId, GroupId, Mask, ServiceId, SiteId, TeacherId};

/// Something wanted that what is given cannot hold. Lengths are in slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// Nobody may lead it.
    NobodyQualified(NobodyQualified),
    /// The family has ruled out everybody who may.
    AllExcluded(AllExcluded),
    /// There is no room for it.
    NoRoom(NoRoom),
    /// Nobody can assist it.
    NoAssistant(NoAssistant),
    /// A session is longer than every half-day.
    TooLong(TooLong),
    /// More sessions than the family's hours hold.
    FewStarts(FewStarts),
    /// No teacher works when it could be.
    NoCommonTime(NoCommonTime),
    /// Not enough sessions with as few teachers as are allowed.
    FewSessions(FewSessions),
    /// All sessions of a child take longer than the family's hours.
    ChildHours(ChildHours),
    /// All sessions of a child do not fit into the family's hours, as trying every way shows.
    ChildWindow(ChildWindow),
    /// Teachers have fewer hours than what only they can give.
    TeacherHours(TeacherHours),
    /// Rooms have fewer hours than what can only be in them.
    RoomHours(RoomHours),
    /// A class without enough children.
    FewMembers(FewMembers),
    /// A child whom no class takes.
    NoGroup(NoGroup),
    /// More children than the classes take.
    FewPlaces(FewPlaces),
    /// A trainee who cannot watch enough.
    FewToWatch(FewToWatch),
    /// What is decided breaks a rule.
    WrongPins(WrongPins),
}

/// See [`Fault::NobodyQualified`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NobodyQualified {
    /// The order or group.
    pub demand: Demand,
    /// Its service.
    pub service: ServiceId,
    /// Where it is held.
    pub site: SiteId,
    /// The level that is asked for.
    pub level: u8,
    /// Qualified, but at other sites.
    pub elsewhere: Vec<TeacherId>,
    /// At the site, but of a lower level.
    pub lower: Vec<TeacherId>,
}

/// See [`Fault::AllExcluded`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AllExcluded {
    /// The order.
    pub demand: Demand,
    /// Whose family it is.
    pub child: ChildId,
    /// Everybody qualified at the site.
    pub teachers: Vec<TeacherId>,
}

/// See [`Fault::NoRoom`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoRoom {
    /// The order or group.
    pub demand: Demand,
    /// Its service.
    pub service: ServiceId,
    /// Where it is held.
    pub site: SiteId,
    /// The type of room, as the file calls it.
    pub room_type: String,
    /// Children that a room must hold, and the largest there does; nothing where there is none of the type.
    pub small: Option<(usize, u32)>,
}

/// See [`Fault::NoAssistant`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoAssistant {
    /// The group.
    pub group: GroupId,
    /// Where it is held.
    pub site: SiteId,
    /// The only one who may assist is the only one who may lead.
    pub both: Option<TeacherId>,
}

/// See [`Fault::TooLong`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TooLong {
    /// The order or group.
    pub demand: Demand,
    /// Slots of a session.
    pub dur: usize,
    /// Slots of the longest half-day.
    pub longest: usize,
}

/// See [`Fault::FewStarts`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FewStarts {
    /// The order or group.
    pub demand: Demand,
    /// Sessions of the week.
    pub wanted: usize,
    /// Slots of each.
    pub dur: usize,
    /// Sessions that can be.
    pub possible: usize,
    /// Most on a day.
    pub per_day: usize,
}

/// See [`Fault::NoCommonTime`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoCommonTime {
    /// The order or group.
    pub demand: Demand,
    /// Everybody who may lead it.
    pub teachers: Vec<TeacherId>,
    /// Slots of a session.
    pub dur: usize,
}

/// See [`Fault::FewSessions`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FewSessions {
    /// The order or group.
    pub demand: Demand,
    /// Sessions of the week.
    pub wanted: usize,
    /// Most different leads.
    pub max_teachers: usize,
    /// Everybody who may lead it.
    pub teachers: Vec<TeacherId>,
    /// Those who together can lead most.
    pub best: Vec<TeacherId>,
    /// So many.
    pub possible: usize,
}

/// See [`Fault::ChildHours`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChildHours {
    /// Who.
    pub child: ChildId,
    /// The child's orders and places.
    pub demands: Vec<Demand>,
    /// Slots they take.
    pub wanted: u32,
    /// Slots there are within the limits of a day and of a run.
    pub available: u32,
}

/// See [`Fault::ChildWindow`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChildWindow {
    /// Who.
    pub child: ChildId,
    /// A smallest set of the child's orders that does not fit.
    pub demands: Vec<Demand>,
    /// Slots they take.
    pub wanted: u32,
}

/// See [`Fault::TeacherHours`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TeacherHours {
    /// What is wanted, by service, site and level.
    pub wishes: Vec<Wish>,
    /// The orders, groups and watching duties.
    pub demands: Vec<Demand>,
    /// Slots they take.
    pub wanted: u32,
    /// Slots that the teachers have for them.
    pub available: u32,
    /// Everybody who can give any of it.
    pub teachers: Vec<TeacherId>,
    /// By day the slots in which it could be; empty where the teachers' hours of the week are too few at any time.
    pub window: Vec<Mask>,
}

/// What is wanted of teachers: hours of a service at a site from a level on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Wish {
    /// What is to be done.
    pub part: Part,
    /// The service; nothing for watching.
    pub service: Option<ServiceId>,
    /// Where.
    pub site: Option<SiteId>,
    /// Least level.
    pub level: u8,
    /// Sessions.
    pub sessions: usize,
    /// Slots they take.
    pub slots: u32,
}

/// What somebody does in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Leads it.
    Lead,
    /// Assists.
    Assist,
    /// Watches a mentor.
    Watch,
}

/// See [`Fault::RoomHours`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomHours {
    /// Where.
    pub site: SiteId,
    /// The type of room, as the file calls it.
    pub room_type: String,
    /// Rooms of the type that are large enough.
    pub rooms: usize,
    /// Children that they must hold, where it matters.
    pub holding: Option<usize>,
    /// The services held in them.
    pub services: Vec<ServiceId>,
    /// The orders and groups.
    pub demands: Vec<Demand>,
    /// Sessions of theirs.
    pub sessions: usize,
    /// Slots they take.
    pub wanted: u32,
    /// Slots there are.
    pub available: u32,
    /// By day the slots in which it could be; empty where the hours of the week are too few at any time.
    pub window: Vec<Mask>,
}

/// See [`Fault::FewMembers`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FewMembers {
    /// The classes.
    pub groups: Vec<GroupId>,
    /// Their service.
    pub service: ServiceId,
    /// Members they need at least, together.
    pub wanted: usize,
    /// The children who want a place and fit.
    pub children: Vec<ChildId>,
}

/// See [`Fault::NoGroup`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoGroup {
    /// The place.
    pub demand: Demand,
    /// Who.
    pub child: ChildId,
    /// Of which service.
    pub service: ServiceId,
    /// Classes of the service in all.
    pub held: usize,
    /// Classes at the child's site.
    pub at_site: usize,
    /// Those of them for the child's age.
    pub of_age: usize,
    /// Those for the child's level, whatever the age.
    pub of_level: usize,
}

/// See [`Fault::FewPlaces`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FewPlaces {
    /// Of which service.
    pub service: ServiceId,
    /// The classes that fit.
    pub groups: Vec<GroupId>,
    /// The places that are wanted in them.
    pub demands: Vec<Demand>,
    /// The children who want them.
    pub children: Vec<ChildId>,
    /// Places that there are.
    pub available: u32,
}

/// See [`Fault::FewToWatch`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FewToWatch {
    /// Trainees of one mentor.
    pub trainees: Vec<TeacherId>,
    /// Whom they watch.
    pub mentor: TeacherId,
    /// Slots they must watch together.
    pub wanted: u32,
    /// Slots that they can.
    pub available: u32,
    /// What bounds it.
    pub bound: WatchBound,
}

/// What bounds the watching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WatchBound {
    /// The hours in which both work and have not reached their limits.
    Hours,
    /// The sessions that the mentor may give where the trainee may be.
    Sessions,
}

/// See [`Fault::WrongPins`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrongPins {
    /// Which of the problem's pins; one, or those that contradict each other.
    pub pins: Vec<usize>,
    /// Whose they are.
    pub demands: Vec<Demand>,
    /// What they break.
    pub because: PinFault,
}

/// What pins break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PinFault {
    /// A day or a slot that the week does not have.
    Outside,
    /// A session that starts then passes the end of its half-day.
    AcrossBreak,
    /// The teacher may not lead it: not qualified, not at the site, or ruled out by the family.
    Lead(TeacherId),
    /// The second may neither assist nor watch.
    Second(TeacherId),
    /// The room is of another type, at another site, or too small.
    Room,
    /// The child does not come then, or for no session of the length.
    ChildAway(ChildId),
    /// Too few of those who could be members come then.
    FewCome,
    /// The teacher does not work then, or not for a session of the length.
    TeacherAway(TeacherId),
    /// Nobody who may lead it works then.
    NobodyThen,
    /// There is no time that suits everybody who must be there.
    NoTime,
    /// Two sessions of one teacher at once.
    TeacherTwice(TeacherId),
    /// Two sessions of one child at once.
    ChildTwice(ChildId),
    /// Two sessions in one room at once.
    RoomTwice,
    /// Two sessions of one prescription or class in a half-day, or too many on a day.
    Day,
    /// More leads than allowed.
    Leads(usize),
    /// More decisions than there are sessions.
    TooMany(usize),
}

impl Fault {
    /// What is wanted and cannot be.
    pub fn demands(&self) -> Vec<Demand> {
        match self {
            Self::NobodyQualified(f) => vec![f.demand],
            Self::AllExcluded(f) => vec![f.demand],
            Self::NoRoom(f) => vec![f.demand],
            Self::NoAssistant(f) => vec![Demand::Group(f.group)],
            Self::TooLong(f) => vec![f.demand],
            Self::FewStarts(f) => vec![f.demand],
            Self::NoCommonTime(f) => vec![f.demand],
            Self::FewSessions(f) => vec![f.demand],
            Self::ChildHours(f) => f.demands.clone(),
            Self::ChildWindow(f) => f.demands.clone(),
            Self::TeacherHours(f) => f.demands.clone(),
            Self::RoomHours(f) => f.demands.clone(),
            Self::FewMembers(f) => f.groups.iter().copied().map(Demand::Group).collect(),
            Self::NoGroup(f) => vec![f.demand],
            Self::FewPlaces(f) => f.demands.clone(),
            Self::FewToWatch(f) => f.trainees.iter().copied().map(Demand::Watching).collect(),
            Self::WrongPins(f) => f.demands.clone(),
        }
    }
}
