//! Orders, groups, places in groups, and what is decided already.

use std::collections::HashSet;

use serde::Deserialize;

use super::{
    MEMBERS,
    check::{At, Check, small},
    json::{Is, List, Object},
    problem::wide,
};
use crate::problem::{Group, Order, Pin, Place, Problem, Series, Task, limits};

/// An order or a group: they share most of their fields.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RawTask {
    id: Is<i64>,
    child: Is<i64>,
    service: Is<i64>,
    site: Is<i64>,
    sessions: Is<i64>,
    dur: Is<i64>,
    min_size: Is<i64>,
    max_size: Is<i64>,
    age: Is<List<i64, 2>>,
    level: Is<List<i64, 2>>,
    min_level: Is<i64>,
    max_per_day: Is<i64>,
    max_teachers: Is<i64>,
    min_day_gap: Is<i64>,
    prev_teacher: Is<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RawPlace {
    id: Is<i64>,
    child: Is<i64>,
    service: Is<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RawPin {
    order: Is<i64>,
    group: Is<i64>,
    day: Is<i64>,
    start: Is<i64>,
    teacher: Is<i64>,
    second: Is<i64>,
    room: Is<i64>,
}

pub(super) fn orders(
    check: &mut Check,
    at: &At,
    raw: &Is<List<Object<RawTask>, { limits::ORDERS }>>,
    problem: &Problem,
) -> Vec<Order> {
    let mut orders = Vec::new();
    for (i, item) in check.items(at, raw).iter().enumerate() {
        let at = at.item(i);
        let Some(Object(raw)) = check.need(&at, item) else {
            continue;
        };
        check.is_index(&at, &raw.id, i);
        let child = check
            .id(&at.field("child"), &raw.child, "child", problem.children.len())
            .unwrap_or_default();
        orders.push(Order {
            child,
            series: series(check, &at, raw, problem, false),
        });
    }
    orders
}

pub(super) fn groups(
    check: &mut Check,
    at: &At,
    raw: &Is<List<Object<RawTask>, { limits::GROUPS }>>,
    problem: &Problem,
) -> Vec<Group> {
    let mut groups = Vec::new();
    for (i, item) in check.items_if_any(at, raw).iter().enumerate() {
        let at = at.item(i);
        let Some(Object(raw)) = check.need(&at, item) else {
            continue;
        };
        check.is_index(&at, &raw.id, i);
        let max_size = check.whole(&at.field("max_size"), &raw.max_size, 0..=wide(MEMBERS));
        let min_size = check.number_or(&at.field("min_size"), &raw.min_size, 0..=wide(MEMBERS), 0);
        if let Some(max_size) = max_size
            && min_size > max_size
        {
            check.say(
                &at.field("min_size"),
                format!("is {min_size}, more than max_size, {max_size}"),
            );
        }
        groups.push(Group {
            site: check
                .id(&at.field("site"), &raw.site, "site", problem.sites.len())
                .unwrap_or_default(),
            min_size,
            max_size: max_size.unwrap_or_default(),
            age: check.band_or_all(&at.field("age"), &raw.age, limits::SMALL),
            level: check.band_or_all(&at.field("level"), &raw.level, limits::SMALL),
            series: series(check, &at, raw, problem, true),
        });
    }
    groups
}

/// What orders and groups have in common, of a service that is or is not held in groups.
fn series(check: &mut Check, at: &At, raw: &RawTask, problem: &Problem, group: bool) -> Series {
    let here = at.field("service");
    let service = check.id(&here, &raw.service, "service", problem.services.len());
    if let Some(found) = service.and_then(|id| problem.services.get(id))
        && found.group != group
    {
        let (wrong, right) = if group {
            ("one to one", "in groups")
        } else {
            ("in groups", "one to one")
        };
        check.say(&here, format!("is held {wrong}, must be held {right}"));
    }
    let sessions = check.number(&at.field("sessions"), &raw.sessions, 0..=wide(limits::SESSIONS));
    // One that is longer than every half-day is this task's affair, not the file's: it is never held, and is told why.
    let dur = check.number(&at.field("dur"), &raw.dur, 1..=wide(limits::SLOTS));
    let usual_per_day = if sessions > 5 { 2 } else { 1 };
    Series {
        service: service.unwrap_or_default(),
        sessions,
        dur,
        min_level: check.number_or(&at.field("min_level"), &raw.min_level, 0..=3, 1),
        max_per_day: check.number_or(
            &at.field("max_per_day"),
            &raw.max_per_day,
            1..=i64::from(limits::SMALL),
            usual_per_day,
        ),
        max_teachers: check.number_or(
            &at.field("max_teachers"),
            &raw.max_teachers,
            1..=i64::from(limits::SMALL),
            1,
        ),
        min_day_gap: check.number_or(&at.field("min_day_gap"), &raw.min_day_gap, small(), 0),
        prev_teacher: check.maybe_id(
            &at.field("prev_teacher"),
            &raw.prev_teacher,
            "teacher",
            problem.teachers.len(),
        ),
    }
}

pub(super) fn places(
    check: &mut Check,
    at: &At,
    raw: &Is<List<Object<RawPlace>, { limits::ORDERS }>>,
    problem: &Problem,
) -> Vec<Place> {
    let mut places = Vec::new();
    let mut seen = HashSet::new();
    for (i, item) in check.items_if_any(at, raw).iter().enumerate() {
        let at = at.item(i);
        let Some(Object(raw)) = check.need(&at, item) else {
            continue;
        };
        check.is_index(&at, &raw.id, i);
        let child = check.id(&at.field("child"), &raw.child, "child", problem.children.len());
        let here = at.field("service");
        let service = check.id(&here, &raw.service, "service", problem.services.len());
        let (Some(child), Some(service)) = (child, service) else {
            continue;
        };
        if problem.services.get(service).is_some_and(|s| !s.group) {
            check.say(&here, "is held one to one, must be held in groups");
        }
        if !seen.insert((child, service)) {
            check.say(&at, format!("asks for service {service} for child {child} again"));
        }
        places.push(Place { child, service });
    }
    places
}

/// The order or the group of a session, of which exactly one is named.
pub(super) fn task(check: &mut Check, at: &At, order: &Is<i64>, group: &Is<i64>, problem: &Problem) -> Option<Task> {
    match (order.given(), group.given()) {
        (true, false) => check
            .id(&at.field("order"), order, "order", problem.orders.len())
            .map(Task::Order),
        (false, true) => check
            .id(&at.field("group"), group, "group", problem.groups.len())
            .map(Task::Group),
        (true, true) => {
            check.say(at, "names an order and a group, must name one of them");
            None
        }
        (false, false) => {
            check.say(at, "names neither an order nor a group");
            None
        }
    }
}

/// What is decided, as far as it is about people, rooms and tasks that there are. A time outside the week, one pin too
/// many, two at once: that costs the session, and [`crate::diagnose`] tells.
pub(super) fn pins(
    check: &mut Check,
    at: &At,
    raw: &Is<List<Object<RawPin>, { limits::ORDERS }>>,
    problem: &Problem,
) -> Vec<Pin> {
    let mut pins = Vec::new();
    for (i, item) in check.items_if_any(at, raw).iter().enumerate() {
        let at = at.item(i);
        let Some(Object(raw)) = check.need(&at, item) else {
            continue;
        };
        let Some(task) = task(check, &at, &raw.order, &raw.group, problem) else {
            continue;
        };
        pins.push(Pin {
            task,
            day: check.maybe_number(&at.field("day"), &raw.day, small()),
            start: check.maybe_number(&at.field("start"), &raw.start, small()),
            teacher: check.maybe_id(&at.field("teacher"), &raw.teacher, "teacher", problem.teachers.len()),
            second: check.maybe_id(&at.field("second"), &raw.second, "teacher", problem.teachers.len()),
            room: check.maybe_id(&at.field("room"), &raw.room, "room", problem.rooms.len()),
        });
    }
    pins
}
