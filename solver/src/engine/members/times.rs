//! Times first: each group of a service at a site takes one of the times it could have, and members follow by flow, so
//! that every child has a group to go to and every group has children enough. Where children who come in the mornings
//! and children who come in the afternoons are mixed in two full groups, no single exchange gets them apart; this does.

use std::collections::BTreeMap;

use super::{
    super::{
        model::{Model, NONE, PlaceModel},
        search::Search,
        state::State,
    },
    could_come, pinned, settled,
};
use crate::flow::Flow;

/// Choices of times that are looked at for groups that have children in common.
const CHOICES: u32 = 3_000;

/// New members for all groups that hang together with one that lacks times or members, where a way is found.
pub(super) fn members(search: &mut Search<'_, '_>) {
    for places in together(search.m, &search.scope.places) {
        if settled(search, &places) {
            continue;
        }
        let mut choice = Choice::new(search.m, &search.state, &places);
        let mut left = CHOICES;
        if let Some(found) = choice.search(0, &mut left) {
            give(search, &places, &found);
        }
    }
}

/// Places by groups that they could go to, as far as these are connected.
fn together(m: &Model<'_>, places: &[u32]) -> Vec<Vec<u32>> {
    let mut root: Vec<u32> = (0..m.problem.groups.len() as u32).collect();
    for &q in places {
        let groups = &m.places[q as usize].groups;
        for pair in groups.windows(2) {
            let (a, b) = (find(&mut root, pair[0]), find(&mut root, pair[1]));
            root[a as usize] = b;
        }
    }
    let mut parts = BTreeMap::<u32, Vec<u32>>::new();
    for &q in places {
        if let Some(&g) = m.places[q as usize].groups.first() {
            parts.entry(find(&mut root, g)).or_default().push(q);
        }
    }
    parts.into_values().collect()
}

fn find(root: &mut [u32], mut g: u32) -> u32 {
    while root[g as usize] != g {
        root[g as usize] = root[root[g as usize] as usize];
        g = root[g as usize];
    }
    g
}

/// All as decided, or nothing.
fn give(search: &mut Search<'_, '_>, places: &[u32], groups: &[u32]) {
    search.keep();
    for &q in places {
        if search.state.place_group[q as usize] != NONE {
            search.leave(q as usize);
        }
    }
    for (&q, &g) in places.iter().zip(groups) {
        if !search.state.may_join(search.m, q as usize, g) {
            search.undo();
            return;
        }
        search.join(q as usize, g);
    }
    search.keep();
}

/// Who of the places could come, a flag each.
type Who = Vec<bool>;

/// Groups with children in common, and who could come at the times they could have.
struct Choice {
    groups: Vec<GroupChoice>,
    places: usize,
}

struct GroupChoice {
    group: u32,
    least: u32,
    most: u32,
    /// Who could come, for every choice of times that no other is better than.
    times: Vec<Who>,
    /// Who could come at one of these choices, and once it is chosen at that one.
    who: Who,
}

impl Choice {
    fn new(m: &Model<'_>, state: &State, places: &[u32]) -> Self {
        let mut groups: Vec<u32> = places
            .iter()
            .flat_map(|&q| m.places[q as usize].groups.iter().copied())
            .collect();
        groups.sort_unstable();
        groups.dedup();
        let mut groups: Vec<GroupChoice> = groups
            .into_iter()
            .map(|g| GroupChoice::new(m, state, places, g))
            .collect();
        // The one with least choice first.
        groups.sort_by_key(|g| g.times.len());
        Self {
            groups,
            places: places.len(),
        }
    }

