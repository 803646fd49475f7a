//! What exactly is wrong: facts for a program, a sentence for people.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::rules::Language;
use crate::problem::{ChildId, Day, GroupId, RoomId, ServiceId, SiteId, Slot, Task, TeacherId};

/// A session, by its task and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Which {
    /// Of what.
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
        #[serde(serialize_with = "serialize_task")]
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
        #[serde(serialize_with = "serialize_task")]
        task: Task,
        day: Day,
        sessions: usize,
        most: usize,
    },
    HalfDay {
        #[serde(serialize_with = "serialize_task")]
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
        #[serde(serialize_with = "serialize_task")]
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

/// How people are called in sentences; by their numbers, where nothing better is known.
pub trait Names {
    /// A teacher, therapist or trainee.
    fn teacher(&self, id: TeacherId, language: Language) -> String {
        language.pick(format!("{id}号老师"), format!("teacher {id}"))
    }

    /// A child.
    fn child(&self, id: ChildId, language: Language) -> String {
        language.pick(format!("{id}号儿童"), format!("child {id}"))
    }

    /// A room.
    fn room(&self, id: RoomId, language: Language) -> String {
        language.pick(format!("{id}号教室"), format!("room {id}"))
    }

    /// A site.
    fn site(&self, id: SiteId, language: Language) -> String {
        language.pick(format!("{id}号校区"), format!("site {id}"))
    }

    /// A group.
    fn group(&self, id: GroupId, language: Language) -> String {
        language.pick(format!("{id}号班"), format!("group {id}"))
    }
}

/// Everybody by number.
pub struct Numbers;

impl Names for Numbers {}

impl Serialize for Which {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Which", 3)?;
        match self.task {
            Task::Order(id) => fields.serialize_field("order", &id)?,
            Task::Group(id) => fields.serialize_field("group", &id)?,
        }
        fields.serialize_field("day", &self.day)?;
        fields.serialize_field("start", &self.start)?;
        fields.end()
    }
}

fn serialize_task<S: Serializer>(task: &Task, serializer: S) -> Result<S::Ok, S::Error> {
    let mut fields = serializer.serialize_struct("Task", 1)?;
    match task {
        Task::Order(id) => fields.serialize_field("order", id)?,
        Task::Group(id) => fields.serialize_field("group", id)?,
    }
    fields.end()
}
