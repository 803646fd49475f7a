//! Past sessions that cannot be as they are said to have been: in a room of another type, across a break, one too many.
//! Somebody wrote them down all the same. They stay, word for word, and the engine makes the rest of the week.

use std::collections::BTreeMap;

use crate::{
    problem::{Problem, Task},
    solution::{Event, Session, Solution},
};

/// A repair without the past sessions that the engine has no place for.
pub(super) struct Aside {
    /// The week, with so many fewer sessions to be held.
    pub problem: Problem,
    /// The absence, on what is left of the published timetable.
    pub event: Event,
    sessions: Vec<Session>,
}

impl Aside {
    /// Nothing when the past is in order, as it nearly always is.
    pub(super) fn of(problem: &Problem, event: &Event) -> Option<Self> {
        // Held so far by task, and how many of those the engine takes over.
        let mut held: BTreeMap<Task, (usize, usize)> = BTreeMap::new();
        let (kept, sessions): (Vec<Session>, Vec<Session>) = event.baseline.sessions.iter().partition(|s| {
            if (s.day, s.start) >= event.now {
                return true;
            }
            let (times, taken) = held.entry(s.task).or_default();
            *times += 1;
            let keep = *times <= prescribed(problem, s.task) && is_possible(problem, s);
            *taken += usize::from(keep);
            keep
        });
        if sessions.is_empty() {
            return None;
        }
        let mut problem = problem.clone();
        for (task, (times, taken)) in held {
            let series = match task {
                Task::Order(o) => &mut problem.orders[o].series,
                Task::Group(g) => &mut problem.groups[g].series,
            };
            series.sessions -= times.min(series.sessions) - taken;
        }
        let event = Event {
            baseline: Solution {
                sessions: kept,
                members: event.baseline.members.clone(),
            },
            ..event.clone()
        };
        Some(Self {
            problem,
            event,
            sessions,
        })
    }

    /// A timetable with what was set aside.
    pub(super) fn restore(&self, solution: &mut Solution) {
        solution.sessions.extend(&self.sessions);
        solution.sessions.sort_unstable();
    }
}

fn prescribed(problem: &Problem, task: Task) -> usize {
    problem.series(task).map_or(0, |series| series.sessions)
}

/// Whether the engine can hold a session where it is said to have been.
fn is_possible(problem: &Problem, s: &Session) -> bool {
    let Some((series, site)) = problem.series(s.task).zip(problem.site(s.task)) else {
        return false;
    };
    let room = &problem.rooms[s.room];
    problem.grid.holds(s.day, s.start, series.dur)
        && room.site == site
        && room.kind == problem.services[series.service].room_kind
}
