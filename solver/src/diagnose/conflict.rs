//! A smallest set of demands that cannot hold together, found around something that is missing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    Demand,
    exact::{Answer, hold},
    frame::{Frame, span},
};
use crate::{
    problem::{Mask, TeacherId},
    solution::{Session, Solution},
};

/// Demands that cannot hold together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// What is missing in the timetable.
    pub missing: Demand,
    /// What cannot hold together: this was proved by trying every way.
    pub demands: Vec<Demand>,
    /// Without any one of them all the others hold together; for each a timetable was found that holds them.
    pub smallest: bool,
    /// Those who may lead or assist any of it.
    pub teachers: Vec<TeacherId>,
    /// It fails whoever teaches and wherever: all of it is one family's.
    pub family: bool,
}

/// Demands that are looked at, at most.
const MOST: usize = 40;
/// Steps of one question while a set is made smaller.
const SMALLER: u64 = 60_000;

/// What cannot hold together with something that is missing; nothing where that could not be proved.
pub(super) fn around(frame: &Frame<'_>, best: &Solution, missing: Demand, steps: &mut u64) -> Option<Conflict> {
    let near = neighbourhood(frame, best, missing);
    let mut size = 1;
    let mut tired = 0;
    let failed = loop {
        let some = &near[..size.min(near.len())];
        let mut share = *steps / 3;
        let before = share;
        let answer = hold(frame, some, &mut share);
        *steps = steps.saturating_sub(before - share);
        match answer {
            Answer::Fails => break some,
            Answer::Holds(_) => tired = 0,
            Answer::Unknown => tired += 1,
        }
        if size >= near.len() || tired > 2 || *steps < 1_000 {
            return None;
        }
        size += 1 + size / 3;
    };
    let (demands, smallest) = shrink(failed, |some| {
        let mut share = SMALLER.min(*steps);
        let before = share;
        let answer = hold(frame, some, &mut share);
        *steps = steps.saturating_sub(before - share);
        answer
    });
    let lines = || {
        demands
            .iter()
            .filter_map(|d| frame.line_of(*d))
            .map(|at| &frame.lines[at])
    };
    let crews = lines().flat_map(|l| [Some(l.leads), l.assistants]).flatten();
    let teachers: BTreeSet<TeacherId> = crews.flat_map(|crew| frame.crew(crew).iter().copied()).collect();
    let children: BTreeSet<Option<usize>> = lines().map(|l| l.child).collect();
    Some(Conflict {
        missing,
        smallest,
        teachers: teachers.into_iter().collect(),
        family: children.len() == 1 && !children.contains(&None),
        demands,
    })
}

/// Leave out what is not needed for the set to fail: large parts first, then one by one. Whether every one of the rest
/// was shown to be needed.
pub(super) fn shrink(failed: &[Demand], mut ask: impl FnMut(&[Demand]) -> Answer) -> (Vec<Demand>, bool) {
    let mut set = failed.to_vec();
    let mut part = set.len() / 2;
    let mut shown = true;
    while part > 0 {
        shown = true;
        // From the far end: what stands first is nearest to what is missing.
        let mut end = set.len();
        while end > 0 {
            let from = end.saturating_sub(part);
            if end - from == set.len() {
                break;
            }
            let rest: Vec<Demand> = set[..from].iter().chain(&set[end..]).copied().collect();
            match ask(&rest) {
                Answer::Fails => set = rest,
                Answer::Holds(_) => {}
                Answer::Unknown => shown = false,
            }
            end = from;
        }
        part /= 2;
    }
    (set, shown)
}

/// Demands from near to far: the child's own, those that have the teachers, the rooms; then what is near these.
fn neighbourhood(frame: &Frame<'_>, best: &Solution, missing: Demand) -> Vec<Demand> {
    let mut near = vec![missing];
    let mut seen = BTreeSet::from([missing]);
    let mut at = 0;
    while let Some(&demand) = near.get(at) {
        at += 1;
        if near.len() >= MOST {
            break;
        }
        for next in beside(frame, best, demand) {
            if near.len() < MOST && seen.insert(next) {
                near.push(next);
            }
        }
    }
    near
}

