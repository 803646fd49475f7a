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
    construct, members,
    model::{Model, NONE},
    search::{Scope, Search, missing_in},
    snapshot::Snapshot,
    state::State,
};

/// How often the parts are put together again.
const TURNS: usize = 12;
/// Tasks from which on parts pay even one after the other: what one part needs stays in the processor's cache.
const MANY: usize = 1_500;
/// Rounds without a gain after which the last ones are given up: several times as many as the slowest of all measured weeks
/// has taken.
const STUCK: usize = 2_000;
/// Rounds that a part alone searches for the places of its last sessions.
const ROUNDS: u32 = 6;

/// Set every task, centre by centre and then together, until nothing is missing or `go_on` says no.
pub(crate) fn complete(search: &mut Search<'_, '_>, watch: &Watch<'_>, go_on: &mut dyn FnMut() -> bool) {
    let m = search.m;
    let centres = centres(m);
    let parted = centres.len() > 1;
    let stuck = if parted { STUCK / ROUNDS as usize } else { STUCK };
    let (mut turn, mut best, mut since) = (0, i64::MAX, 0);
    while turn == 0 || (search.missing() > 0 && since < stuck && go_on()) {
        if parted {
            let mut scopes = scopes(m, &search.state, &centres, turn);
            scopes.retain(|scope| missing_in(m, &search.state, scope) > 0);
            let work = |part: &mut Search<'_, '_>, _: f64| {
                if turn == 0 {
                    members::members(part);
                }
                construct::build(part);
                construct::force(part, ROUNDS);
                0
            };
            side_by_side(search, scopes, turn, watch, &work);
        } else if turn == 0 {
            members::members(search);
        }
        // Together: what no part could do alone.
        construct::build(search);
        if !parted || turn % 4 == 3 {
            construct::force(search, 1);
        }
        search.state.press(m);
        turn += 1;
        since += 1;
        if search.missing() < best {
            (best, since) = (search.missing(), 0);
        }
    }
}

/// Anneal the whole or its parts until time or moves are over. Returns the moves that were tried.
pub(crate) fn improve(
    search: &mut Search<'_, '_>,
    cooling: Cooling,
    watch: &Watch<'_>,
    feasible_after: &mut Option<Duration>,
) -> u64 {
    let m = search.m;
    if search.scope.sids.is_empty() || !watch.ends() {
        return 0;
    }
    let centres = centres(m);
    let threads = watch.options.threads.max(1);
    if centres.len() < 2 || (threads == 1 && m.tasks.len() < MANY) || m.change.is_some() {
        return whole(search, cooling, watch, feasible_after);
    }
    let mut moves = 0;
    let begun = watch.now().as_secs_f64();
    for turn in 0..TURNS {
        if watch.cancelled() || watch.part_over() >= 1.0 {
            break;
        }
        let part_of = |turn: usize| turn as f64 / TURNS as f64;
        let heat = |turn: usize| cooling.from * (cooling.to / cooling.from).powf(part_of(turn));
        let cooling = Cooling {
            from: heat(turn),
            to: heat(turn + 1),
        };
        let scopes = scopes(m, &search.state, &centres, turn);
        let span = watch.options.time.map(|time| {
            let upto = begun + (time.as_secs_f64() - begun) * part_of(turn + 1);
            (upto - watch.now().as_secs_f64()).max(0.0) * threads.min(scopes.len()) as f64
        });
        let most = watch.options.iterations.map(|n| n as f64 / TURNS as f64);
        moves += side_by_side(search, scopes, turn, watch, &|part, share| {
            let begun = watch.now().as_secs_f64();
            anneal(part, cooling, &mut |tried, _| {
                let by_count = most.map_or(0.0, |most| tried as f64 / (most * share).max(1.0));
                let by_time = span.map_or(0.0, |s| (watch.now().as_secs_f64() - begun) / (s * share).max(1e-6));
                if watch.cancelled() { 1.0 } else { by_count.max(by_time) }
            })
        });
        if search.state.missing == 0 && feasible_after.is_none() {
            *feasible_after = Some(watch.now());
        }
        tell(
            watch,
            part_of(turn + 1),
            moves,
            (search.state.missing, search.state.soft),
        );
    }
    moves
}