    /// A group for every place, once the groups from `nth` on have chosen their times.
    fn search(&mut self, nth: usize, left: &mut u32) -> Option<Vec<u32>> {
        *left = left.checked_sub(1)?;
        let found = self.flow()?;
        if nth == self.groups.len() {
            return Some(found);
        }
        for i in 0..self.groups[nth].times.len() {
            let group = &mut self.groups[nth];
            let before = std::mem::replace(&mut group.who, group.times[i].clone());
            let found = self.search(nth + 1, left);
            self.groups[nth].who = before;
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Every place to a group that it can come to, and enough to each: first what the groups need at least, then the
    /// rest, which takes nothing away.
    fn flow(&self) -> Option<Vec<u32>> {
        let mut flow = Flow::default();
        let (source, sink) = (flow.node(), flow.node());
        let places: Vec<usize> = (0..self.places).map(|_| flow.node()).collect();
        for &place in &places {
            flow.arc(source, place, 1);
        }
        let mut arcs = Vec::new();
        let mut need = 0;
        let mut ends = Vec::new();
        for group in &self.groups {
            let node = flow.node();
            for (q, &place) in places.iter().enumerate().filter(|(q, _)| group.who[*q]) {
                arcs.push((q, group.group, flow.arc(place, node, 1)));
            }
            flow.arc(node, sink, group.least);
            need += group.least;
            ends.push(node);
        }
        let mut sum = flow.run(source, sink);
        if sum < need {
            return None;
        }
        for (group, &node) in self.groups.iter().zip(&ends) {
            flow.arc(node, sink, group.most.saturating_sub(group.least));
        }
        sum += flow.run(source, sink);
        if (sum as usize) < self.places {
            return None;
        }
        let mut found = vec![NONE; self.places];
        for (q, group, arc) in arcs {
            if flow.rest(arc) == 0 {
                found[q] = group;
            }
        }
        Some(found)
    }
}

impl GroupChoice {
    fn new(m: &Model<'_>, state: &State, places: &[u32], g: u32) -> Self {
        let x = m.task_of_group[g as usize] as usize;
        let group = &m.problem.groups[g as usize];
        let mine = |q: u32| state.place_group[q as usize] == g;
        // Members whose places are not among these stay.
        let moving: Vec<u32> = places
            .iter()
            .copied()
            .filter(|&q| mine(q))
            .map(|q| m.places[q as usize].child)
            .collect();
        let staying: Vec<u32> = state.members[g as usize]
            .iter()
            .copied()
            .filter(|c| !moving.contains(c))
            .collect();
        let most = (1..=group.max_size)
            .rev()
            .find(|&n| m.holding(m.tasks[x].pool as usize, n) != 0)
            .unwrap_or(0);
        let could: Who = places
            .iter()
            .map(|&q| {
                let PlaceModel { child, groups } = &m.places[q as usize];
                groups.contains(&g) && pinned(m, x).all(|time| could_come(m, x, *child, time))
            })
            .collect();
        let mut choice = Self {
            group: g,
            least: group.min_size.saturating_sub(staying.len()) as u32,
            most: most.saturating_sub(staying.len()) as u32,
            times: Vec::new(),
            who: could.clone(),
        };
        if m.sessions(x).any(|s| state.spots[s].is_set()) {
            // It has times already; who may join is asked in the end.
            choice.times.push(could);
            return choice;
        }
        let days: Vec<Vec<Who>> = (0..m.days)
            .map(|day| {
                let mut starts = m.tasks[x].leads.iter().fold(0, |all, &t| {
                    all | m.starts_in(m.teacher_avail[t as usize * m.days + day], m.tasks[x].dur)
                });
                for &c in &staying {
                    starts &= m.starts_in(state.child_free(m, c, day), m.tasks[x].dur);
                }
                let mut found = Vec::new();
                while starts != 0 {
                    let start = starts.trailing_zeros();
                    starts &= starts - 1;
                    let come = |q: u32| {
                        let free = state.child_free(m, m.places[q as usize].child, day);
                        m.starts_in(free, m.tasks[x].dur) >> start & 1 == 1
                    };
                    let who = places.iter().zip(&could).map(|(&q, &could)| could && come(q)).collect();
                    add(&mut found, who);
                }
                found
            })
            .collect();
        let (per_day, sessions) = (usize::from(m.tasks[x].per_day), m.tasks[x].sessions as usize);
        choice.times = choose(&days, per_day, sessions, could);
        // What keeps most of those who are there first.
        let stay = |who: &Who| places.iter().zip(who).filter(|(q, come)| **come && mine(**q)).count();
        let all = |who: &Who| who.iter().filter(|come| **come).count();
        choice.times.sort_by_key(|who| std::cmp::Reverse((stay(who), all(who))));
        choice.who = (0..places.len())
            .map(|q| choice.times.iter().any(|who| who[q]))
            .collect();
        choice
    }
}

/// Who could come to all sessions, so many on a day at most, for every way to put them on days.
fn choose(days: &[Vec<Who>], per_day: usize, sessions: usize, all: Who) -> Vec<Who> {
    // By how many of the sessions have a day.
    let mut ways = vec![Vec::new(); sessions + 1];
    ways[0].push(all);
    for day in days {
        for done in (0..sessions).rev() {
            for who in ways[done].clone() {
                for come in day {
                    let both = who.iter().zip(come).map(|(&a, &b)| a && b).collect();
                    add(&mut ways[sessions.min(done + per_day)], both);
                }
            }
        }
    }
    ways.pop().unwrap_or_default()
}

/// Keep what no other is better than, up to a number that no real week comes near.
fn add(all: &mut Vec<Who>, who: Who) {
    const MOST: usize = 200;
    let within = |a: &Who, b: &Who| a.iter().zip(b).all(|(&a, &b)| !a || b);
    if all.len() == MOST || all.iter().any(|other| within(&who, other)) {
        return;
    }
    all.retain(|other| !within(other, &who));
    all.push(who);
}
