//! The terms of the cost, one function each: the units of the week.

use std::collections::{BTreeMap, BTreeSet};

use super::week::{Used, Week, has, idle, used};
use crate::solution::Session;

/// S1: leads of a task beyond the first.
pub(super) fn extra_teacher(week: &Week) -> usize {
    beyond_first(week, |s| s.teacher)
}

/// S2: sessions that last week's teacher does not lead.
pub(super) fn not_prev_teacher(week: &Week) -> usize {
    let mut units = 0;
    for (_, series, sessions) in &week.by_task {
        if let Some(prev) = series.prev_teacher {
            units += sessions.iter().filter(|s| s.teacher != prev).count();
        }
    }
    units
}

/// S3: pairs of sessions of a task on different days that are too near.
pub(super) fn day_gap(week: &Week) -> usize {
    let mut units = 0;
    for (_, series, sessions) in &week.by_task {
        let mut by_day: BTreeMap<usize, usize> = BTreeMap::new();
        for s in sessions {
            *by_day.entry(s.day).or_default() += 1;
        }
        for (&day, &n) in &by_day {
            let near: usize = by_day
                .iter()
                .filter(|&(&d, _)| d > day && d - day < series.min_day_gap)
                .map(|(_, n)| n)
                .sum();
            units += n * near;
        }
    }
    units
}

/// S4: slots of children that their families would rather not have.
pub(super) fn avoid_slot(week: &Week) -> usize {
    child_days(week, |child, day, used| {
        let avoid = week.problem.children[child].avoid[day];
        used.iter()
            .enumerate()
            .filter(|&(slot, busy)| *busy && has(avoid, slot))
            .count()
    })
}

/// S5: slots that children wait between the first and the last session of a half-day.
pub(super) fn child_idle(week: &Week) -> usize {
    child_days(week, |_, _, used| idle(used, &week.problem.grid))
}

/// S6: half-days that children attend.
pub(super) fn child_visit(week: &Week) -> usize {
    let blocks = &week.problem.grid.blocks;
    child_days(week, |_, _, used| {
        blocks
            .iter()
            .filter(|&&(from, to)| used[from..to].contains(&true))
            .count()
    })
}

/// S7: slots that an attended day is short of being worth the way.
pub(super) fn short_day(week: &Week) -> usize {
    child_days(week, |child, _, used| {
        let busy = used.iter().filter(|busy| **busy).count();
        let least = usize::try_from(week.problem.children[child].min_day).unwrap_or(usize::MAX);
        if busy == 0 { 0 } else { least.saturating_sub(busy) }
    })
}

/// S8: slots that teachers wait between the first and the last session of a half-day.
pub(super) fn teacher_idle(week: &Week) -> usize {
    teacher_days(week, |teacher, day| {
        idle(&used(&week.of_teacher(teacher, day)), &week.problem.grid)
    })
}

/// S9: slots of teachers' weeks above their targets.
pub(super) fn over_target(week: &Week) -> usize {
    let mut units = 0;
    for (teacher, t) in week.problem.teachers.iter().enumerate() {
        units += week
            .load(teacher)
            .saturating_sub(usize::try_from(t.target_week).unwrap_or(usize::MAX));
    }
    units
}

/// S10: sites of a teacher on a day beyond the first.
pub(super) fn extra_site(week: &Week) -> usize {
    teacher_days(week, |teacher, day| {
        let sites: BTreeSet<_> = week.of_teacher(teacher, day).iter().map(|s| s.site).collect();
        sites.len().saturating_sub(1)
    })
}

/// S11: rooms of a task beyond the first.
pub(super) fn extra_room(week: &Week) -> usize {
    beyond_first(week, |s| s.room)
}

/// S12: start slots of a task beyond the first.
pub(super) fn extra_start(week: &Week) -> usize {
    beyond_first(week, |s| s.start)
}

fn beyond_first(week: &Week, what: impl Fn(&Session) -> usize) -> usize {
    let mut units = 0;
    for (_, _, sessions) in &week.by_task {
        let different: BTreeSet<usize> = sessions.iter().map(&what).collect();
        units += different.len().saturating_sub(1);
    }
    units
}

fn child_days(week: &Week, units: impl Fn(usize, usize, &Used) -> usize) -> usize {
    let days = week.problem.grid.days;
    let children = 0..week.problem.children.len();
    children
        .flat_map(|c| (0..days).map(move |d| (c, d)))
        .map(|(c, d)| units(c, d, &used(&week.of_child(c, d))))
        .sum()
}

fn teacher_days(week: &Week, units: impl Fn(usize, usize) -> usize) -> usize {
    let days = week.problem.grid.days;
    let teachers = 0..week.problem.teachers.len();
    teachers
        .flat_map(|t| (0..days).map(move |d| (t, d)))
        .map(|(t, d)| units(t, d))
        .sum()
}
