//! The engine: a timetable that never breaks a rule, built task by task, made better by annealing.

#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "ids and sizes were checked when the problem was read, and the tables are as long as they say"
)]

mod anneal;
mod aside;
mod construct;
mod force;
mod members;
mod model;
mod moves;
mod parts;
mod search;
mod snapshot;
mod state;
mod substitute;
#[cfg(test)]
mod tests;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use crate::{
    diagnose,
    problem::{Problem, Task},
    score::{Score, score, score_repair},
    solution::{Event, Solution},
};
use anneal::Cooling;
use aside::Aside;
use model::Model;
use search::{Scope, Search};
use state::State;

/// How long to search, and with what luck.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Moves of the improvement; [`None`] for as many as time allows, none where nothing would ever end it.
    pub iterations: Option<u64>,
    /// Time for everything, by [`Options::clock`].
    pub time: Option<Duration>,
    /// Time since the call, where time counts; the crate has no clock of its own.
    pub clock: Option<&'a (dyn Fn() -> Duration + Sync)>,
    /// The same seed gives the same timetable for the same number of moves.
    pub seed: u64,
    /// Parts that are searched side by side.
    pub threads: usize,
    /// A timetable to start from; what breaks a rule in it is set anew.
    pub start: Option<&'a Solution>,
    /// Told now and then how far the search is.
    pub progress: Option<&'a (dyn Fn(Progress) + Sync)>,
    /// The search ends with the best it has when this is set.
    pub cancel: Option<&'a AtomicBool>,
}

impl Default for Options<'_> {
    /// Two million moves, one thread.
    fn default() -> Self {
        Self {
            iterations: Some(2_000_000),
            time: None,
            clock: None,
            seed: 1,
            threads: 1,
            start: None,
            progress: None,
            cancel: None,
        }
    }
}

/// How far a search is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Part of the time or of the moves that is over, 0 to 1.
    pub done: f64,
    /// Time since the call.
    pub elapsed: Duration,
    /// Moves tried so far.
    pub moves: u64,
    /// Sessions, places, members and watched slots that the best timetable misses.
    pub missing: i64,
    /// What the best timetable costs.
    pub cost: i64,
}

/// What came out.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The best timetable found.
    pub solution: Solution,
    /// Sessions, places, members and watched slots that are missing in it; 0 means that every rule holds.
    pub missing: i64,
    /// Its cost as the engine counted it; for a repair that of the week, the changes apart.
    pub cost: i64,
    /// What a repair costs in changes: cancelled, families moved, leads and rooms changed, by the event's weights.
    pub change: i64,
    /// Moves that were tried.
    pub moves: u64,
    /// When nothing was missing any more.
    pub feasible_after: Option<Duration>,
    /// The first answer of a repair, and when it was there.
    pub first: Option<(Duration, Solution)>,
}

/// Bounds of a repair.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// Most families any session of which may be at another time than published; beyond that sessions are cancelled.
    pub max_families_moved: Option<u32>,
    /// Keep the rules that an absence waives: leads of an order (H12) and hours to be watched (H18).
    pub strict: bool,
}

/// Make a timetable. What cannot be, whoever makes it, is left out from the start, so that it costs nothing else.
pub fn solve(problem: &Problem, options: &Options<'_>) -> Outcome {
    let Some(less) = diagnose::possible(problem) else {
        return make(problem, options);
    };
    let gone = i64::try_from(diagnose::more(problem, &less)).unwrap_or(i64::MAX);
    let tell = |now: Progress| {
        if let Some(progress) = options.progress {
            progress(Progress {
                missing: now.missing + gone,
                ..now
            });
        }
    };
    let options = Options {
        progress: Some(&tell),
        ..*options
    };
    let mut found = make(&less, &options);
    found.missing = found.missing.max(refused(&score(problem, &found.solution)));
    found.feasible_after = found.feasible_after.filter(|_| found.missing == 0);
    found
}

/// A timetable with as many more sessions of a task as there is room for, while nothing of others moves.
pub(crate) fn extend(problem: &Problem, solution: &Solution, task: Task) -> Solution {
    let less = diagnose::possible(problem);
    let model = Model::new(less.as_ref().unwrap_or(problem));
    let state = State::adopt(&model, solution);
    let mut search = Search::new(&model, state, Scope::all(&model), 1);
    construct::extend(&mut search, model.index(task));
    search.state.solution(&model)
}

fn make(problem: &Problem, options: &Options<'_>) -> Outcome {
    let watch = Watch { options };
    let model = Model::new(problem);
    let state = options
        .start
        .map_or_else(|| State::new(&model), |start| State::adopt(&model, start));
    let mut search = Search::new(&model, state, Scope::all(&model), options.seed);
    let round = construct::round(search.scope.sids.len());
    let most = options.iterations.map_or(ROUNDS, |n| (n / round).clamp(1_000, ROUNDS));
    let mut rounds = 0;
    let mut go_on = || {
        rounds += 1;
        rounds <= most && watch.part_over() < CONSTRUCTION && !watch.cancelled()
    };
    parts::complete(&mut search, &watch, &mut go_on);
    if search.missing() > 0 {
        construct::make_do(&mut search, &mut || {
            watch.part_over() < CONSTRUCTION && !watch.cancelled()
        });
    }
    let mut feasible_after = (search.state.missing == 0).then(|| watch.now());
    let from = if options.start.is_some() {
        GENTLE
    } else {
        hot(&mut search, &watch)
    };
    let moves = parts::improve(&mut search, Cooling { from, to: COLD }, &watch, &mut feasible_after);
    if search.missing() > 0 {
        // What there is room for in the end is not left out.
        search.state.make_do(&model);
        construct::build(&mut search);
    }
    let solution = search.state.solution(&model);
    let missing = search.state.missing.max(refused(&score(problem, &solution)));
    Outcome {
        missing,
        cost: search.state.soft,
        change: 0,
        moves,
        feasible_after: feasible_after.filter(|_| missing == 0),
        first: None,
        solution,
    }
}