fn beside(frame: &Frame<'_>, best: &Solution, demand: Demand) -> Vec<Demand> {
    let p = frame.problem;
    let of_child = |child: usize| {
        let orders = frame.orders_of[child].iter().copied().map(Demand::Order);
        // A place alone is nothing: with it the classes that it may be in.
        let places = frame.places_of[child].iter().flat_map(|&i| {
            let groups = frame.groups_of[i].iter().copied().map(Demand::Group);
            std::iter::once(Demand::Place(i)).chain(groups)
        });
        orders.chain(places)
    };
    match demand {
        Demand::Place(i) => {
            let groups = || frame.groups_of[i].iter().copied();
            let others = groups().flat_map(|g| frame.candidates[g].iter().copied().map(Demand::Place));
            let own = of_child(p.places[i].child);
            groups().map(Demand::Group).chain(own).chain(others).collect()
        }
        Demand::Watching(t) => {
            let mentor = p.teachers[t].trainee.as_ref().map_or(t, |w| w.mentor);
            let busy = |s: &&Session| {
                [Some(s.teacher), s.second]
                    .iter()
                    .flatten()
                    .any(|x| *x == t || *x == mentor)
            };
            let sessions = best.sessions.iter().filter(busy);
            sessions.map(|s| frame.lines[frame.at(s.task)].demand).collect()
        }
        Demand::Order(_) | Demand::Group(_) => {
            let Some(at) = frame.line_of(demand) else {
                return Vec::new();
            };
            let line = &frame.lines[at];
            let mut found: Vec<Demand> = line.child.into_iter().flat_map(of_child).collect();
            if let Some(g) = line.group {
                found.extend(frame.candidates[g].iter().copied().map(Demand::Place));
            }
            found.extend(rivals(frame, best, at));
            found
        }
    }
}

/// Those that have the teachers or the rooms of a line when it could be; first those who have nobody else, then those
/// that take most.
fn rivals(frame: &Frame<'_>, best: &Solution, at: usize) -> Vec<Demand> {
    let line = &frame.lines[at];
    let staff: BTreeSet<TeacherId> = [Some(line.leads), line.assistants]
        .into_iter()
        .flatten()
        .flat_map(|crew| frame.crew(crew).iter().copied())
        .collect();
    let when: Vec<Mask> = line.open.iter().map(|m| Frame::spread(*m, line.series.dur)).collect();
    let mut taken = BTreeMap::<usize, u32>::new();
    for s in &best.sessions {
        let other = frame.at(s.task);
        let it = &frame.lines[other];
        let slots = (span(s.start, it.series.dur) & when[s.day]).count_ones();
        // On the same day it may be the way or the limit of the day, on another that of the week.
        let weight = 100 * slots + if when[s.day] == 0 { 1 } else { 10 };
        let teaches = staff.contains(&s.teacher) || s.second.is_some_and(|t| staff.contains(&t));
        let few_rooms = line
            .pool
            .is_some_and(|q| it.pool == Some(q) && frame.pools[q].rooms.len() <= 3);
        if other != at && (teaches || (few_rooms && slots > 0)) {
            *taken.entry(other).or_default() += weight;
        }
    }
    let mut rivals: Vec<(bool, u32, usize)> = taken
        .into_iter()
        .map(|(other, weight)| {
            let bound = frame.crew(frame.lines[other].leads).iter().all(|t| staff.contains(t));
            (!bound, u32::MAX - weight, other)
        })
        .collect();
    rivals.sort_unstable();
    rivals
        .into_iter()
        .map(|(_, _, other)| frame.lines[other].demand)
        .collect()
}
