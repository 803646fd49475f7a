//! Writing timetables and absences in the shapes that [`crate::read`] reads.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    problem::{ChildId, Problem, Task},
    read,
    solution::{ChangeWeights, Event, Session, Solution},
};

#[derive(Serialize)]
struct File<'a> {
    format: &'static str,
    instance: &'a str,
    sessions: Vec<Line>,
    members: BTreeMap<usize, &'a [ChildId]>,
}

#[derive(Serialize)]
struct Line {
    order: Option<usize>,
    group: Option<usize>,
    day: usize,
    start: usize,
    teacher: usize,
    second: Option<usize>,
    room: usize,
}

#[derive(Serialize)]
struct EventFile<'a> {
    format: &'static str,
    instance: &'a str,
    baseline: File<'a>,
    absent: Vec<AbsenceLine>,
    now: Now,
    weights: ChangeWeights,
}

#[derive(Serialize)]
struct AbsenceLine {
    teacher: usize,
    day: usize,
    from: usize,
    to: usize,
}

#[derive(Serialize)]
struct Now {
    day: usize,
    slot: usize,
}

/// A timetable as a file; the same text for the same sessions, in whatever order they are.
pub fn write_solution(problem: &Problem, solution: &Solution) -> String {
    text(&file(problem, solution))
}

/// An absence as a file, with its published timetable.
pub fn write_event(problem: &Problem, event: &Event) -> String {
    text(&EventFile {
        format: read::EVENT,
        instance: &problem.name,
        baseline: file(problem, &event.baseline),
        absent: event
            .absent
            .iter()
            .map(|a| AbsenceLine {
                teacher: a.teacher,
                day: a.day,
                from: a.from,
                to: a.to,
            })
            .collect(),
        now: Now {
            day: event.now.0,
            slot: event.now.1,
        },
        weights: event.weights,
    })
}

fn file<'a>(problem: &'a Problem, solution: &'a Solution) -> File<'a> {
    let mut sessions = solution.sessions.clone();
    sessions.sort_unstable();
    File {
        format: read::SOLUTION,
        instance: &problem.name,
        sessions: sessions.iter().map(line).collect(),
        members: solution.members.iter().map(Vec::as_slice).enumerate().collect(),
    }
}

fn line(session: &Session) -> Line {
    let (order, group) = match session.task {
        Task::Order(id) => (Some(id), None),
        Task::Group(id) => (None, Some(id)),
    };
    let &Session {
        day,
        start,
        teacher,
        second,
        room,
        ..
    } = session;
    Line {
        order,
        group,
        day,
        start,
        teacher,
        second,
        room,
    }
}

fn text(file: &impl Serialize) -> String {
    // Numbers and texts only: there is nothing in these files that JSON cannot hold.
    serde_json::to_string(file).unwrap_or_default()
}
