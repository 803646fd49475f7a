//! The week as a whole: grid, sites, rooms, services, weights; people and tasks have files of their own.

use std::collections::HashMap;

use serde::Deserialize;

use super::{
    check::{At, Check, small},
    is_format,
    json::{Is, List, Object},
    people::{self, RawChild, RawTeacher},
    tasks::{self, RawPin, RawPlace, RawTask},
};
use crate::problem::{Grid, Mask, Problem, Room, Service, Site, Weights, limits};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RawProblem {
    format: Is<String>,
    name: Is<String>,
    grid: Is<Object<RawGrid>>,
    sites: Is<List<Object<RawSite>, { limits::SITES }>>,
    travel_min: Is<List<List<i64, { limits::SITES }>, { limits::SITES }>>,
    rooms: Is<List<Object<RawRoom>, { limits::ROOMS }>>,
    services: Is<List<Object<RawService>, { limits::SERVICES }>>,
    teachers: Is<List<Object<RawTeacher>, { limits::TEACHERS }>>,
    children: Is<List<Object<RawChild>, { limits::CHILDREN }>>,
    orders: Is<List<Object<RawTask>, { limits::ORDERS }>>,
    groups: Is<List<Object<RawTask>, { limits::GROUPS }>>,
    group_orders: Is<List<Object<RawPlace>, { limits::ORDERS }>>,
    weights: Is<Object<RawWeights>>,
    pins: Is<List<Object<RawPin>, { limits::ORDERS }>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawGrid {
    days: Is<i64>,
    slots_per_day: Is<i64>,
    slot_minutes: Is<i64>,
    slot_start_min: Is<List<i64, { limits::SLOTS }>>,
    blocks: Is<List<List<i64, 2>, { limits::BLOCKS }>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawSite {
    id: Is<i64>,
    centre: Is<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawRoom {
    id: Is<i64>,
    site: Is<i64>,
    r#type: Is<String>,
    capacity: Is<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawService {
    id: Is<i64>,
    name: Is<String>,
    kind: Is<String>,
    room_type: Is<String>,
    assistants: Is<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawWeights {
    #[serde(rename = "S1_extra_teacher")]
    extra_teacher: Is<i64>,
    #[serde(rename = "S2_not_prev_teacher")]
    not_prev_teacher: Is<i64>,
    #[serde(rename = "S3_day_gap")]
    day_gap: Is<i64>,
    #[serde(rename = "S4_avoid_slot")]
    avoid_slot: Is<i64>,
    #[serde(rename = "S5_child_idle")]
    child_idle: Is<i64>,
    #[serde(rename = "S6_child_visit")]
    child_visit: Is<i64>,
    #[serde(rename = "S7_short_day")]
    short_day: Is<i64>,
    #[serde(rename = "S8_teacher_idle")]
    teacher_idle: Is<i64>,
    #[serde(rename = "S9_over_target")]
    over_target: Is<i64>,
    #[serde(rename = "S10_extra_site")]
    extra_site: Is<i64>,
    #[serde(rename = "S11_extra_room")]
    extra_room: Is<i64>,
    #[serde(rename = "S12_extra_start")]
    extra_start: Is<i64>,
}

/// The names of the types of rooms, in the order in which they turn up.
#[derive(Default)]
struct Types {
    names: Vec<String>,
    index: HashMap<String, usize>,
}

impl Types {
    fn of(&mut self, name: String) -> usize {
        *self.index.entry(name).or_insert_with_key(|name| {
            self.names.push(name.clone());
            self.names.len() - 1
        })
    }
}

pub(super) fn problem(check: &mut Check, raw: &RawProblem) -> Option<Problem> {
    let top = At::Top;
    if !is_format(check, &top, &raw.format, super::PROBLEM) {
        return None;
    }
    let name = check.text(&top.field("name"), &raw.name);
    let at = top.field("grid");
    // The days and slots of everybody are measured by the grid: without it every line would be wrong.
    let grid = check
        .need(&at, &raw.grid)
        .and_then(|Object(raw)| grid(check, &at, raw))?;
    let sites = sites(check, &top.field("sites"), &raw.sites);
    let travel = travel(check, &top.field("travel_min"), &raw.travel_min, sites.len());
    let mut types = Types::default();
    let rooms = rooms(check, &top.field("rooms"), &raw.rooms, sites.len(), &mut types);
    let services = services(check, &top.field("services"), &raw.services, &mut types);
    let weights = weights(check, &top.field("weights"), &raw.weights);
    let mut problem = Problem {
        name,
        grid,
        sites,
        travel,
        rooms,
        room_types: types.names,
        services,
        teachers: Vec::new(),
        children: Vec::new(),
        orders: Vec::new(),
        groups: Vec::new(),
        places: Vec::new(),
        weights,
        pins: Vec::new(),
    };
    problem.teachers = people::teachers(check, &top.field("teachers"), &raw.teachers, &problem);
    problem.children = people::children(check, &top.field("children"), &raw.children, &problem);
    problem.orders = tasks::orders(check, &top.field("orders"), &raw.orders, &problem);
    problem.groups = tasks::groups(check, &top.field("groups"), &raw.groups, &problem);
    problem.places = tasks::places(check, &top.field("group_orders"), &raw.group_orders, &problem);
    problem.pins = tasks::pins(check, &top.field("pins"), &raw.pins, &problem);
    Some(problem)
}

fn grid(check: &mut Check, at: &At, raw: &RawGrid) -> Option<Grid> {
    let days: usize = check.number(&at.field("days"), &raw.days, 1..=wide(limits::DAYS));
    let slots: usize = check.number(&at.field("slots_per_day"), &raw.slots_per_day, 1..=wide(limits::SLOTS));
    let slot_minutes: u32 = check.number(
        &at.field("slot_minutes"),
        &raw.slot_minutes,
        1..=i64::from(limits::MINUTES),
    );
    let starts = starts(
        check,
        &at.field("slot_start_min"),
        &raw.slot_start_min,
        slots,
        slot_minutes,
    );
    let blocks = blocks(check, &at.field("blocks"), &raw.blocks, slots);
    check.fine().then_some(Grid {
        days,
        slots,
        slot_minutes,
        starts,
        blocks,
    })
}

fn starts(
    check: &mut Check,
    at: &At,
    raw: &Is<List<i64, { limits::SLOTS }>>,
    slots: usize,
    slot_minutes: u32,
) -> Vec<u32> {
    let items = check.items(at, raw);
    if items.len() != slots {
        check.say(
            at,
            format!("has {} items, must have one for each of the {slots} slots", items.len()),
        );
    }
    let mut starts: Vec<u32> = Vec::with_capacity(items.len());
    let mut free_from = 0;
    for (u, item) in items.iter().enumerate() {
        let at = at.item(u);
        let Some(start) = check.whole::<u32>(&at, item, 0..=i64::from(limits::MINUTES)) else {
            continue;
        };
        if start < free_from {
            check.say(
                &at,
                format!("is {start}, before the slot before it ends at {free_from}"),
            );
        }
        free_from = start + slot_minutes;
        starts.push(start);
    }
    if free_from > limits::MINUTES {
        check.say(at, "ends after midnight");
    }
    starts
}

fn blocks(
    check: &mut Check,
    at: &At,
    raw: &Is<List<List<i64, 2>, { limits::BLOCKS }>>,
    slots: usize,
) -> Vec<(usize, usize)> {
    let items = check.items(at, raw);
    if raw.get().is_some() && items.is_empty() {
        check.say(at, "is empty");
    }
    let mut blocks = Vec::with_capacity(items.len());
    let mut free_from = 0;
    for (i, item) in items.iter().enumerate() {
        let at = at.item(i);
        let [from, to] = check.items(&at, item) else {
            check.say(&at, "must be two slots, from and to");
            continue;
        };
        let from = check.whole(&at.item(0), from, 0..=wide(slots));
        let to = check.whole(&at.item(1), to, 0..=wide(slots));
        let (Some(from), Some(to)) = (from, to) else { continue };
        if from >= to {
            check.say(&at, "has no slot in it");
        } else if from < free_from {
            check.say(
                &at,
                format!("begins at {from}, before the one before it ends at {free_from}"),
            );
        }
        free_from = to;
        blocks.push((from, to));
    }
    blocks
}

fn sites(check: &mut Check, at: &At, raw: &Is<List<Object<RawSite>, { limits::SITES }>>) -> Vec<Site> {
    let mut sites = Vec::new();
    for (i, item) in check.items(at, raw).iter().enumerate() {
        let at = at.item(i);
        let Some(Object(raw)) = check.need(&at, item) else {
            continue;
        };
        check.is_index(&at, &raw.id, i);
        let centre = check.number_or(&at.field("centre"), &raw.centre, small(), 0);
        sites.push(Site { centre });
    }
    sites
}

fn travel(
    check: &mut Check,
    at: &At,
    raw: &Is<List<List<i64, { limits::SITES }>, { limits::SITES }>>,
    sites: usize,
) -> Vec<Vec<u32>> {
    let rows = check.items(at, raw);
    if raw.get().is_some() && rows.len() != sites {
        check.say(
            at,
            format!("has {} rows, must have one for each of the {sites} sites", rows.len()),
        );
        return Vec::new();
    }
    let mut travel = Vec::with_capacity(rows.len());
    for (a, row) in rows.iter().enumerate() {
        let at = at.item(a);
        let items = check.items(&at, row);
        if row.get().is_some() && items.len() != sites {
            check.say(
                &at,
                format!("has {} items, must have one for each of the {sites} sites", items.len()),
            );
        }
        let mut minutes_to = Vec::with_capacity(items.len());
        for (b, item) in items.iter().enumerate() {
            let at = at.item(b);
            let way: u32 = check.number(&at, item, 0..=i64::from(limits::MINUTES));
            if a == b && way != 0 {
                check.say(&at, "is the way of a site to itself, must be 0");
            }
            minutes_to.push(way);
        }
        travel.push(minutes_to);
    }
    travel
}

fn rooms(
    check: &mut Check,
    at: &At,
    raw: &Is<List<Object<RawRoom>, { limits::ROOMS }>>,
    sites: usize,
    types: &mut Types,
) -> Vec<Room> {
    let mut rooms = Vec::new();
    let mut alike: HashMap<(usize, usize), usize> = HashMap::new();
    for (i, item) in check.items(at, raw).iter().enumerate() {
        let at = at.item(i);
        let Some(Object(raw)) = check.need(&at, item) else {
            continue;
        };
        check.is_index(&at, &raw.id, i);
        let site = check
            .id(&at.field("site"), &raw.site, "site", sites)
            .unwrap_or_default();
        let kind = types.of(check.text(&at.field("type"), &raw.r#type));
        let capacity = check.number(&at.field("capacity"), &raw.capacity, small());
        let count = alike.entry((site, kind)).or_default();
        *count += 1;
        if *count == limits::ROOMS_ALIKE + 1 {
            check.say(
                &at,
                format!(
                    "is one too many: a site has at most {} rooms of a type",
                    limits::ROOMS_ALIKE
                ),
            );
        }
        rooms.push(Room { site, kind, capacity });
    }
    rooms
}

fn services(
    check: &mut Check,
    at: &At,
    raw: &Is<List<Object<RawService>, { limits::SERVICES }>>,
    types: &mut Types,
) -> Vec<Service> {
    let mut services = Vec::new();
    for (i, item) in check.items(at, raw).iter().enumerate() {
        let at = at.item(i);
        let Some(Object(raw)) = check.need(&at, item) else {
            continue;
        };
        check.is_index(&at, &raw.id, i);
        let name = check.text(&at.field("name"), &raw.name);
        let kind = check.text(&at.field("kind"), &raw.kind);
        if !matches!(kind.as_str(), "individual" | "group" | "") {
            check.say(&at.field("kind"), "must be \"individual\" or \"group\"");
        }
        let room_kind = types.of(check.text(&at.field("room_type"), &raw.room_type));
        let assistants: u8 = check.number_or(&at.field("assistants"), &raw.assistants, 0..=1, 0);
        services.push(Service {
            name,
            group: kind == "group",
            room_kind,
            assistant: assistants == 1,
        });
    }
    services
}

/// Without weights those of the definition; with some of them the others are 0, as in the reference.
fn weights(check: &mut Check, at: &At, raw: &Is<Object<RawWeights>>) -> Weights {
    let Some(Object(raw)) = check.may(at, raw) else {
        return Weights {
            extra_teacher: 15,
            not_prev_teacher: 2,
            day_gap: 4,
            avoid_slot: 1,
            child_idle: 2,
            child_visit: 2,
            short_day: 2,
            teacher_idle: 1,
            over_target: 2,
            extra_site: 5,
            extra_room: 1,
            extra_start: 1,
        };
    };
    let mut weight = |name, value| check.number_or(&at.field(name), value, 0..=limits::WEIGHT, 0);
    Weights {
        extra_teacher: weight("S1_extra_teacher", &raw.extra_teacher),
        not_prev_teacher: weight("S2_not_prev_teacher", &raw.not_prev_teacher),
        day_gap: weight("S3_day_gap", &raw.day_gap),
        avoid_slot: weight("S4_avoid_slot", &raw.avoid_slot),
        child_idle: weight("S5_child_idle", &raw.child_idle),
        child_visit: weight("S6_child_visit", &raw.child_visit),
        short_day: weight("S7_short_day", &raw.short_day),
        teacher_idle: weight("S8_teacher_idle", &raw.teacher_idle),
        over_target: weight("S9_over_target", &raw.over_target),
        extra_site: weight("S10_extra_site", &raw.extra_site),
        extra_room: weight("S11_extra_room", &raw.extra_room),
        extra_start: weight("S12_extra_start", &raw.extra_start),
    }
}

/// A [`Mask`] for each day, none of them outside the grid.
pub(super) fn masks(check: &mut Check, at: &At, raw: &Is<List<i64, { limits::DAYS }>>, grid: &Grid) -> Vec<Mask> {
    let items = check.items(at, raw);
    if raw.get().is_some() && items.len() != grid.days {
        check.say(
            at,
            format!(
                "has {} items, must have one for each of the {} days",
                items.len(),
                grid.days
            ),
        );
    }
    let full = (1_i64 << grid.slots) - 1;
    items
        .iter()
        .enumerate()
        .map(|(day, item)| check.number(&at.item(day), item, 0..=full))
        .collect()
}

/// A bound as it is compared with the numbers of a file.
pub(super) fn wide(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
