//! Members for every group, before anything has a time.

mod times;

use super::{
    model::{Model, NONE},
    search::Search,
    state::State,
};

/// Members for every group: who has least choice first, into groups that keep common times; then exchanges. Groups that
/// still have no common times, or too few members, are given times first and members after.
pub(crate) fn members(search: &mut Search<'_, '_>) {
    one_by_one(search);
    exchange(search);
    if !settled(search, &search.scope.places) {
        times::members(search);
        exchange(search);
    }
}

fn one_by_one(search: &mut Search<'_, '_>) {
    let m = search.m;
    let mut order: Vec<u32> = search.scope.places.clone();
    order.retain(|&q| search.state.place_group[q as usize] == NONE);
    order.sort_by_key(|&q| m.places[q as usize].groups.len());
    for q in order {
        let q = q as usize;
        let mut best: Option<(i64, u32)> = None;
        for &g in m.places[q].groups.iter() {
            if !search.state.may_join(m, q, g) {
                continue;
            }
            search.state.join(m, q, g);
            let gain = worth(m, &search.state, g);
            search.state.leave(m, q);
            let gain = gain - worth(m, &search.state, g);
            if best.is_none_or(|(b, _)| gain > b) {
                best = Some((gain, g));
            }
        }
        if let Some((_, g)) = best {
            search.state.join(m, q, g);
        }
    }
}

/// Members change groups, alone or with each other, while that makes times easier to find.
fn exchange(search: &mut Search<'_, '_>) {
    /// Next to nothing: what makes it worse is as good as never kept.
    const HEAT: f64 = 0.1;
    let m = search.m;
    for _ in 0..search.scope.places.len() * 10 {
        let q = search.scope.places[search.rng.usize(0..search.scope.places.len())] as usize;
        let groups = &m.places[q].groups;
        let (from, to) = (search.state.place_group[q], groups[search.rng.usize(0..groups.len())]);
        if from == to {
            continue;
        }
        let sum = |s: &State| {
            let both = worth(m, s, to) + if from == NONE { 0 } else { worth(m, s, from) };
            both - s.missing * 200
        };
        let before = sum(&search.state);
        if search.regroup_to(q, to) && (sum(&search.state) - before) as f64 >= HEAT * search.rng.f64().max(1e-300).ln()
        {
            search.keep();
        } else {
            search.undo();
        }
    }
}

/// These places are given, and their groups have members enough and days enough.
fn settled(search: &Search<'_, '_>, places: &[u32]) -> bool {
    let m = search.m;
    places.iter().all(|&q| {
        let g = search.state.place_group[q as usize];
        g != NONE && search.state.few(m, g) == 0 && worth(m, &search.state, g) >= 0
    })
}

/// How easily a group finds its times: common starts, and days with one, against the sessions it needs and the times at
/// which it is pinned.
fn worth(m: &Model<'_>, state: &State, group: u32) -> i64 {
    let x = m.task_of_group[group as usize] as usize;
    let task = &m.tasks[x];
    let (mut starts, mut days) = (0, 0);
    for day in 0..m.days {
        let common = m.starts_in(state.kids_free(m, x, day), task.dur).count_ones();
        starts += i64::from(common);
        days += i64::from(common > 0);
    }
    let lost = pinned(m, x).filter(|&time| state.kids(m, x).iter().any(|&c| !could_come(m, x, c, time)));
    let short = (i64::from(task.sessions) - days * i64::from(task.per_day)).max(lost.count() as i64);
    // Doubling a few starts counts like doubling many.
    i64::from((starts * 8 + 1).ilog2()) * 4 - short * 200 - state.few(m, group) as i64 * 100
}

/// Day and start of the sessions of a task that are pinned to both.
fn pinned(m: &Model<'_>, x: usize) -> impl Iterator<Item = (u8, u8)> {
    m.sessions(x).filter_map(|s| m.fixed[s].day.zip(m.fixed[s].start))
}

/// Whether a child's family can come to a task at that day and start.
fn could_come(m: &Model<'_>, x: usize, c: u32, (day, start): (u8, u8)) -> bool {
    let avail = m.child_avail[c as usize * m.days + usize::from(day)];
    m.starts_in(avail, m.tasks[x].dur) >> start & 1 == 1
}