/// Mend a published timetable after an absence: substitutes first, then whatever moves the fewest families, then a cheap
/// week. The past and the memberships of groups stay as they are. What was decided about somebody who is away holds no
/// longer, nor what could never be kept.
pub fn repair(problem: &Problem, event: &Event, limits: &Limits, options: &Options<'_>) -> Outcome {
    let less = diagnose::without_pins(problem, &event.absent);
    let problem = less.as_ref().unwrap_or(problem);
    let Some(aside) = Aside::of(problem, event) else {
        return mend(problem, event, limits, options);
    };
    let mut found = mend(&aside.problem, &aside.event, limits, options);
    aside.restore(&mut found.solution);
    if let Some((_, first)) = &mut found.first {
        aside.restore(first);
    }
    found.missing = found
        .missing
        .max(refused(&score_repair(problem, &found.solution, event)));
    found.feasible_after = found.feasible_after.filter(|_| found.missing == 0);
    found
}

fn mend(problem: &Problem, event: &Event, limits: &Limits, options: &Options<'_>) -> Outcome {
    let watch = Watch { options };
    let mut model = Model::for_event(problem, event, limits.strict);
    model.max_moved = limits.max_families_moved;
    let state = State::adopt(&model, &event.baseline);
    let mut search = Search::new(&model, state, Scope::all(&model), options.seed);
    substitute::first_answer(&mut search);
    if search.state.missing > 0 {
        // Still cancelled sessions: a moment's search finds most of them a place before anybody has to wait.
        let warm = Cooling {
            from: WARM_REPAIR,
            to: COLD,
        };
        anneal::anneal(&mut search, warm, &mut |tried, _| tried as f64 / FIRST_MOVES as f64);
    }
    let first = (watch.now(), search.state.solution(&model));
    let mut feasible_after = (search.state.missing == 0).then_some(first.0);
    let moves = parts::improve(
        &mut search,
        Cooling {
            from: WARM_REPAIR,
            to: COLD,
        },
        &watch,
        &mut feasible_after,
    );
    let solution = search.state.solution(&model);
    let missing = search
        .state
        .missing
        .max(refused(&score_repair(problem, &solution, event)));
    Outcome {
        missing,
        cost: search.state.soft,
        change: search.state.change,
        moves,
        feasible_after: feasible_after.filter(|_| missing == 0),
        first: Some(first),
        solution,
    }
}

/// What the referee finds wrong; more than the engine knows only where what is frozen or pinned breaks a rule.
fn refused(score: &Score) -> i64 {
    i64::try_from(score.unscheduled + score.unplaced + score.hard_total()).unwrap_or(i64::MAX)
}

/// The temperature to begin with, in units of cost: the more moves every session gets, the hotter pays. Measured: 3 is
/// best for 500 moves a session, 12 for 10,000 and more.
fn hot(search: &mut Search<'_, '_>, watch: &Watch<'_>) -> f64 {
    let options = watch.options;
    let moves = match (options.iterations, options.time) {
        (Some(moves), _) => moves as f64,
        (None, Some(time)) => {
            let begun = watch.now();
            anneal::stir(search, GENTLE, TRIAL);
            let took = watch.now().saturating_sub(begun).as_secs_f64().max(1e-6);
            let left = time.saturating_sub(begun).as_secs_f64();
            left * TRIAL as f64 / took * options.threads.max(1) as f64
        }
        (None, None) => 0.0,
    };
    let each = moves / search.scope.sids.len().max(1) as f64;
    (3.0 * (each / 500.0).powf(0.46)).clamp(2.0, 12.0)
}

/// Temperatures of a week that is improved, of a repair, and at the end.
const GENTLE: f64 = 2.0;
const WARM_REPAIR: f64 = 200.0;
const COLD: f64 = 0.25;
/// Moves of the first answer to an absence: some hundredths of a second.
const FIRST_MOVES: u64 = 20_000;
/// Part of the time that may go by until nothing is missing.
const CONSTRUCTION: f64 = 0.75;
/// Moves that tell how fast this machine is.
const TRIAL: u64 = 4_000;
/// Most rounds of the search for the last sessions; where moves are counted, as many as have so many moves.
const ROUNDS: u64 = 7_000;

/// Time, moves and the wish to stop.
pub(crate) struct Watch<'a> {
    options: &'a Options<'a>,
}

impl Watch<'_> {
    fn now(&self) -> Duration {
        self.options.clock.map_or(Duration::ZERO, |clock| clock())
    }

    fn cancelled(&self) -> bool {
        self.options.cancel.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    /// Whether anything ends the search: a number of moves, a time, or somebody who may cancel it.
    fn ends(&self) -> bool {
        let options = self.options;
        let timed = options.time.is_some() && options.clock.is_some();
        options.iterations.is_some() || timed || options.cancel.is_some()
    }

    /// How much of the time is over, 0 without a time.
    fn part_over(&self) -> f64 {
        match self.options.time {
            Some(time) if self.options.clock.is_some() => self.now().as_secs_f64() / time.as_secs_f64().max(1e-6),
            _ => 0.0,
        }
    }
}
