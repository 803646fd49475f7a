//! The rules of the definition, one function each.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Findings,
    change::by_time,
    example::{Example, Which},
    rules::Hard,
    week::{Held, Week, has, overlaps, runs, slots, used},
};
use crate::{
    problem::{ChildId, ServiceId, Slot, Task},
    solution::Session,
};

impl Held {
    fn which(&self) -> Which {
        Which {
            task: self.task,
            day: self.day,
            start: self.start,
        }
    }
}

/// Sessions that are prescribed and not in the timetable (H1).
pub(super) fn unscheduled(week: &Week) -> usize {
    week.by_task
        .iter()
        .map(|(_, series, sessions)| series.sessions.saturating_sub(sessions.len()))
        .sum()
}

/// Places that no group gives (H16).
pub(super) fn unplaced(week: &Week) -> usize {
    let placed = placed(week);
    needed(week)
        .iter()
        .map(|(key, n)| n.saturating_sub(placed.get(key).copied().unwrap_or(0)))
        .sum()
}

/// H1: sessions outside the half-days, and more of them than prescribed.
pub(super) fn shape(week: &Week, found: &mut Findings) {
    for &(task, series, ref sessions) in &week.by_task {
        for s in sessions {
            if !week.within(s, series.dur) {
                found.bad(
                    Hard::Shape,
                    Example::Misplaced {
                        which: Which {
                            task,
                            day: s.day,
                            start: s.start,
                        },
                    },
                    1,
                );
            }
        }
        let surplus = sessions.len().saturating_sub(series.sessions);
        found.bad(Hard::Shape, Example::Surplus { task, surplus }, surplus);
    }
}

/// H2: a teacher in two sessions at a time.
pub(super) fn teacher_clash(week: &Week, found: &mut Findings) {
    for teacher in 0..week.problem.teachers.len() {
        for day in 0..week.problem.grid.days {
            for (a, b) in overlaps(&week.of_teacher(teacher, day)) {
                let example = Example::TeacherClash {
                    teacher,
                    which: b.which(),
                    other: a.which(),
                };
                found.bad(Hard::TeacherClash, example, 1);
            }
        }
    }
}

/// H3: a child in two sessions at a time.
pub(super) fn child_clash(week: &Week, found: &mut Findings) {
    for child in 0..week.problem.children.len() {
        for day in 0..week.problem.grid.days {
            for (a, b) in overlaps(&week.of_child(child, day)) {
                found.bad(
                    Hard::ChildClash,
                    Example::ChildClash {
                        child,
                        which: b.which(),
                        other: a.which(),
                    },
                    1,
                );
            }
        }
    }
}

/// H4: two sessions in a room at a time.
pub(super) fn room_clash(week: &Week, found: &mut Findings) {
    for room in 0..week.problem.rooms.len() {
        for day in 0..week.problem.grid.days {
            for (a, b) in overlaps(&week.of_room(room, day)) {
                found.bad(
                    Hard::RoomClash,
                    Example::RoomClash {
                        room,
                        which: b.which(),
                        other: a.which(),
                    },
                    1,
                );
            }
        }
    }
}

/// H5: a room of another type, at another site, or too small; one count for a session, whatever is wrong with its room.
pub(super) fn room(week: &Week, found: &mut Findings) {
    for held in &week.held {
        let room = &week.problem.rooms[held.room];
        let kind = week.problem.services[week.series(held.task).service].room_kind;
        let members = week.kids(held.task).len();
        let small = match held.task {
            Task::Order(_) => false,
            Task::Group(_) => usize::try_from(room.capacity).is_ok_and(|capacity| capacity < members),
        };
        let (which, id) = (held.which(), held.room);
        if room.kind != kind {
            found.bad(Hard::Room, Example::RoomType { which, room: id }, 1);
        } else if room.site != held.site {
            found.bad(Hard::Room, Example::RoomSite { which, room: id }, 1);
        } else if small {
            found.bad(
                Hard::Room,
                Example::RoomSmall {
                    which,
                    room: id,
                    members,
                    capacity: room.capacity,
                },
                1,
            );
        }
    }
}

