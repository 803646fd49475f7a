//! How far a repaired timetable is from the published one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::week::Week;
use crate::solution::{Event, Session};

/// What families and teachers notice of a repair, and what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Sessions that are not held.
    pub cancelled: usize,
    /// Families one of whose sessions is at another time, or not held.
    pub families_moved: usize,
    /// Sessions at their time with another lead.
    pub teacher_changes: usize,
    /// Sessions at their time in another room.
    pub room_changes: usize,
    /// What that costs.
    pub perturbation_cost: i64,
    /// That and the cost of the week.
    pub total_cost: i64,
}

pub(super) fn change(week: &Week, event: &Event, cancelled: usize, soft_cost: i64) -> Change {
    let before = Week::new(week.problem, &event.baseline, None);
    let mut moved = BTreeSet::new();
    let (mut teacher_changes, mut room_changes) = (0, 0);
    for ((task, _, old), (_, _, new)) in before.by_task.iter().zip(&week.by_task) {
        if times(old) != times(new) {
            moved.extend(week.kids(*task).iter().copied());
        }
        let (old, new) = (by_time(old), by_time(new));
        for (time, was) in &old {
            if let Some(is) = new.get(time) {
                teacher_changes += usize::from(was.teacher != is.teacher);
                room_changes += usize::from(was.room != is.room);
            }
        }
    }
    let w = &event.weights;
    let costs = [
        (w.cancelled, cancelled),
        (w.family_moved, moved.len()),
        (w.teacher_changed, teacher_changes),
        (w.room_changed, room_changes),
    ];
    let perturbation_cost = costs.iter().map(|(weight, n)| super::cost(*weight, *n)).sum::<i64>();
    Change {
        cancelled,
        families_moved: moved.len(),
        teacher_changes,
        room_changes,
        perturbation_cost,
        total_cost: perturbation_cost.saturating_add(soft_cost),
    }
}

/// The times of the sessions of a task, with how many there are at each.
fn times(sessions: &[Session]) -> BTreeMap<(usize, usize), usize> {
    let mut times = BTreeMap::new();
    for s in sessions {
        *times.entry((s.day, s.start)).or_default() += 1;
    }
    times
}

/// Of two sessions of a task at the same time the later one in the file counts.
pub(super) fn by_time(sessions: &[Session]) -> BTreeMap<(usize, usize), &Session> {
    sessions.iter().map(|s| ((s.day, s.start), s)).collect()
}
