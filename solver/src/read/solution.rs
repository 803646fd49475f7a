//! Timetables and absences.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::{
    MEMBERS,
    check::{At, Check, small},
    is_format,
    json::{ById, Is, List, Object},
    people::id_of,
    problem::wide,
    short, tasks,
};
use crate::{
    problem::{ChildId, Problem, Task, limits},
    solution::{Absence, ChangeWeights, Event, Session, Solution},
};

/// Sessions of a timetable: even a wrong one needs no more.
const SESSIONS: usize = 4 * limits::ORDERS;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RawSolution {
    format: Is<String>,
    instance: Is<String>,
    sessions: Is<List<Object<RawSession>, SESSIONS>>,
    members: Is<ById<List<i64, MEMBERS>, { limits::GROUPS }>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawSession {
    order: Is<i64>,
    group: Is<i64>,
    day: Is<i64>,
    start: Is<i64>,
    teacher: Is<i64>,
    second: Is<i64>,
    room: Is<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RawEvent {
    format: Is<String>,
    instance: Is<String>,
    baseline: Is<Object<RawSolution>>,
    absent: Is<List<Object<RawAbsence>, { limits::TEACHERS * limits::DAYS }>>,
    now: Is<Object<RawNow>>,
    weights: Is<Object<RawChange>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawAbsence {
    teacher: Is<i64>,
    day: Is<i64>,
    from: Is<i64>,
    to: Is<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawNow {
    day: Is<i64>,
    slot: Is<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawChange {
    cancelled: Is<i64>,
    family_moved: Is<i64>,
    teacher_changed: Is<i64>,
    room_changed: Is<i64>,
}

pub(super) fn solution(
    check: &mut Check,
    at: &At,
    problem: &Problem,
    file: &Is<Object<RawSolution>>,
) -> Option<Solution> {
    let Object(raw) = check.need(at, file)?;
    if !is_format(check, at, &raw.format, super::SOLUTION) {
        return None;
    }
    is_instance(check, at, &raw.instance, problem);
    let sessions = sessions(check, &at.field("sessions"), &raw.sessions, problem);
    let members = members(check, &at.field("members"), &raw.members, problem);
    Some(Solution { sessions, members })
}

fn is_instance(check: &mut Check, at: &At, value: &Is<String>, problem: &Problem) {
    let at = at.field("instance");
    if let Some(found) = check.need(&at, value)
        && *found != problem.name
    {
        check.say(&at, format!("is of {:?}, not of {:?}", short(found), problem.name));
    }
}

/// Sessions as they came: one outside the grid is for the score to tell.
fn sessions(
    check: &mut Check,
    at: &At,
    raw: &Is<List<Object<RawSession>, SESSIONS>>,
    problem: &Problem,
) -> Vec<Session> {
    let mut sessions = Vec::new();
    let mut of_task: HashMap<Task, usize> = HashMap::new();
    for (i, item) in check.items(at, raw).iter().enumerate() {
        let at = at.item(i);
        let Some(Object(raw)) = check.need(&at, item) else {
            continue;
        };
        let task = tasks::task(check, &at, &raw.order, &raw.group, problem);
        let day = check.number(&at.field("day"), &raw.day, small());
        let start = check.number(&at.field("start"), &raw.start, small());
        let teacher = check.id(&at.field("teacher"), &raw.teacher, "teacher", problem.teachers.len());
        let second = check.maybe_id(&at.field("second"), &raw.second, "teacher", problem.teachers.len());
        let room = check.id(&at.field("room"), &raw.room, "room", problem.rooms.len());
        let (Some(task), Some(teacher), Some(room)) = (task, teacher, room) else {
            continue;
        };
        let count = of_task.entry(task).or_default();
        *count += 1;
        // Each session of a group is one for each member: a small file must not become a large timetable.
        if *count == 2 * limits::SESSIONS + 1 {
            check.say(
                &at,
                format!("is one of more than {} sessions of one task", 2 * limits::SESSIONS),
            );
        }
        sessions.push(Session {
            task,
            day,
            start,
            teacher,
            second,
            room,
        });
    }
    sessions
}

fn members(
    check: &mut Check,
    at: &At,
    raw: &Is<ById<List<i64, MEMBERS>, { limits::GROUPS }>>,
    problem: &Problem,
) -> Vec<Vec<ChildId>> {
    let mut members = vec![Vec::new(); problem.groups.len()];
    let Some(by_group) = check.may(at, raw) else {
        return members;
    };
    if by_group.cut {
        check.say(at, "has more items than there may be groups");
    }
    let mut seen = HashSet::new();
    for (key, item) in &by_group.items {
        let key = short(key);
        let at = at.field(&key);
        let Some((id, kids)) = id_of(&key).and_then(|id| members.get_mut(id).map(|kids| (id, kids))) else {
            check.say(&at, "there is no such group");
            continue;
        };
        if !seen.insert(id) {
            check.say(&at, "is there twice");
        }
        for (i, item) in check.items(&at, item).iter().enumerate() {
            kids.extend(check.id(&at.item(i), item, "child", problem.children.len()));
        }
    }
    members
}

pub(super) fn event(check: &mut Check, problem: &Problem, raw: &RawEvent) -> Option<Event> {
    let top = At::Top;
    if !is_format(check, &top, &raw.format, super::EVENT) {
        return None;
    }
    is_instance(check, &top, &raw.instance, problem);
    let baseline = solution(check, &top.field("baseline"), problem, &raw.baseline);
    let at = top.field("absent");
    let mut absent = Vec::new();
    for (i, item) in check.items(&at, &raw.absent).iter().enumerate() {
        let at = at.item(i);
        let Some(Object(raw)) = check.need(&at, item) else {
            continue;
        };
        absent.extend(absence(check, &at, raw, problem));
    }
    let at = top.field("now");
    let now = match check.need(&at, &raw.now) {
        // The end of the last day is a time too: everything is past then.
        Some(Object(now)) => (
            check.number(&at.field("day"), &now.day, 0..=wide(problem.grid.days)),
            check.number(&at.field("slot"), &now.slot, 0..=wide(problem.grid.slots)),
        ),
        None => (0, 0),
    };
    let weights = change_weights(check, &top.field("weights"), &raw.weights);
    Some(Event {
        baseline: baseline?,
        absent,
        now,
        weights,
    })
}

fn absence(check: &mut Check, at: &At, raw: &RawAbsence, problem: &Problem) -> Option<Absence> {
    let teacher = check.id(&at.field("teacher"), &raw.teacher, "teacher", problem.teachers.len());
    let day = check.id(&at.field("day"), &raw.day, "day", problem.grid.days);
    let from = check.whole(&at.field("from"), &raw.from, 0..=wide(problem.grid.slots));
    let to = check.whole(&at.field("to"), &raw.to, 0..=wide(problem.grid.slots));
    let (from, to) = (from?, to?);
    if from > to {
        check.say(at, format!("ends at {to}, before it begins at {from}"));
    }
    Some(Absence {
        teacher: teacher?,
        day: day?,
        from,
        to,
    })
}

/// What is not said costs what the definition says.
fn change_weights(check: &mut Check, at: &At, raw: &Is<Object<RawChange>>) -> ChangeWeights {
    let nothing = RawChange::default();
    let raw = check.may(at, raw).map_or(&nothing, |Object(raw)| raw);
    let mut weight = |name, value, usual| check.number_or(&at.field(name), value, 0..=limits::WEIGHT, usual);
    ChangeWeights {
        cancelled: weight("cancelled", &raw.cancelled, 1000),
        family_moved: weight("family_moved", &raw.family_moved, 30),
        teacher_changed: weight("teacher_changed", &raw.teacher_changed, 5),
        room_changed: weight("room_changed", &raw.room_changed, 1),
    }
}
