//! Whole weeks: feasible, cheap, the same for the same luck, with their pins.

use std::collections::BTreeSet;

use super::{disturbed, r60, r300};
use crate::{
    engine::{Options, Progress, solve},
    problem::{Pin, Problem, Task},
    score::score,
    solution::{Session, Solution},
};

#[test]
fn the_shipped_weeks_are_feasible_at_once_and_cheap_soon() {
    for (p, moves, most) in [(r60(), 400_000, 1_318), (r300(), 400_000, 7_600)] {
        let found = solve(
            &p,
            &Options {
                iterations: Some(moves),
                ..Options::default()
            },
        );
        let referee = score(&p, &found.solution);
        assert!(referee.feasible(), "{:?}", referee.examples);
        assert_eq!((found.missing, found.cost), (0, referee.soft_cost()));
        assert!(found.cost <= most, "{} costs {}", p.name, found.cost);
    }
}

#[test]
fn what_is_called_feasible_the_referee_accepts() {
    let mut feasible = 0;
    for seed in 0..10 {
        let mut p = disturbed(seed);
        if seed % 2 == 0 {
            p = Problem {
                weights: p.weights,
                ..r60()
            };
        }
        let options = Options {
            iterations: Some(10_000),
            seed,
            ..Options::default()
        };
        let found = solve(&p, &options);
        let referee = score(&p, &found.solution);
        assert_eq!(
            found.missing == 0,
            referee.feasible(),
            "seed {seed}: {:?}",
            referee.examples
        );
        assert_eq!(found.cost, referee.soft_cost(), "seed {seed}");
        feasible += usize::from(referee.feasible());
    }
    assert!(
        (1..10).contains(&feasible),
        "some can be made and some cannot: {feasible}"
    );
}

#[test]
fn the_same_seed_gives_the_same_week_on_any_number_of_threads() {
    let p = r300();
    let with = |seed, threads| {
        solve(
            &p,
            &Options {
                iterations: Some(60_000),
                seed,
                threads,
                ..Options::default()
            },
        )
        .solution
    };
    assert_eq!(with(5, 1), with(5, 1));
    assert_eq!(with(5, 2), with(5, 3));
    assert_ne!(with(5, 2), with(6, 2));
    assert!(score(&p, &with(7, 2)).feasible());
}

#[test]
fn pins_hold_wherever_they_are() {
    let mut p = r60();
    for seed in 0..12 {
        let mut rng = fastrand::Rng::with_seed(seed);
        p.pins = Vec::new();
        let week = solve(
            &p,
            &Options {
                iterations: Some(20_000),
                seed: seed + 50,
                ..Options::default()
            },
        )
        .solution;
        let mut left = week.sessions.clone();
        rng.shuffle(&mut left);
        p.pins = left
            .iter()
            .take(60)
            .map(|s| Pin {
                task: s.task,
                day: rng.bool().then_some(s.day),
                start: rng.bool().then_some(s.start),
                teacher: rng.bool().then_some(s.teacher),
                second: s.second.filter(|_| rng.bool()),
                room: rng.bool().then_some(s.room),
            })
            .collect();
        // From nothing, and from a week that knew nothing of them.
        for start in [None, Some(&week)] {
            let found = solve(
                &p,
                &Options {
                    iterations: Some(60_000),
                    seed,
                    start,
                    ..Options::default()
                },
            );
            assert!(agrees(&found.solution, &p.pins), "seed {seed}");
            assert!(score(&p, &found.solution).feasible(), "seed {seed}");
        }
    }
}

/// Every pin of a task has a session of its own.
fn agrees(solution: &Solution, pins: &[Pin]) -> bool {
    let tasks: BTreeSet<Task> = pins.iter().map(|p| p.task).collect();
    tasks.into_iter().all(|task| {
        let pins: Vec<&Pin> = pins.iter().filter(|p| p.task == task).collect();
        let sessions: Vec<&Session> = solution.sessions.iter().filter(|s| s.task == task).collect();
        matched(&pins, &sessions, &mut vec![false; sessions.len()])
    })
}

fn matched(pins: &[&Pin], sessions: &[&Session], used: &mut Vec<bool>) -> bool {
    let Some((pin, rest)) = pins.split_first() else {
        return true;
    };
    (0..sessions.len()).any(|i| {
        let s = sessions[i];
        let fits = pin.day.is_none_or(|d| d == s.day)
            && pin.start.is_none_or(|u| u == s.start)
            && pin.teacher.is_none_or(|t| t == s.teacher)
            && pin.second.is_none_or(|t| Some(t) == s.second)
            && pin.room.is_none_or(|r| r == s.room);
        if used[i] || !fits {
            return false;
        }
        used[i] = true;
        let found = matched(rest, sessions, used);
        used[i] = false;
        found
    })
}

#[test]
fn progress_is_told_and_a_search_can_be_stopped() {
    let p = r60();
    let told = std::sync::Mutex::new(Vec::<Progress>::new());
    let stop = std::sync::atomic::AtomicBool::new(false);
    let progress = |now: Progress| {
        told.lock().unwrap().push(now);
        stop.store(now.done > 0.3, std::sync::atomic::Ordering::Relaxed);
    };
    let found = solve(
        &p,
        &Options {
            iterations: Some(100_000),
            progress: Some(&progress),
            cancel: Some(&stop),
            ..Options::default()
        },
    );
    assert!(found.moves < 60_000, "{}", found.moves);
    let told = told.into_inner().unwrap();
    assert!(told.len() > 3 && told.is_sorted_by_key(|p| p.moves));
    assert!(told.is_sorted_by(|a, b| a.cost >= b.cost || a.missing > b.missing));
    assert!(score(&p, &found.solution).feasible());
}
