//! The terms of the cost, one function each: whose units, and how many.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    share::{Share, Whose},
    week::{Used, Week, has, idle, used},
};
use crate::solution::Session;

/// Told of every share of a term.
pub(super) type Tell<'t> = &'t mut dyn FnMut(Share);

/// S1: leads of a task beyond the first.
pub(super) fn extra_teacher(week: &Week, tell: Tell) {
    beyond_first(week, tell, |s| s.teacher);
}

/// S2: sessions that last week's teacher does not lead.
pub(super) fn not_prev_teacher(week: &Week, tell: Tell) {
    for (task, series, sessions) in &week.by_task {
        if let Some(prev) = series.prev_teacher {
            let units = sessions.iter().filter(|s| s.teacher != prev).count();
            share(tell, (*task).into(), None, units);
        }
    }
}

/// S3: pairs of sessions of a task on different days that are too near.
pub(super) fn day_gap(week: &Week, tell: Tell) {
    for (task, series, sessions) in &week.by_task {
        let mut by_day: BTreeMap<usize, usize> = BTreeMap::new();
        let mut units = 0;
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
        share(tell, (*task).into(), None, units);
    }
}

/// S4: slots of children that their families would rather not have.
pub(super) fn avoid_slot(week: &Week, tell: Tell) {
    child_days(week, tell, |child, day, used| {
        let avoid = week.problem.children[child].avoid[day];
        used.iter()
            .enumerate()
            .filter(|&(slot, busy)| *busy && has(avoid, slot))
            .count()
    });
}

/// S5: slots that children wait between the first and the last session of a half-day.
pub(super) fn child_idle(week: &Week, tell: Tell) {
    child_days(week, tell, |_, _, used| idle(used, &week.problem.grid));
}

/// S6: half-days that children attend.
pub(super) fn child_visit(week: &Week, tell: Tell) {
    let blocks = &week.problem.grid.blocks;
    child_days(week, tell, |_, _, used| {
        blocks
            .iter()
            .filter(|&&(from, to)| used[from..to].contains(&true))
            .count()
    });
}

/// S7: slots that an attended day is short of being worth the way.
pub(super) fn short_day(week: &Week, tell: Tell) {
    child_days(week, tell, |child, _, used| {
        let busy = used.iter().filter(|busy| **busy).count();
        let least = usize::try_from(week.problem.children[child].min_day).unwrap_or(usize::MAX);
        if busy == 0 { 0 } else { least.saturating_sub(busy) }
    });
}

/// S8: slots that teachers wait between the first and the last session of a half-day.
pub(super) fn teacher_idle(week: &Week, tell: Tell) {
    teacher_days(week, tell, |teacher, day| {
        idle(&used(&week.of_teacher(teacher, day)), &week.problem.grid)
    });
}

/// S9: slots of teachers' weeks above their targets.
pub(super) fn over_target(week: &Week, tell: Tell) {
    for (teacher, t) in week.problem.teachers.iter().enumerate() {
        let target = usize::try_from(t.target_week).unwrap_or(usize::MAX);
        let units = week.load(teacher).saturating_sub(target);
        share(tell, Whose::Teacher(teacher), None, units);
    }
}

/// S10: sites of a teacher on a day beyond the first.
pub(super) fn extra_site(week: &Week, tell: Tell) {
    teacher_days(week, tell, |teacher, day| {
        let sites: BTreeSet<_> = week.of_teacher(teacher, day).iter().map(|s| s.site).collect();
        sites.len().saturating_sub(1)
    });
}

/// S11: rooms of a task beyond the first.
pub(super) fn extra_room(week: &Week, tell: Tell) {
    beyond_first(week, tell, |s| s.room);
}

/// S12: start slots of a task beyond the first.
pub(super) fn extra_start(week: &Week, tell: Tell) {
    beyond_first(week, tell, |s| s.start);
}

fn beyond_first(week: &Week, tell: Tell, what: impl Fn(&Session) -> usize) {
    for (task, _, sessions) in &week.by_task {
        let different: BTreeSet<usize> = sessions.iter().map(&what).collect();
        share(tell, (*task).into(), None, different.len().saturating_sub(1));
    }
}

fn child_days(week: &Week, tell: Tell, units: impl Fn(usize, usize, &Used) -> usize) {
    for child in 0..week.problem.children.len() {
        for day in 0..week.problem.grid.days {
            let units = units(child, day, &used(&week.of_child(child, day)));
            share(tell, Whose::Child(child), Some(day), units);
        }
    }
}

fn teacher_days(week: &Week, tell: Tell, units: impl Fn(usize, usize) -> usize) {
    for teacher in 0..week.problem.teachers.len() {
        for day in 0..week.problem.grid.days {
            share(tell, Whose::Teacher(teacher), Some(day), units(teacher, day));
        }
    }
}

fn share(tell: Tell, whose: Whose, day: Option<usize>, units: usize) {
    if units > 0 {
        tell(Share { whose, day, units });
    }
}
