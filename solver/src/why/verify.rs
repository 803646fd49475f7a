//! What was found, measured by the referee: nothing is told that makes more of the timetable wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Placement, Repair, pins, place::Look, repair::Found};
use crate::{
    explain::Difference,
    problem::{ChildId, Day, Problem, Slot, Task, TeacherId},
    score::{Score, score},
    solution::{Session, Solution},
};

/// Ways that are told, at most.
const TOLD: usize = 5;
/// Ways that are measured, at most.
const MEASURED: usize = 12;

/// The timetable as it is, and its score.
pub(super) struct Referee<'a> {
    pub(super) problem: &'a Problem,
    pub(super) solution: &'a Solution,
    before: Score,
}

/// Rules broken, and what is missing.
fn amiss(score: &Score) -> usize {
    score.hard_total() + score.unscheduled + score.unplaced
}

impl<'a> Referee<'a> {
    pub(super) fn new(problem: &'a Problem, solution: &'a Solution) -> Self {
        Self {
            problem,
            solution,
            before: score(problem, solution),
        }
    }

    pub(super) fn amiss(&self) -> usize {
        amiss(&self.before)
    }

    /// What another timetable costs more or less, unless more is wrong with it or it breaks with what is decided.
    fn measured(&self, solution: &Solution, changed: &BTreeSet<Task>) -> Option<Difference> {
        if !pins::kept(self.problem, changed, self.solution, solution) {
            return None;
        }
        let after = score(self.problem, solution);
        (amiss(&after) <= self.amiss()).then(|| Difference::between(&self.before, &after))
    }

    /// The timetable with some sessions as they would be.
    fn with(&self, changes: &[(usize, Session)]) -> Solution {
        let mut solution = self.solution.clone();
        for &(i, to) in changes {
            match solution.sessions.get_mut(i) {
                Some(session) => *session = to,
                None => solution.sessions.push(to),
            }
        }
        solution
    }

    /// With whom the session can be there at once, the cheapest first.
    pub(super) fn placements(&self, look: &Look) -> Vec<Placement> {
        let moving = look.moving.unwrap_or(self.solution.sessions.len());
        let placement = |&(_, session): &(i64, Session)| {
            let solution = self.with(&[(moving, session)]);
            let cost = self.measured(&solution, &BTreeSet::from([session.task]))?;
            Some(Placement { session, cost })
        };
        let mut placements: Vec<Placement> = look.spots.iter().filter_map(placement).take(TOLD).collect();
        placements.sort_by_key(|p| (p.cost.cost, p.session));
        placements
    }

    /// The best of what was found, as far as the referee agrees; `asked` tells the session in question.
    pub(super) fn repairs(&self, found: &[Found], asked: impl Fn(&Session) -> bool) -> Vec<Repair> {
        let ways = found.iter().take(MEASURED);
        distinct(ways.filter_map(|way| self.repair(self.with(&way.changes), &asked)))
    }

    /// A way that ends in a timetable. Nothing if that is worse, or leaves a session out.
    pub(super) fn repair(&self, solution: Solution, asked: impl Fn(&Session) -> bool) -> Option<Repair> {
        let mut changes = changes(self.solution, &solution)?;
        changes.sort_by_key(|c| !asked(&c.to));
        let changed = changes.iter().map(|c| c.to.task).collect();
        let cost = self.measured(&solution, &changed)?;
        let at_time = |c: &&Change| c.from.is_some_and(|f| (f.day, f.start) == (c.to.day, c.to.start));
        let count = |differs: fn(&Session, &Session) -> bool| {
            let differ = |c: &&Change| c.from.is_some_and(|f| differs(&f, &c.to));
            changes.iter().filter(at_time).filter(differ).count()
        };
        Some(Repair {
            families: self.families(&solution),
            leads_changed: count(|a, b| a.teacher != b.teacher),
            rooms_changed: count(|a, b| a.room != b.room),
            changes,
            cost,
            solution,
        })
    }

    /// Families one of whose sessions is at another time than now, also of those who were in a class and are no longer.
    fn families(&self, solution: &Solution) -> Vec<ChildId> {
        let (old, new) = (times(self.solution), times(solution));
        let mut families = BTreeSet::new();
        for task in self.problem.tasks().filter(|t| old.get(t) != new.get(t)) {
            match task {
                Task::Order(o) => families.extend(self.problem.orders.get(o).map(|o| o.child)),
                Task::Group(g) => {
                    let members = [self.solution, solution].map(|s| s.members.get(g));
                    families.extend(members.into_iter().flatten().flatten());
                }
            }
        }
        families.into_iter().collect()
    }
}

/// The first ways, without those that do the same as one before, or the same and more: few families first, then a cheap
/// week, then few changes.
pub(super) fn distinct(ways: impl Iterator<Item = Repair>) -> Vec<Repair> {
    let mut repairs: Vec<Repair> = Vec::new();
    let mut done: Vec<BTreeSet<_>> = Vec::new();
    for way in ways {
        let does = does(&way);
        if !done.iter().any(|known| known.is_subset(&does)) {
            done.push(does);
            repairs.push(way);
        }
        if repairs.len() == TOLD {
            break;
        }
    }
    repairs.sort_by_key(|r| (r.families.len(), r.cost.cost, r.changes.len()));
    repairs
}

/// What families notice of a way: when, and with whom.
fn does(way: &Repair) -> BTreeSet<(Task, Day, Slot, TeacherId)> {
    let changes = way.changes.iter().map(|c| c.to);
    changes.map(|s| (s.task, s.day, s.start, s.teacher)).collect()
}

/// The times of each task, from Monday on.
fn times(solution: &Solution) -> BTreeMap<Task, Vec<(Day, Slot)>> {
    let mut times: BTreeMap<Task, Vec<(Day, Slot)>> = BTreeMap::new();
    for s in &solution.sessions {
        times.entry(s.task).or_default().push((s.day, s.start));
    }
    for list in times.values_mut() {
        list.sort_unstable();
    }
    times
}

/// What is different in another timetable, session by session of each task: those at their time are the same ones, the others in the order of the week. Nothing if one is left out.
fn changes(old: &Solution, new: &Solution) -> Option<Vec<Change>> {
    let (mut old, new) = (by_task(old), by_task(new));
    let mut changes = Vec::new();
    for (task, sessions) in new {
        let mut before = old.remove(&task).unwrap_or_default();
        let mut rest = Vec::new();
        for to in sessions {
            match before.iter().position(|b| (b.day, b.start) == (to.day, to.start)) {
                Some(n) => {
                    let from = before.remove(n);
                    if from != to {
                        changes.push(Change { from: Some(from), to });
                    }
                }
                None => rest.push(to),
            }
        }
        if before.len() > rest.len() {
            return None;
        }
        let mut before = before.into_iter();
        changes.extend(rest.into_iter().map(|to| Change {
            from: before.next(),
            to,
        }));
    }
    old.is_empty().then_some(changes)
}

fn by_task(solution: &Solution) -> BTreeMap<Task, Vec<Session>> {
    let mut by: BTreeMap<Task, Vec<Session>> = BTreeMap::new();
    for &s in &solution.sessions {
        by.entry(s.task).or_default().push(s);
    }
    for list in by.values_mut() {
        list.sort_unstable();
    }
    by
}
