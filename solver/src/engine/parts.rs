//! Improvement of several centres side by side. A teacher who works in two centres belongs to one of them at a time, in
//! turns; what such a teacher does elsewhere stands still meanwhile, so that the parts never meet.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};
use std::time::Duration;

use super::{
    Progress, Watch,
    anneal::{Cooling, anneal},
    model::{Model, NONE, Spot},
    search::{Scope, Search},
    state::State,
};

/// How often the parts are put together again.
const TURNS: usize = 12;
/// Tasks from which on parts pay even one after the other: what one part needs stays in the processor's cache.
const MANY: usize = 1_500;

/// Anneal the whole or its parts until time or moves are over. Returns the moves that were tried.
pub(crate) fn improve(
    search: &mut Search<'_, '_>,
    cooling: Cooling,
    watch: &Watch<'_>,
    feasible_after: &mut Option<Duration>,
) -> u64 {
    let m = search.m;
    let centres = centres(m);
    let threads = watch.options.threads.max(1);
    if centres < 2 || (threads == 1 && m.tasks.len() < MANY) || m.change.is_some() {
        return whole(search, cooling, watch, feasible_after);
    }
    let mut moves = 0;
    let begun = watch.now();
    for turn in 0..TURNS {
        if watch.cancelled() || watch.part_over() >= 1.0 {
            break;
        }
        let heat = |turn: usize| cooling.from * (cooling.to / cooling.from).powf(turn as f64 / TURNS as f64);
        let part = Cooling {
            from: heat(turn),
            to: heat(turn + 1),
        };
        moves += side_by_side(search, centres, turn, part, watch, begun, threads);
        if search.state.missing == 0 && feasible_after.is_none() {
            *feasible_after = Some(watch.now());
        }
        tell(watch, (turn + 1) as f64 / TURNS as f64, moves, &search.state);
    }
    moves
}

fn tell(watch: &Watch<'_>, done: f64, moves: u64, best: &State) {
    if let Some(progress) = watch.options.progress {
        progress(Progress {
            done: done.min(1.0),
            elapsed: watch.now(),
            moves,
            missing: best.missing,
            cost: best.soft,
        });
    }
}

fn whole(
    search: &mut Search<'_, '_>,
    cooling: Cooling,
    watch: &Watch<'_>,
    feasible_after: &mut Option<Duration>,
) -> u64 {
    let begun = watch.part_over();
    let mut told = -1.0;
    anneal(search, cooling, &mut |tried, best| {
        if feasible_after.is_none() && best.missing == 0 {
            *feasible_after = Some(watch.now());
        }
        let by_count = watch
            .options
            .iterations
            .map_or(0.0, |most| tried as f64 / most.max(1) as f64);
        let by_time = (watch.part_over() - begun) / (1.0 - begun).max(1e-9);
        let done = if watch.cancelled() { 1.0 } else { by_count.max(by_time) };
        if done - told >= 0.02 || done >= 1.0 {
            told = done;
            tell(watch, done, tried, best);
        }
        done
    })
}

fn centres(m: &Model<'_>) -> usize {
    m.problem.sites.iter().map(|s| s.centre + 1).max().unwrap_or(0)
}

/// What a part found: its sessions' spots and its places' groups.
struct Found {
    spots: Vec<(u32, Spot)>,
    places: Vec<(u32, u32)>,
    moves: u64,
}