fn tell(watch: &Watch<'_>, done: f64, moves: u64, (missing, cost): (i64, i64)) {
    if let Some(progress) = watch.options.progress {
        progress(Progress {
            done: done.min(1.0),
            elapsed: watch.now(),
            moves,
            missing,
            cost,
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
        if feasible_after.is_none() && best.missing() == 0 {
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
            tell(watch, done, tried, (best.missing(), best.cost()));
        }
        done
    })
}

/// The centres, whatever their numbers are.
fn centres(m: &Model<'_>) -> Vec<usize> {
    let mut all: Vec<usize> = m.problem.sites.iter().map(|s| s.centre).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What came of a part.
struct Found {
    snapshot: Snapshot,
    weights: Weights,
    moves: u64,
}

/// What a part's tasks, hours to be watched and seats weigh when they are missing.
struct Weights {
    tasks: Vec<i64>,
    watching: Vec<i64>,
    seats: i64,
}

impl Weights {
    fn of(part: &Search<'_, '_>) -> Self {
        let (scope, state) = (&part.scope, &part.state);
        Self {
            tasks: scope.tasks.iter().map(|&x| state.task_weight[x as usize]).collect(),
            watching: scope.trainees.iter().map(|&t| state.watch_weight[t as usize]).collect(),
            seats: state.seat_weight,
        }
    }

    fn hand_over(&self, scope: &Scope, state: &mut State) {
        for (&x, &weight) in scope.tasks.iter().zip(&self.tasks) {
            state.task_weight[x as usize] = weight;
        }
        for (&t, &weight) in scope.trainees.iter().zip(&self.watching) {
            state.watch_weight[t as usize] = weight;
        }
        state.seat_weight = state.seat_weight.max(self.seats);
    }
}

/// What is done to a part, told its share of the whole; returns the moves that were tried.
type Work<'a> = &'a (dyn Fn(&mut Search<'_, '_>, f64) -> u64 + Sync);

/// Let every part be worked on by itself, on as many threads as there are; then put them together.
fn side_by_side(
    search: &mut Search<'_, '_>,
    scopes: Vec<Scope>,
    turn: usize,
    watch: &Watch<'_>,
    work: Work<'_>,
) -> u64 {
    let m = search.m;
    let total: usize = scopes.iter().map(|s| s.sids.len()).sum();
    let base = &search.state;
    let seed = watch
        .options
        .seed
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(turn as u64);
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Found>>> = Mutex::new(scopes.iter().map(|_| None).collect());
    std::thread::scope(|threads| {
        for _ in 0..watch.options.threads.clamp(1, scopes.len().max(1)) {
            threads.spawn(|| {
                let mut state = base.clone();
                while let Some((i, scope)) = scopes.iter().enumerate().nth(next.fetch_add(1, Ordering::Relaxed)) {
                    let share = scope.sids.len() as f64 / total.max(1) as f64;
                    let seed = seed ^ (i as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
                    state.clone_from(base);
                    let mut part = Search::new(m, state, scope.clone(), seed);
                    part.bar_others();
                    let moves = work(&mut part, share);
                    let snapshot = Snapshot::of(&part);
                    let weights = Weights::of(&part);
                    state = part.state;
                    if let Ok(mut results) = results.lock() {
                        results[i] = Some(Found {
                            snapshot,
                            weights,
                            moves,
                        });
                    }
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_default();
    let mut moves = 0;
    for (scope, result) in scopes.iter().zip(results) {
        if let Some(found) = result {
            moves += found.moves;
            found.snapshot.restore(m, scope, &mut search.state);
            found.weights.hand_over(scope, &mut search.state);
        }
    }
    search.state.weigh(m);
    search.keep();
    moves
}

/// Every centre with the tasks all of whose people belong to it in this turn, the largest first.
fn scopes(m: &Model<'_>, state: &State, centres: &[usize], turn: usize) -> Vec<Scope> {
    let of_site: Vec<usize> = m
        .problem
        .sites
        .iter()
        .map(|s| centres.binary_search(&s.centre).unwrap_or(0))
        .collect();
    let home: Vec<usize> = m
        .teachers
        .iter()
        .map(|t| {
            let mut all: Vec<usize> = t.sites.iter().map(|&s| of_site[s as usize]).collect();
            all.sort_unstable();
            all.dedup();
            if all.is_empty() {
                usize::MAX
            } else {
                all[turn % all.len()]
            }
        })
        .collect();
    let mut active = vec![vec![false; m.tasks.len()]; centres.len()];
    for (x, task) in m.tasks.iter().enumerate() {
        let centre = of_site[task.site as usize];
        let here = |t: u32| t == NONE || home[t as usize] == centre;
        if m.sessions(x)
            .all(|s| here(state.spots[s].teacher) && here(state.spots[s].second))
        {
            active[centre][x] = true;
        }
    }
    let mut scopes: Vec<Scope> = active
        .into_iter()
        .enumerate()
        .map(|(centre, active)| Scope::of(m, active, home.iter().map(|&h| h == centre).collect()))
        .filter(|scope| !scope.sids.is_empty())
        .collect();
    scopes.sort_by_key(|scope| std::cmp::Reverse(scope.sids.len()));
    scopes
}
