//! A week without what cannot be, whoever makes the timetable: so that it costs what it touches, and nothing else.
//!
//! Only what counting proves of one order, class, trainee or pin, or of pins against each other, is taken out. What is
//! too much only together is the search's affair: which of it gives way is a choice.

use super::{
    fault::FewToWatch,
    frame::{Frame, index},
    pinned, prescription, staff,
};
use crate::{
    problem::{Problem, Task, TeacherId},
    solution::Absence,
};

/// The week with fewer sessions, members, watched hours and pins; nothing where all may be.
pub(crate) fn possible(problem: &Problem) -> Option<Problem> {
    of_frame(&Frame::new(problem))
}

/// The same, of what was laid out already.
pub(super) fn of_frame(frame: &Frame<'_>) -> Option<Problem> {
    let problem = frame.problem;
    let kept = pinned::kept(frame);
    let mut fewer: Vec<(Task, usize)> = Vec::new();
    for (task, line) in problem.tasks().zip(&frame.lines) {
        let series = line.series;
        // A pin that cannot be kept takes its session with it.
        let pinned = line.pins.iter().filter(|&&i| kept[i]).count();
        let left = pinned + series.sessions.saturating_sub(line.pins.len());
        let left = left.min(prescription::possible(frame, line));
        if left < series.sessions {
            fewer.push((task, left));
        }
    }
    // A class without children enough takes those there are.
    let small = |g: &usize| frame.candidates[*g].len() < problem.groups[*g].min_size;
    let small: Vec<usize> = (0..problem.groups.len()).filter(small).collect();
    // Of trainees who are too many for one mentor nobody knows whose hours are too many.
    let alone = |few: &FewToWatch| match few.trainees[..] {
        [trainee] => Some((trainee, few.available)),
        _ => None,
    };
    let short: Vec<(TeacherId, u32)> = staff::to_watch(frame).iter().filter_map(alone).collect();
    if fewer.is_empty() && small.is_empty() && short.is_empty() && kept.iter().all(|kept| *kept) {
        return None;
    }
    let mut less = problem.clone();
    for (task, sessions) in fewer {
        match task {
            Task::Order(o) => less.orders[o].series.sessions = sessions,
            Task::Group(g) => less.groups[g].series.sessions = sessions,
        }
    }
    for g in small {
        less.groups[g].min_size = frame.candidates[g].len();
    }
    for (trainee, available) in short {
        if let Some(watching) = &mut less.teachers[trainee].trainee {
            watching.shadow_min = available;
        }
    }
    let mut kept = kept.iter();
    less.pins.retain(|_| kept.next() == Some(&true));
    Some(less)
}

/// The week without pins that cannot be kept, each by itself, while somebody is away; nothing where all can. Nobody is
/// to be where somebody who is ill was to lead.
pub(crate) fn without_pins(problem: &Problem, absent: &[Absence]) -> Option<Problem> {
    if problem.pins.is_empty() {
        return None;
    }
    let mut then = problem.clone();
    for a in absent {
        for u in a.from..a.to.min(problem.grid.slots) {
            then.teachers[a.teacher].avail[a.day] &= !(1 << u);
        }
    }
    let frame = Frame::new(&then);
    let able: Vec<bool> = then
        .pins
        .iter()
        .map(|pin| pinned::single(&frame, pin).is_none())
        .collect();
    if able.iter().all(|able| *able) {
        return None;
    }
    let mut less = problem.clone();
    let mut able = able.iter();
    less.pins.retain(|_| able.next() == Some(&true));
    Some(less)
}

/// Sessions, members and watched slots that one week has more than another of the same people.
pub(crate) fn more(problem: &Problem, less: &Problem) -> usize {
    let all = |p: &Problem| {
        let sessions: usize = p.tasks().filter_map(|t| p.series(t)).map(|s| s.sessions).sum();
        let members: usize = p.groups.iter().map(|g| g.min_size).sum();
        let watched: usize = p
            .teachers
            .iter()
            .filter_map(|t| t.trainee.as_ref())
            .map(|w| index(w.shadow_min))
            .sum();
        sessions + members + watched
    };
    all(problem).saturating_sub(all(less))
}
