//! Advice is tried before it is given: followed in a copy of the week, with all that is decided in force, and the engine
//! asked how much more there is room for.

use std::{cell::Cell, mem::discriminant};

use super::{
    Demand,
    frame::{Line, span},
    item::{Help, Lack},
};
use crate::{
    engine,
    explain::pins,
    problem::{Problem, Room, Task, limits},
    solution::{Session, Solution},
};

/// Ways to help that are told of one item, at most.
const HELPS: usize = 3;
/// Ways of one kind that are tried for one item, at most.
const OF_A_KIND: usize = 3;

/// A timetable for which advice is tried.
pub(super) struct Tried<'a> {
    problem: &'a Problem,
    pub(super) best: &'a Solution,
    /// So many tries are left: each reads the whole week.
    left: Cell<usize>,
}

impl<'a> Tried<'a> {
    pub(super) fn new(problem: &'a Problem, best: &'a Solution) -> Self {
        let size = 1 + problem.children.len() + best.sessions.len();
        Self {
            problem,
            best,
            left: Cell::new((2_000_000 / size).clamp(50, 1_000)),
        }
    }

    /// The pins of a line that the timetable does not keep.
    pub(super) fn unkept(&self, line: &Line<'_>) -> Vec<usize> {
        let own: Vec<_> = line.pins.iter().map(|&i| &self.problem.pins[i]).collect();
        let task = own.first().map(|pin| pin.task);
        let of_task = self.best.sessions.iter().filter(|s| Some(s.task) == task);
        let sessions: Vec<Session> = of_task.copied().collect();
        let kept = pins::kept(&own, &sessions);
        let all = line.pins.iter().zip(kept);
        all.filter(|(_, kept)| !kept).map(|(&i, _)| i).collect()
    }

    /// Those that help, most helpful first, one of a kind.
    pub(super) fn useful(&self, lack: Lack, mut helps: Vec<Help>) -> Vec<Help> {
        helps.sort_by_key(|h| std::cmp::Reverse(h.sessions()));
        let mut useful: Vec<Help> = Vec::new();
        let mut tries = Vec::new();
        // What a better search would have found is no merit of the advice.
        let without = if helps.is_empty() {
            0
        } else {
            self.more(lack, self.problem)
        };
        for help in helps {
            let kind = discriminant(&help);
            let known = useful.iter().any(|h| discriminant(h) == kind);
            let often = tries.iter().filter(|k| **k == kind).count();
            if known || often == OF_A_KIND || useful.len() == HELPS {
                continue;
            }
            tries.push(kind);
            let sessions = self.gain(lack, &help);
            if sessions > without {
                useful.push(help.making(sessions));
            }
        }
        useful.sort_by_key(|h| std::cmp::Reverse(h.sessions()));
        useful
    }

    /// Sessions more when an advice is followed.
    fn gain(&self, lack: Lack, help: &Help) -> usize {
        if self.left.get() == 0 {
            return 0;
        }
        let followed = help.followed(self.problem, lack);
        followed.map_or(0, |after| self.more(lack, &after))
    }

    /// Sessions more of what is missing that a week has room for.
    fn more(&self, lack: Lack, week: &Problem) -> usize {
        self.left.set(self.left.get().saturating_sub(1));
        let more = lack.task().map(|task| engine::extend(week, self.best, task));
        more.map_or(0, |more| more.sessions.len().saturating_sub(self.best.sessions.len()))
    }
}

impl Lack {
    /// The order or group whose sessions are missing.
    pub fn task(self) -> Option<Task> {
        match self {
            Self::Sessions {
                demand: Demand::Order(o),
                ..
            } => Some(Task::Order(o)),
            Self::Sessions {
                demand: Demand::Group(g),
                ..
            } => Some(Task::Group(g)),
            Self::Sessions {
                demand: Demand::Place(_) | Demand::Watching(_),
                ..
            }
            | Self::Place { .. }
            | Self::Members { .. }
            | Self::Watching { .. } => None,
        }
    }
}

impl Help {
    /// The week in which the advice is followed; nothing where there is nothing to follow.
    pub fn followed(&self, problem: &Problem, lack: Lack) -> Option<Problem> {
        let task = lack.task()?;
        let mut p = problem.clone();
        let (service, level) = problem.series(task).map(|s| (s.service, s.min_level.max(1)))?;
        match *self {
            Self::Come { ref when, .. } => {
                let Task::Order(order) = task else { return None };
                let child = p.orders.get(order)?.child;
                for &(day, from, to) in when {
                    *p.children.get_mut(child)?.avail.get_mut(day)? |= span(from, to.checked_sub(from)? + 1);
                }
            }
            Self::Hours { teacher, slots, .. } => {
                let most = &mut p.teachers.get_mut(teacher)?.max_week;
                *most = most.saturating_add(u32::try_from(slots).unwrap_or(u32::MAX));
            }
            Self::Room { .. } => {
                let site = p.site(task)?;
                let kind = p.services.get(service)?.room_kind;
                let alike = p.rooms.iter().filter(|r| r.site == site && r.kind == kind);
                if alike.clone().count() >= limits::ROOMS_ALIKE {
                    return None;
                }
                let least = match task {
                    Task::Order(_) => 1,
                    Task::Group(g) => u32::try_from(p.groups.get(g)?.max_size).unwrap_or(u32::MAX),
                };
                let capacity = alike.map(|r| r.capacity).max().unwrap_or(1).max(least);
                p.rooms.push(Room { site, kind, capacity });
            }
            Self::Qualify { teacher, .. } => {
                let has = p.teachers.get_mut(teacher)?.qual.get_mut(service)?;
                *has = level.max(*has);
            }
            Self::Work {
                teacher, day, from, to, ..
            } => {
                let hours = p.teachers.get_mut(teacher)?.avail.get_mut(day)?;
                *hours |= span(from, to.checked_sub(from)? + 1);
            }
            Self::Unpin { pin, .. } => {
                if pin >= p.pins.len() {
                    return None;
                }
                p.pins.remove(pin);
            }
        }
        Some(p)
    }

    /// The same, making so many sessions possible.
    fn making(mut self, n: usize) -> Self {
        match &mut self {
            Self::Come { sessions, .. }
            | Self::Hours { sessions, .. }
            | Self::Room { sessions, .. }
            | Self::Qualify { sessions, .. }
            | Self::Work { sessions, .. }
            | Self::Unpin { sessions, .. } => *sessions = n,
        }
        self
    }
}