/// H6: a lead without the level, an adult at a site where they do not work, or one that a child must not meet.
pub(super) fn qualification(week: &Week, found: &mut Findings) {
    for held in &week.held {
        let which = held.which();
        for teacher in held.staff() {
            if !week.problem.teachers[teacher].sites.contains(&held.site) {
                found.bad(
                    Hard::Qualification,
                    Example::NotAtSite {
                        which,
                        teacher,
                        site: held.site,
                    },
                    1,
                );
            }
            for &child in week.kids(held.task) {
                if week.problem.children[child].exclude.contains(&teacher) {
                    found.bad(Hard::Qualification, Example::Excluded { which, teacher, child }, 1);
                }
            }
        }
        let series = week.series(held.task);
        let (level, least) = (
            week.problem.teachers[held.lead].qual[series.service],
            series.min_level.max(1),
        );
        if level < least {
            found.bad(
                Hard::Qualification,
                Example::Level {
                    which,
                    teacher: held.lead,
                    level,
                    least,
                },
                1,
            );
        }
    }
}

/// H7: a session outside the hours of its lead or second, or while they are away.
pub(super) fn teacher_avail(week: &Week, found: &mut Findings) {
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
pub(super) fn child_avail(week: &Week, found: &mut Findings) {
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
pub(super) fn teacher_load(week: &Week, found: &mut Findings) {
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
pub(super) fn per_day(week: &Week, found: &mut Findings) {
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
pub(super) fn child_day(week: &Week, found: &mut Findings) {
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
pub(super) fn max_teachers(week: &Week, found: &mut Findings) {
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
pub(super) fn child_run(week: &Week, found: &mut Findings) {
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
pub(super) fn teacher_run(week: &Week, found: &mut Findings) {
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
pub(super) fn travel(week: &Week, found: &mut Findings) {
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

/// H16: members of the wrong site, age or level, groups of the wrong size, and places that nobody needs.
pub(super) fn membership(week: &Week, found: &mut Findings) {
    for (group, g) in week.problem.groups.iter().enumerate() {
        let members = &week.solution.members[group];
        for &child in members {
            let kid = &week.problem.children[child];
            if kid.site != g.site {
                found.bad(Hard::Membership, Example::MemberSite { child, group }, 1);
            }
            if !(g.age.0..=g.age.1).contains(&kid.age_months) {
                found.bad(
                    Hard::Membership,
                    Example::MemberAge {
                        child,
                        group,
                        months: kid.age_months,
                    },
                    1,
                );
            }
            if !(g.level.0..=g.level.1).contains(&kid.level) {
                found.bad(
                    Hard::Membership,
                    Example::MemberLevel {
                        child,
                        group,
                        level: kid.level,
                    },
                    1,
                );
            }
        }
        let (n, least, most) = (members.len(), g.min_size, g.max_size);
        found.bad(
            Hard::Membership,
            Example::GroupLarge {
                group,
                members: n,
                most,
            },
            n.saturating_sub(most),
        );
        found.bad(
            Hard::Membership,
            Example::GroupSmall {
                group,
                members: n,
                least,
            },
            least.saturating_sub(n),
        );
    }
    let needed = needed(week);
    for ((child, service), n) in placed(week) {
        let surplus = n.saturating_sub(needed.get(&(child, service)).copied().unwrap_or(0));
        found.bad(
            Hard::Membership,
            Example::SurplusPlace {
                child,
                service,
                places: n,
            },
            surplus,
        );
    }
}

fn needed(week: &Week) -> BTreeMap<(ChildId, ServiceId), usize> {
    let mut needed = BTreeMap::new();
    for place in &week.problem.places {
        *needed.entry((place.child, place.service)).or_default() += 1;
    }
    needed
}

fn placed(week: &Week) -> BTreeMap<(ChildId, ServiceId), usize> {
    let mut placed = BTreeMap::new();
    for (group, members) in week.problem.groups.iter().zip(&week.solution.members) {
        for &child in members {
            *placed.entry((child, group.series.service)).or_default() += 1;
        }
    }
    placed
}

/// H17: a group without an assistant who may assist it, or a stranger who watches a child.
pub(super) fn second(week: &Week, found: &mut Findings) {
    for held in &week.held {
        let which = held.which();
        let service = week.series(held.task).service;
        match (held.task, held.second) {
            (Task::Group(_), None) => {
                if week.problem.services[service].assistant {
                    found.bad(Hard::Second, Example::NoAssistant { which }, 1);
                }
            }
            (Task::Group(_), Some(teacher)) => {
                if teacher == held.lead || !week.problem.teachers[teacher].assist[service] {
                    found.bad(Hard::Second, Example::WrongAssistant { which, teacher }, 1);
                }
            }
            (Task::Order(_), None) => {}
            (Task::Order(_), Some(teacher)) => {
                let mentor = week.problem.teachers[teacher].trainee.as_ref().map(|t| t.mentor);
                if mentor != Some(held.lead) {
                    found.bad(
                        Hard::Second,
                        Example::WrongTrainee {
                            which,
                            teacher,
                            lead: held.lead,
                        },
                        1,
                    );
                }
            }
        }
    }
}

/// H18: slots that a trainee has not watched. Waived in repair.
pub(super) fn shadow(week: &Week, found: &mut Findings) {
    if week.event.is_some() {
        return;
    }
    let mut watched = vec![0; week.problem.teachers.len()];
    for (task, series, sessions) in &week.by_task {
        if let Task::Order(_) = task {
            for teacher in sessions.iter().filter_map(|s| s.second) {
                watched[teacher] += series.dur;
            }
        }
    }
    for (teacher, slots) in watched.into_iter().enumerate() {
        if let Some(trainee) = &week.problem.teachers[teacher].trainee {
            let least = size(trainee.shadow_min);
            found.bad(
                Hard::Shadow,
                Example::Watched { teacher, slots, least },
                least.saturating_sub(slots),
            );
        }
    }
}

/// H19: past sessions that are not as they were, and the lists of the groups; only in repair.
pub(super) fn frozen(week: &Week, found: &mut Findings) {
    let Some(event) = week.event else { return };
    let past = |day: usize, start: Slot| (day, start) < event.now;
    let before = Week::new(week.problem, &event.baseline, None);
    for ((task, _, old), (_, _, new)) in before.by_task.iter().zip(&week.by_task) {
        let (old_at, new_at) = (by_time(old), by_time(new));
        for s in old.iter().filter(|s| past(s.day, s.start)) {
            let same = |n: &&Session| (n.teacher, n.room, n.second) == (s.teacher, s.room, s.second);
            if !new_at.get(&(s.day, s.start)).is_some_and(same) {
                let which = Which {
                    task: *task,
                    day: s.day,
                    start: s.start,
                };
                found.bad(Hard::Frozen, Example::PastChanged { which }, 1);
            }
        }
        for &(day, start) in new_at
            .keys()
            .filter(|time| past(time.0, time.1) && !old_at.contains_key(time))
        {
            found.bad(
                Hard::Frozen,
                Example::PastAdded {
                    which: Which {
                        task: *task,
                        day,
                        start,
                    },
                },
                1,
            );
        }
    }
    let sorted = |members: &Vec<ChildId>| {
        let mut members = members.clone();
        members.sort_unstable();
        members
    };
    let pairs = event.baseline.members.iter().zip(&week.solution.members);
    if let Some(group) = pairs.into_iter().position(|(old, new)| sorted(old) != sorted(new)) {
        found.bad(Hard::Frozen, Example::MembersChanged { group }, 1);
    }
}

/// A limit as it is compared with a count.
fn size(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
