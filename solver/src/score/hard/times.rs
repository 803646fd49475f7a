//! When people can, how much they do, how long on end, and how far they go.

use std::collections::{BTreeMap, BTreeSet};

use super::size;
use crate::score::{
    Findings,
    example::Example,
    rules::Hard,
    week::{Week, has, runs, slots, used},
};

/// H7: a session outside the hours of its lead or second, or while they are away.
pub(in crate::score) fn teacher_avail(week: &Week, found: &mut Findings) {
    for held in &week.held {
        for teacher in held.staff() {
            if !(held.start..held.end).all(|slot| week.teacher_there(teacher, held.day, slot)) {
                found.bad(
                    Hard::TeacherAvail,
                    Example::TeacherAway {
                        which: held.which(),
                        teacher,
                    },
                    1,
                );
            }
        }
    }
}

/// H8: a session when a child cannot come.
pub(in crate::score) fn child_avail(week: &Week, found: &mut Findings) {
    for held in &week.held {
        for &child in week.kids(held.task) {
            let avail = week.problem.children[child].avail[held.day];
            if !(held.start..held.end).all(|slot| has(avail, slot)) {
                found.bad(
                    Hard::ChildAvail,
                    Example::ChildAway {
                        which: held.which(),
                        child,
                    },
                    1,
                );
            }
        }
    }
}

/// H9: slots of a teacher above the most of a day, and of the week.
pub(in crate::score) fn teacher_load(week: &Week, found: &mut Findings) {
    for (teacher, limits) in week.problem.teachers.iter().enumerate() {
        for day in 0..week.problem.grid.days {
            let load = slots(&week.of_teacher(teacher, day));
            let most = size(limits.max_day);
            let example = Example::TeacherDay {
                teacher,
                day,
                slots: load,
                most,
            };
            found.bad(Hard::TeacherLoad, example, load.saturating_sub(most));
        }
        let (load, most) = (week.load(teacher), size(limits.max_week));
        let example = Example::TeacherWeek {
            teacher,
            slots: load,
            most,
        };
        found.bad(Hard::TeacherLoad, example, load.saturating_sub(most));
    }
}

/// H10: sessions of a task above the most of a day, and above one of a half-day.
pub(in crate::score) fn per_day(week: &Week, found: &mut Findings) {
    let blocks = &week.problem.grid.blocks;
    for &(task, series, ref sessions) in &week.by_task {
        let mut by_day: BTreeMap<usize, usize> = BTreeMap::new();
        let mut by_block: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for s in sessions {
            *by_day.entry(s.day).or_default() += 1;
            if let Some(block) = blocks.iter().position(|&(from, to)| from <= s.start && s.start < to) {
                *by_block.entry((s.day, block)).or_default() += 1;
            }
        }
        for (day, n) in by_day {
            let example = Example::TaskDay {
                task,
                day,
                sessions: n,
                most: series.max_per_day,
            };
            found.bad(Hard::PerDay, example, n.saturating_sub(series.max_per_day));
        }
        for ((day, block), n) in by_block {
            found.bad(
                Hard::PerDay,
                Example::HalfDay {
                    task,
                    day,
                    block,
                    sessions: n,
                },
                n.saturating_sub(1),
            );
        }
    }
}

/// H11: slots of a child above the most of a day.
pub(in crate::score) fn child_day(week: &Week, found: &mut Findings) {
    for (child, limits) in week.problem.children.iter().enumerate() {
        for day in 0..week.problem.grid.days {
            let load = slots(&week.of_child(child, day));
            let most = size(limits.max_day);
            let example = Example::ChildDay {
                child,
                day,
                slots: load,
                most,
            };
            found.bad(Hard::ChildDay, example, load.saturating_sub(most));
        }
    }
}

/// H12: different leads of a task above the most. Waived in repair.
pub(in crate::score) fn max_teachers(week: &Week, found: &mut Findings) {
    if week.event.is_some() {
        return;
    }
    for &(task, series, ref sessions) in &week.by_task {
        let leads: BTreeSet<_> = sessions.iter().map(|s| s.teacher).collect();
        let (n, most) = (leads.len(), series.max_teachers);
        found.bad(
            Hard::MaxTeachers,
            Example::Leads { task, leads: n, most },
            n.saturating_sub(most),
        );
    }
}

/// H13: slots of a child in a row above the most.
pub(in crate::score) fn child_run(week: &Week, found: &mut Findings) {
    for (child, limits) in week.problem.children.iter().enumerate() {
        let most = size(limits.max_run);
        for day in 0..week.problem.grid.days {
            for run in runs(&used(&week.of_child(child, day)), &week.problem.grid) {
                found.bad(
                    Hard::ChildRun,
                    Example::ChildRun { child, day, run, most },
                    run.saturating_sub(most),
                );
            }
        }
    }
}

/// H14: slots of a teacher in a row above the most.
pub(in crate::score) fn teacher_run(week: &Week, found: &mut Findings) {
    for (teacher, limits) in week.problem.teachers.iter().enumerate() {
        let most = size(limits.max_run);
        for day in 0..week.problem.grid.days {
            for run in runs(&used(&week.of_teacher(teacher, day)), &week.problem.grid) {
                found.bad(
                    Hard::TeacherRun,
                    Example::TeacherRun {
                        teacher,
                        day,
                        run,
                        most,
                    },
                    run.saturating_sub(most),
                );
            }
        }
    }
}

/// H15: two sessions of a teacher one after the other, at sites too far apart for the time between them.
pub(in crate::score) fn travel(week: &Week, found: &mut Findings) {
    let grid = &week.problem.grid;
    for teacher in 0..week.problem.teachers.len() {
        for day in 0..grid.days {
            for pair in week.of_teacher(teacher, day).windows(2) {
                let [a, b] = pair else { continue };
                let (from, to) = (grid.starts[a.end - 1] + grid.slot_minutes, grid.starts[b.start]);
                let way = week.problem.travel[a.site][b.site];
                // Sessions that overlap leave less than nothing, which is too little for any way.
                if a.site != b.site && (to < from || to - from < way) {
                    let example = Example::Travel {
                        teacher,
                        which: a.which(),
                        next: b.which(),
                        minutes: to.saturating_sub(from),
                        way,
                    };
                    found.bad(Hard::Travel, example, 1);
                }
            }
        }
    }
}
