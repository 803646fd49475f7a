//! The rules of the definition, one function each.

mod groups;
mod times;

pub(super) use self::{
    groups::{membership, unplaced},
    times::{
        child_avail, child_day, child_run, max_teachers, per_day, teacher_avail, teacher_load, teacher_run, travel,
    },
};
use super::{
    Findings,
    change::by_time,
    example::{Example, Which},
    rules::Hard,
    week::{Held, Week, overlaps},
};
use crate::{
    problem::{ChildId, Slot, Task},
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
