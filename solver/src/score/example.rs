//! What exactly is wrong: facts for a program, a sentence for people.

use serde::Serialize;

use crate::problem::{ChildId, Day, GroupId, RoomId, ServiceId, SiteId, Slot, Task, TeacherId};

/// A session, by its task and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Which {
    /// Of what.
    #[serde(flatten)]
    pub task: Task,
    /// On which day.
    pub day: Day,
    /// In which slot it starts.
    pub start: Slot,
}

/// One place where a rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[allow(missing_docs, reason = "each has its sentence")]
pub enum Example {
    Misplaced {
        which: Which,
    },
    Surplus {
        task: Task,
        surplus: usize,
    },
    TeacherClash {
        teacher: TeacherId,
        which: Which,
        other: Which,
    },
    ChildClash {
        child: ChildId,
        which: Which,
        other: Which,
    },
    RoomClash {
        room: RoomId,
        which: Which,
        other: Which,
    },
    RoomType {
        which: Which,
        room: RoomId,
    },
    RoomSite {
        which: Which,
        room: RoomId,
    },
    RoomSmall {
        which: Which,
        room: RoomId,
        members: usize,
        capacity: u32,
    },
    NotAtSite {
        which: Which,
        teacher: TeacherId,
        site: SiteId,
    },
    Excluded {
        which: Which,
        teacher: TeacherId,
        child: ChildId,
    },
    Level {
        which: Which,
        teacher: TeacherId,
        level: u8,
        least: u8,
    },
    TeacherAway {
        which: Which,
        teacher: TeacherId,
    },
    ChildAway {
        which: Which,
        child: ChildId,
    },
    TeacherDay {
        teacher: TeacherId,
        day: Day,
        slots: usize,
        most: usize,
    },
    TeacherWeek {
        teacher: TeacherId,
        slots: usize,
        most: usize,
    },
    TaskDay {
        task: Task,
        day: Day,
        sessions: usize,
        most: usize,
    },
    HalfDay {
        task: Task,
        day: Day,
        block: usize,
        sessions: usize,
    },
    ChildDay {
        child: ChildId,
        day: Day,
        slots: usize,
        most: usize,
    },
    Leads {
        task: Task,
        leads: usize,
        most: usize,
    },
    ChildRun {
        child: ChildId,
        day: Day,
        run: usize,
        most: usize,
    },
    TeacherRun {
        teacher: TeacherId,
        day: Day,
        run: usize,
        most: usize,
    },
    Travel {
        teacher: TeacherId,
        which: Which,
        next: Which,
        minutes: u32,
        way: u32,
    },
    MemberSite {
        child: ChildId,
        group: GroupId,
    },
    MemberAge {
        child: ChildId,
        group: GroupId,
        months: u32,
    },
    MemberLevel {
        child: ChildId,
        group: GroupId,
        level: u32,
    },
    GroupLarge {
        group: GroupId,
        members: usize,
        most: usize,
    },
    GroupSmall {
        group: GroupId,
        members: usize,
        least: usize,
    },
    SurplusPlace {
        child: ChildId,
        service: ServiceId,
        places: usize,
    },
    NoAssistant {
        which: Which,
    },
    WrongAssistant {
        which: Which,
        teacher: TeacherId,
    },
    WrongTrainee {
        which: Which,
        teacher: TeacherId,
        lead: TeacherId,
    },
    Watched {
        teacher: TeacherId,
        slots: usize,
        least: usize,
    },
    PastChanged {
        which: Which,
    },
    PastAdded {
        which: Which,
    },
    MembersChanged {
        group: GroupId,
    },
}
