//! The problem as the engine reads it: flat, indexed by small numbers, with tables for what depends on a mask alone.

mod build;
mod tables;

use std::sync::Arc;

use crate::{
    problem::{Mask, Problem, Task},
    solution::{ChangeWeights, Event},
};
pub(crate) use tables::span;

/// No teacher.
pub(crate) const NONE: u32 = u32::MAX;

/// A spot that leaves the room open.
pub(crate) const ANY_ROOM: u8 = u8::MAX;

/// What a day's mask tells by itself, whoever's day it is.
#[derive(Clone, Copy, Default)]
pub(crate) struct Facts {
    /// Free slots between the first and the last used one of a half-day.
    pub idle: u8,
    /// Half-days with a used slot.
    pub visits: u8,
    /// Longest run of used slots in a half-day.
    pub run: u8,
    /// Used slots.
    pub count: u8,
}

/// An order or a group.
pub(crate) struct TaskModel {
    pub task: Task,
    pub sessions: u32,
    pub dur: u8,
    /// The child of an order, unused for a group.
    pub child: u32,
    /// The group's index, or [`NONE`].
    pub group: u32,
    pub site: u32,
    pub pool: u32,
    pub per_day: u8,
    pub max_leads: u8,
    pub gap: u8,
    pub prev: u32,
    /// Needs an assistant.
    pub assisted: bool,
    /// Who may lead it, but for whom a family excludes; shared by tasks alike.
    pub leads: Arc<[u32]>,
    /// Who may assist it.
    pub assistants: Arc<[u32]>,
    /// Where it was published (repair only).
    pub published: Vec<Spot>,
}

/// Where a session is; the room is counted within its pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spot {
    pub day: u8,
    pub start: u8,
    pub room: u8,
    pub teacher: u32,
    pub second: u32,
}

impl Spot {
    /// A session without a time.
    pub(crate) const OUT: Self = Self {
        day: u8::MAX,
        start: 0,
        room: 0,
        teacher: NONE,
        second: NONE,
    };

    pub(crate) fn is_set(self) -> bool {
        self.day != u8::MAX
    }
}

/// What of a session is decided from outside.
#[derive(Clone, Copy, Default)]
pub(crate) struct Fixed {
    pub day: Option<u8>,
    pub start: Option<u8>,
    pub teacher: Option<u32>,
    pub second: Option<u32>,
    pub room: Option<u8>,
    /// Past or wholly pinned: never touched.
    pub frozen: bool,
}

impl Fixed {
    fn any(self) -> bool {
        self.day.is_some()
            || self.start.is_some()
            || self.teacher.is_some()
            || self.second.is_some()
            || self.room.is_some()
    }

    /// Whether a spot agrees with what is decided.
    pub(crate) fn allows(self, spot: Spot) -> bool {
        self.day.is_none_or(|d| d == spot.day)
            && self.start.is_none_or(|u| u == spot.start)
            && self.teacher.is_none_or(|t| t == spot.teacher)
            && self.second.is_none_or(|t| t == spot.second)
            && self.room.is_none_or(|r| r == spot.room)
    }
}

pub(crate) struct TeacherModel {
    /// First index of its rows in the site masks.
    pub site_row: u32,
    pub sites: Vec<u32>,
    pub max_day: u8,
    pub max_week: i32,
    pub target: i32,
    pub max_run: u8,
    pub mentor: u32,
    pub shadow_min: i32,
    /// Trainees who watch this one.
    pub trainees: Vec<u32>,
}

pub(crate) struct ChildModel {
    pub max_day: u8,
    pub min_day: u8,
    pub max_run: u8,
    pub exclude: Vec<u32>,
}

/// The rooms of one type at one site.
pub(crate) struct Pool {
    pub rooms: Vec<usize>,
    pub all: u128,
}

/// A place in a group that a child must get.
pub(crate) struct PlaceModel {
    pub child: u32,
    /// Groups (not tasks) that may take the child; shared by children alike.
    pub groups: Arc<[u32]>,
}

/// Everything that does not change while solving.
pub(crate) struct Model<'p> {
    pub problem: &'p Problem,
    pub days: usize,
    pub slots: usize,
    pub facts: Vec<Facts>,
    /// Starts that keep a session inside a half-day, by duration.
    pub starts: Vec<Mask>,
    /// Half-day of a slot.
    pub block: Vec<u8>,
    pub tasks: Vec<TaskModel>,
    /// First session of every task, and the end.
    pub first: Vec<u32>,
    pub task_of: Vec<u32>,
    pub fixed: Vec<Fixed>,
    /// Whether a task has anything fixed.
    pub has_fixed: Vec<bool>,
    pub teachers: Vec<TeacherModel>,
    pub children: Vec<ChildModel>,
    /// Working slots by teacher and day, absences taken out.
    pub teacher_avail: Vec<Mask>,
    pub child_avail: Vec<Mask>,
    pub child_avoid: Vec<Mask>,
    pub pools: Vec<Pool>,
    pub pool_of_room: Vec<(u32, u8)>,
    /// Task of a group.
    pub task_of_group: Vec<u32>,
    /// Tasks that are orders, by site.
    pub orders_at: Vec<Vec<u32>>,
    pub places: Vec<PlaceModel>,
    pub site_rows: usize,
    /// Minutes from the end of slot `a` to the start of slot `b`, at `a * slots + b`.
    pub minutes: Vec<i32>,
    pub change: Option<ChangeWeights>,
    /// Most families that may be moved.
    pub max_moved: Option<u32>,
}

impl<'p> Model<'p> {
    pub(crate) fn new(problem: &'p Problem) -> Self {
        Self::build(problem, None, false)
    }

    /// The week of an absence: past sessions and memberships frozen; unless `strict`, the leads of an order free and no
    /// watching owed.
    pub(crate) fn for_event(problem: &'p Problem, event: &Event, strict: bool) -> Self {
        Self::build(problem, Some(event), !strict)
    }

    /// Where a task stands in [`Model::tasks`].
    pub(crate) fn index(&self, task: Task) -> usize {
        match task {
            Task::Order(o) => o,
            Task::Group(g) => self.problem.orders.len() + g,
        }
    }

    pub(crate) fn sessions(&self, x: usize) -> std::ops::Range<usize> {
        self.first[x] as usize..self.first[x + 1] as usize
    }

    /// The starts at which `dur` slots of a mask are set inside one half-day.
    #[inline]
    pub(crate) fn starts_in(&self, mask: Mask, dur: u8) -> Mask {
        let mut fit = mask;
        for i in 1..dur {
            fit &= mask >> i;
        }
        fit & self.starts[dur as usize]
    }

    /// Children that a room holds, as the rooms of a pool that hold so many.
    pub(crate) fn holding(&self, pool: usize, children: usize) -> u128 {
        let mut mask = 0;
        for (k, &room) in self.pools[pool].rooms.iter().enumerate() {
            if self.problem.rooms[room].capacity as usize >= children {
                mask |= 1 << k;
            }
        }
        mask
    }
}