fn side_by_side(
    search: &mut Search<'_, '_>,
    centres: usize,
    turn: usize,
    cooling: Cooling,
    watch: &Watch<'_>,
    begun: Duration,
    threads: usize,
) -> u64 {
    let m = search.m;
    let scopes = scopes(m, &search.state, centres, turn);
    let total: usize = scopes.iter().map(|s| s.sids.len()).sum();
    let mut queue: Vec<usize> = (0..scopes.len()).filter(|&i| !scopes[i].sids.is_empty()).collect();
    queue.sort_by_key(|&i| std::cmp::Reverse(scopes[i].sids.len()));
    let span = watch.options.time.map(|time| {
        let left = time.saturating_sub(begun).as_secs_f64();
        let upto = begun.as_secs_f64() + left * (turn + 1) as f64 / TURNS as f64;
        (upto - watch.now().as_secs_f64()).max(0.0)
    });
    let base = &search.state;
    let seed = watch
        .options
        .seed
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(turn as u64);
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Found>>> = Mutex::new(scopes.iter().map(|_| None).collect());
    let workers = threads.min(queue.len()).max(1);
    std::thread::scope(|threads| {
        for _ in 0..workers {
            threads.spawn(|| {
                while let Some(&i) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let share = scopes[i].sids.len() as f64 / total.max(1) as f64;
                    let most = watch
                        .options
                        .iterations
                        .map(|n| (n as f64 * share / TURNS as f64) as u64);
                    let time = span.map(|span| span * workers as f64 * share);
                    let seed = seed ^ (i as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
                    let found = part(m, base, scopes[i].clone(), seed, cooling, most, time, watch);
                    if let Ok(mut results) = results.lock() {
                        results[i] = Some(found);
                    }
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_default();
    let mut moves = 0;
    for found in results.into_iter().flatten() {
        moves += found.moves;
        merge(m, &mut search.state, &found);
    }
    search.keep();
    moves
}

fn part(
    m: &Model<'_>,
    base: &State,
    scope: Scope,
    seed: u64,
    cooling: Cooling,
    most: Option<u64>,
    time: Option<f64>,
    watch: &Watch<'_>,
) -> Found {
    let mut search = Search::new(m, base.clone(), scope, seed);
    search.bar_others();
    let begun = watch.now().as_secs_f64();
    let moves = anneal(&mut search, cooling, &mut |tried, _| {
        let by_count = most.map_or(0.0, |most| tried as f64 / most.max(1) as f64);
        let by_time = time.map_or(0.0, |time| (watch.now().as_secs_f64() - begun) / time.max(1e-6));
        if watch.cancelled() { 1.0 } else { by_count.max(by_time) }
    });
    Found {
        spots: search
            .scope
            .sids
            .iter()
            .map(|&s| (s, search.state.spots[s as usize]))
            .collect(),
        places: search
            .scope
            .places
            .iter()
            .map(|&q| (q, search.state.place_group[q as usize]))
            .collect(),
        moves,
    }
}

/// Every centre with the tasks all of whose people belong to it in this turn.
fn scopes(m: &Model<'_>, state: &State, centres: usize, turn: usize) -> Vec<Scope> {
    let home: Vec<usize> = m
        .teachers
        .iter()
        .map(|t| {
            let mut all: Vec<usize> = t.sites.iter().map(|&s| m.problem.sites[s as usize].centre).collect();
            all.sort_unstable();
            all.dedup();
            if all.is_empty() {
                usize::MAX
            } else {
                all[turn % all.len()]
            }
        })
        .collect();
    let mut active = vec![vec![false; m.tasks.len()]; centres];
    for (x, task) in m.tasks.iter().enumerate() {
        let centre = m.problem.sites[task.site as usize].centre;
        let here = |t: u32| t == NONE || home[t as usize] == centre;
        if m.sessions(x)
            .all(|s| here(state.spots[s].teacher) && here(state.spots[s].second))
        {
            active[centre][x] = true;
        }
    }
    active
        .into_iter()
        .enumerate()
        .map(|(centre, active)| Scope::of(m, active, home.iter().map(|&h| h == centre).collect()))
        .collect()
}

fn merge(m: &Model<'_>, state: &mut State, found: &Found) {
    let mut regrouped: Vec<u32> = Vec::new();
    for &(q, group) in &found.places {
        let before = state.place_group[q as usize];
        if before != group {
            regrouped.extend([before, group]);
        }
    }
    let mut put = Vec::new();
    for &(sid, spot) in &found.spots {
        let group = m.tasks[m.task_of[sid as usize] as usize].group;
        if state.spots[sid as usize] == spot && (group == NONE || !regrouped.contains(&group)) {
            continue;
        }
        if state.spots[sid as usize].is_set() {
            state.take(m, sid as usize);
        }
        if spot.is_set() {
            put.push((sid, spot));
        }
    }
    for &(q, group) in &found.places {
        let before = state.place_group[q as usize];
        if before != group && before != NONE {
            state.leave(m, q as usize);
        }
    }
    for &(q, group) in &found.places {
        if state.place_group[q as usize] != group && group != NONE {
            state.join(m, q as usize, group);
        }
    }
    for (sid, spot) in put {
        state.put(m, sid as usize, spot);
    }
}
