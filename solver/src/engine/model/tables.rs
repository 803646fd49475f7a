//! The tables of a model: what depends on a mask, a pair of slots, a site or a child alone.

use std::{collections::BTreeMap, sync::Arc};

use super::{Facts, PlaceModel, Pool};
use crate::problem::{Child, Group, Mask, Place, Problem};

/// Slots `start..start + dur`.
#[inline]
pub(crate) fn span(start: usize, dur: usize) -> Mask {
    (((1_u32 << dur) - 1) << start) as Mask
}

pub(super) fn small(value: u32) -> u8 {
    value.min(255) as u8
}

pub(super) fn facts(mask: Mask, blocks: &[(usize, usize)]) -> Facts {
    let mut facts = Facts::default();
    for &(from, to) in blocks {
        let part = mask & span(from, to - from);
        if part == 0 {
            continue;
        }
        let width = 16 - part.leading_zeros() - part.trailing_zeros();
        facts.idle += (width - part.count_ones()) as u8;
        facts.visits += 1;
        facts.count += part.count_ones() as u8;
        let (mut run, mut rest) = (0, part);
        while rest != 0 {
            rest &= rest >> 1;
            run += 1;
        }
        facts.run = facts.run.max(run);
    }
    facts
}

pub(super) fn starts(dur: usize, blocks: &[(usize, usize)]) -> Mask {
    let mut mask = 0;
    for &(from, to) in blocks {
        for start in from..to {
            if dur > 0 && start + dur <= to {
                mask |= 1 << start;
            }
        }
    }
    mask
}

pub(super) fn minutes(problem: &Problem) -> Vec<i32> {
    let grid = &problem.grid;
    let mut table = Vec::with_capacity(grid.slots * grid.slots);
    for a in 0..grid.slots {
        for b in 0..grid.slots {
            table.push(grid.starts[b] as i32 - (grid.starts[a] + grid.slot_minutes) as i32);
        }
    }
    table
}

pub(super) fn is_pool(problem: &Problem, pool: &Pool, site: usize, kind: usize) -> bool {
    pool.rooms
        .first()
        .is_some_and(|&r| problem.rooms[r].site == site && problem.rooms[r].kind == kind)
}

pub(super) fn pools(problem: &Problem) -> Vec<Pool> {
    let mut found = BTreeMap::<(usize, usize), Vec<usize>>::new();
    for (r, room) in problem.rooms.iter().enumerate() {
        found.entry((room.site, room.kind)).or_default().push(r);
    }
    let alike = found.into_values();
    // The last is empty, for what has no room at all.
    alike
        .chain([Vec::new()])
        .map(|rooms| Pool {
            all: if rooms.len() >= 128 {
                u128::MAX
            } else {
                (1 << rooms.len()) - 1
            },
            rooms,
        })
        .collect()
}

pub(super) fn places(problem: &Problem) -> Vec<PlaceModel> {
    let mut alike = BTreeMap::<(usize, usize, u32, u32), Arc<[u32]>>::new();
    let fits = |c: &Child, g: &Group| {
        c.site == g.site && (g.age.0..=g.age.1).contains(&c.age_months) && (g.level.0..=g.level.1).contains(&c.level)
    };
    let mut groups = |q: &Place| {
        let c = &problem.children[q.child];
        let found = alike
            .entry((q.service, c.site, c.age_months, c.level))
            .or_insert_with(|| {
                let all = problem.groups.iter().enumerate();
                all.filter(|(_, g)| g.series.service == q.service && fits(c, g))
                    .map(|(i, _)| i as u32)
                    .collect()
            });
        Arc::clone(found)
    };
    problem
        .places
        .iter()
        .map(|q| PlaceModel {
            child: q.child as u32,
            groups: groups(q),
        })
        .collect()
}
