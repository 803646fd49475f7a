//! How often a family must come at the least.

use std::collections::BTreeMap;

use super::size;
use crate::{
    problem::{Child, ChildId, Grid, Problem, Series},
    score::Whose,
    solution::Solution,
};

/// Fewest half-days of every child who has sessions: a half-day holds one session of each prescription, and no more
/// than fits into the family's hours with the breaks that the child needs.
pub(super) fn fewest(problem: &Problem, solution: &Solution) -> BTreeMap<Whose, usize> {
    let mut wanted: BTreeMap<ChildId, (usize, usize)> = BTreeMap::new();
    let mut add = |child, series: &Series, slots: usize| {
        let (sessions, all) = wanted.entry(child).or_default();
        *sessions = series.sessions.max(*sessions);
        *all += slots;
    };
    for order in &problem.orders {
        add(order.child, &order.series, order.series.sessions * order.series.dur);
    }
    for (group, members) in problem.groups.iter().zip(&solution.members) {
        for &child in members {
            add(child, &group.series, group.series.sessions * group.series.dur);
        }
    }
    wanted
        .into_iter()
        .map(|(child, (sessions, slots))| {
            let by_length = half_days(&problem.children[child], &problem.grid, slots);
            (Whose::Child(child), sessions.max(by_length))
        })
        .collect()
}

/// Half-days that so many slots take, the roomiest first; all there are where they do not suffice.
fn half_days(child: &Child, grid: &Grid, slots: usize) -> usize {
    let mut gains = Vec::new();
    for &avail in &child.avail {
        let fits = |&(from, to): &(usize, usize)| {
            let free: Vec<bool> = (from..to).map(|u| avail >> u & 1 == 1).collect();
            // One slot of rest after every longest run.
            let runs = free.split(|free| !free).map(<[bool]>::len);
            runs.map(|run| run - run / (size(child.max_run) + 1)).sum::<usize>()
        };
        let mut blocks: Vec<usize> = grid.blocks.iter().map(fits).collect();
        blocks.sort_unstable_by(|a, b| b.cmp(a));
        let mut left = size(child.max_day);
        for block in blocks {
            gains.push(block.min(left));
            left -= block.min(left);
        }
    }
    gains.sort_unstable_by(|a, b| b.cmp(a));
    let mut held = 0;
    let enough = gains.iter().position(|gain| {
        held += gain;
        held >= slots
    });
    enough.map_or(gains.len(), |last| last + 1)
}
