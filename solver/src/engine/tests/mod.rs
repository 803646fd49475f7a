//! What must hold of the engine: it counts as the referee counts, breaks no rule, moves no pin and no past.

#![allow(clippy::unwrap_used, reason = "a test that is surprised fails")]

mod count;
mod groups;
mod odd;
mod repairs;
mod weeks;

use super::{
    Options, construct, members,
    model::Model,
    search::{Scope, Search},
    solve,
    state::State,
};
use crate::{
    problem::Problem,
    read,
    score::{Hard, Score},
    solution::{Absence, ChangeWeights, Event, Solution},
};

fn r60() -> Problem {
    read::problem(include_bytes!("../../../reference/instances/r60.json")).unwrap()
}

fn r300() -> Problem {
    read::problem(include_bytes!("../../../reference/instances/r300.json")).unwrap()
}

/// The same centre with other weights, tighter days and other windows: feasible or not.
fn disturbed(seed: u64) -> Problem {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut p = r60();
    let w = &mut p.weights;
    for weight in [
        &mut w.extra_teacher,
        &mut w.not_prev_teacher,
        &mut w.day_gap,
        &mut w.avoid_slot,
        &mut w.child_idle,
        &mut w.child_visit,
        &mut w.short_day,
        &mut w.teacher_idle,
        &mut w.over_target,
        &mut w.extra_site,
        &mut w.extra_room,
        &mut w.extra_start,
    ] {
        *weight = rng.i64(0..20);
    }
    for t in &mut p.teachers {
        if rng.u8(0..4) == 0 {
            t.max_day = rng.u32(4..11);
            t.max_run = rng.u32(2..6);
        }
    }
    for c in &mut p.children {
        if rng.u8(0..6) == 0 {
            let day = rng.usize(0..5);
            c.avail[day] = 0;
        }
        if rng.u8(0..6) == 0 {
            c.exclude = vec![rng.usize(0..p.teachers.len())];
        }
    }
    for o in &mut p.orders {
        if rng.u8(0..8) == 0 {
            o.series.max_teachers = rng.usize(1..4);
            o.series.min_day_gap = rng.usize(0..4);
        }
    }
    p
}

fn made(m: &Model<'_>, seed: u64) -> State {
    let mut search = Search::new(m, State::new(m), Scope::all(m), seed);
    members::members(&mut search);
    construct::build(&mut search);
    construct::force(&mut search, 20);
    search.state
}

/// What the engine may leave open: everything else is a broken rule.
fn open_only(score: &Score) {
    for rule in score.hard.keys() {
        assert!(
            matches!(rule, Hard::Membership | Hard::Shadow),
            "{rule:?}: {:?}",
            score.examples.get(rule)
        );
    }
}

fn counted(score: &Score) -> i64 {
    i64::try_from(score.unscheduled + score.unplaced + score.hard_total()).unwrap()
}

/// A week of so many moves.
fn week(p: &Problem, iterations: u64, seed: u64) -> Solution {
    let options = Options {
        iterations: Some(iterations),
        seed,
        ..Options::default()
    };
    solve(p, &options).solution
}

fn absence(p: &Problem, baseline: &Solution, rng: &mut fastrand::Rng) -> Event {
    let day = rng.usize(0..4);
    let mut busy: Vec<usize> = (0..p.teachers.len())
        .filter(|&t| {
            baseline
                .sessions
                .iter()
                .filter(|s| s.teacher == t && s.day == day)
                .count()
                >= 3
        })
        .collect();
    rng.shuffle(&mut busy);
    busy.truncate(rng.usize(1..3));
    let from = [0, 6][rng.usize(0..2)];
    Event {
        baseline: baseline.clone(),
        absent: busy
            .iter()
            .map(|&teacher| Absence {
                teacher,
                day,
                from,
                to: 13,
            })
            .collect(),
        now: (day, from),
        weights: ChangeWeights {
            cancelled: 1000,
            family_moved: 30,
            teacher_changed: 5,
            room_changed: 1,
        },
    }
}
