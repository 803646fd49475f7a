//! Teachers and children.

use std::collections::HashSet;

use serde::Deserialize;

use super::{
    check::{At, Check, small},
    json::{ById, Is, List, Object},
    problem::masks,
};
use crate::problem::{Child, Problem, Teacher, TeacherId, Trainee, limits};

type Masks = Is<List<i64, { limits::DAYS }>>;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RawTeacher {
    id: Is<i64>,
    sites: Is<List<i64, { limits::SITES }>>,
    qual: Is<ById<i64, { limits::SERVICES }>>,
    assist: Is<List<i64, { limits::SERVICES }>>,
    avail: Masks,
    max_day: Is<i64>,
    max_week: Is<i64>,
    target_week: Is<i64>,
    max_run: Is<i64>,
    trainee: Is<Object<RawTrainee>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawTrainee {
    mentor: Is<i64>,
    shadow_min: Is<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RawChild {
    id: Is<i64>,
    site: Is<i64>,
    age_months: Is<i64>,
    level: Is<i64>,
    avail: Masks,
    avoid: Masks,
    max_day: Is<i64>,
    min_day: Is<i64>,
    max_run: Is<i64>,
    exclude: Is<List<i64, { limits::TEACHERS }>>,
}

pub(super) fn teachers(
    check: &mut Check,
    at: &At,
    raw: &Is<List<Object<RawTeacher>, { limits::TEACHERS }>>,
    problem: &Problem,
) -> Vec<Teacher> {
    let items = check.items(at, raw);
    let mut teachers = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let at = at.item(i);
        let Some(Object(raw)) = check.need(&at, item) else {
            continue;
        };
        check.is_index(&at, &raw.id, i);
        let day = count(problem.grid.slots);
        let week = count(problem.grid.slots * problem.grid.days);
        let max_week = check.number_or(&at.field("max_week"), &raw.max_week, small(), week);
        teachers.push(Teacher {
            sites: sites(check, &at.field("sites"), &raw.sites, problem),
            qual: quals(check, &at.field("qual"), &raw.qual, problem),
            assist: assists(check, &at.field("assist"), &raw.assist, problem),
            avail: masks(check, &at.field("avail"), &raw.avail, &problem.grid),
            max_day: check.number_or(&at.field("max_day"), &raw.max_day, small(), day),
            max_week,
            target_week: check.number_or(&at.field("target_week"), &raw.target_week, small(), max_week),
            max_run: check.number_or(&at.field("max_run"), &raw.max_run, small(), day),
            trainee: trainee(check, &at.field("trainee"), &raw.trainee, i, items.len()),
        });
    }
    teachers
}

fn trainee(
    check: &mut Check,
    at: &At,
    raw: &Is<Object<RawTrainee>>,
    own: TeacherId,
    teachers: usize,
) -> Option<Trainee> {
    let Object(raw) = check.may(at, raw)?;
    let here = at.field("mentor");
    let mentor = check.id(&here, &raw.mentor, "teacher", teachers);
    if mentor == Some(own) {
        check.say(&here, "is the trainee");
    }
    let shadow_min = check.number_or(&at.field("shadow_min"), &raw.shadow_min, small(), 0);
    mentor.map(|mentor| Trainee { mentor, shadow_min })
}

fn sites(check: &mut Check, at: &At, raw: &Is<List<i64, { limits::SITES }>>, problem: &Problem) -> Vec<usize> {
    let items = check.items(at, raw);
    ids(check, at, items, "site", problem.sites.len())
}

/// Levels by service, 0 where nothing is said.
fn quals(check: &mut Check, at: &At, raw: &Is<ById<i64, { limits::SERVICES }>>, problem: &Problem) -> Vec<u8> {
    let mut qual = vec![0; problem.services.len()];
    let Some(by_service) = check.may(at, raw) else {
        return qual;
    };
    if by_service.cut {
        check.say(at, "has more items than there may be services");
    }
    for (key, item) in &by_service.items {
        let short: String = key.chars().take(20).collect();
        let at = at.field(&short);
        match id_of(key).and_then(|k| qual.get_mut(k)) {
            Some(level) => *level = check.number(&at, item, 0..=3),
            None => check.say(&at, "there is no such service"),
        }
    }
    qual
}

fn assists(check: &mut Check, at: &At, raw: &Is<List<i64, { limits::SERVICES }>>, problem: &Problem) -> Vec<bool> {
    let mut assist = vec![false; problem.services.len()];
    let items = check.items_if_any(at, raw);
    for id in ids(check, at, items, "service", problem.services.len()) {
        if let Some(may) = assist.get_mut(id) {
            *may = true;
        }
    }
    assist
}

pub(super) fn children(
    check: &mut Check,
    at: &At,
    raw: &Is<List<Object<RawChild>, { limits::CHILDREN }>>,
    problem: &Problem,
) -> Vec<Child> {
    let mut children = Vec::new();
    for (i, item) in check.items(at, raw).iter().enumerate() {
        let at = at.item(i);
        let Some(Object(raw)) = check.need(&at, item) else {
            continue;
        };
        check.is_index(&at, &raw.id, i);
        let day = count(problem.grid.slots);
        let avoid = if raw.avoid.given() {
            masks(check, &at.field("avoid"), &raw.avoid, &problem.grid)
        } else {
            vec![0; problem.grid.days]
        };
        let here = at.field("exclude");
        let exclude = check.items_if_any(&here, &raw.exclude);
        let mut exclude = ids(check, &here, exclude, "teacher", problem.teachers.len());
        exclude.sort_unstable();
        children.push(Child {
            site: check
                .id(&at.field("site"), &raw.site, "site", problem.sites.len())
                .unwrap_or_default(),
            age_months: check.number(&at.field("age_months"), &raw.age_months, small()),
            level: check.number(&at.field("level"), &raw.level, small()),
            avail: masks(check, &at.field("avail"), &raw.avail, &problem.grid),
            avoid,
            max_day: check.number_or(&at.field("max_day"), &raw.max_day, small(), day),
            min_day: check.number_or(&at.field("min_day"), &raw.min_day, small(), 0),
            max_run: check.number_or(&at.field("max_run"), &raw.max_run, small(), day),
            exclude,
        });
    }
    children
}

/// Different ids, in the order of the file.
fn ids(check: &mut Check, at: &At, items: &[Is<i64>], what: &str, count: usize) -> Vec<usize> {
    let mut seen = HashSet::new();
    let mut ids = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let at = at.item(i);
        let Some(id) = check.id(&at, item, what, count) else {
            continue;
        };
        if seen.insert(id) {
            ids.push(id);
        } else {
            check.say(&at, format!("names {what} {id} again"));
        }
    }
    ids
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(limits::SMALL)
}

/// A key that is an id.
pub(super) fn id_of(key: &str) -> Option<usize> {
    let plain = key.bytes().all(|b| b.is_ascii_digit()) && (key.len() == 1 || !key.starts_with('0'));
    if plain { key.parse().ok() } else { None }
}
