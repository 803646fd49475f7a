//! Repairs: the past, the memberships and the rules stay, and no more families are moved than allowed.

use std::collections::BTreeSet;

use super::{absence, r60, week};
use crate::{
    engine::{Limits, Options, repair},
    problem::{Problem, Task},
    score::{Hard, score, score_repair},
    solution::{Event, Session, Solution},
};

/// Families any session of which is held at another time than published.
pub(super) fn relocated(p: &Problem, solution: &Solution, event: &Event) -> BTreeSet<usize> {
    let at = |s: &Session| (s.task, s.day, s.start);
    let published: BTreeSet<_> = event.baseline.sessions.iter().map(at).collect();
    let elsewhere = solution.sessions.iter().filter(|s| !published.contains(&at(s)));
    elsewhere
        .flat_map(|s| match s.task {
            Task::Order(o) => vec![p.orders[o].child],
            Task::Group(g) => solution.members[g].clone(),
        })
        .collect()
}

/// What was held before the absence, in order.
fn past(solution: &Solution, event: &Event) -> Vec<Session> {
    let sessions = solution.sessions.iter().copied();
    let mut past: Vec<Session> = sessions.filter(|s| (s.day, s.start) < event.now).collect();
    past.sort_unstable();
    past
}

#[test]
fn a_repair_leaves_the_past_the_groups_and_the_rules_alone() {
    let p = r60();
    let baseline = week(&p, 200_000, 1);
    for seed in 0..12 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let event = absence(&p, &baseline, &mut rng);
        let limits = Limits {
            max_families_moved: (seed % 3 == 0).then_some(2),
            strict: seed % 4 == 1,
        };
        let found = repair(
            &p,
            &event,
            &limits,
            &Options {
                iterations: Some(20_000),
                seed,
                ..Options::default()
            },
        );
        let referee = score_repair(&p, &found.solution, &event);
        assert!(referee.feasible(), "seed {seed}: {:?}", referee.examples);
        let change = referee.change.unwrap();
        assert_eq!(
            (found.change, found.cost),
            (change.perturbation_cost, referee.soft_cost()),
            "seed {seed}"
        );
        let (_, first) = found.first.unwrap();
        let before = score_repair(&p, &first, &event);
        assert!(before.feasible(), "seed {seed}: {:?}", before.examples);
        assert!(
            before.change.unwrap().perturbation_cost >= change.perturbation_cost,
            "seed {seed}"
        );
        assert_eq!(found.solution.members, baseline.members);
        assert_eq!(past(&found.solution, &event), past(&baseline, &event), "seed {seed}");
        if limits.strict {
            assert!(score(&p, &found.solution).hard.keys().all(|&r| r != Hard::MaxTeachers));
        }
        if let Some(most) = limits.max_families_moved {
            let moved = relocated(&p, &found.solution, &event);
            assert!(moved.len() <= most as usize, "seed {seed}: {moved:?}");
        }
    }
}

#[test]
fn with_no_family_to_be_moved_sessions_are_cancelled_instead() {
    let p = r60();
    let baseline = week(&p, 20_000, 3);
    let mut cancelled = 0;
    for seed in 0..6 {
        let mut event = absence(&p, &baseline, &mut fastrand::Rng::with_seed(seed));
        // Half the house is ill.
        let gone = event.absent[0];
        event.absent = (0..p.teachers.len() / 2)
            .map(|teacher| crate::solution::Absence { teacher, ..gone })
            .collect();
        for most in [0, 3] {
            let limits = Limits {
                max_families_moved: Some(most),
                strict: false,
            };
            let options = Options {
                iterations: Some(5_000),
                seed,
                ..Options::default()
            };
            let found = repair(&p, &event, &limits, &options);
            assert_eq!(found.solution, repair(&p, &event, &limits, &options).solution);
            let (_, first) = found.first.unwrap();
            for solution in [&first, &found.solution] {
                assert!(relocated(&p, solution, &event).len() <= most as usize, "seed {seed}");
            }
            let change = score_repair(&p, &found.solution, &event).change.unwrap();
            assert_eq!(found.missing == 0, change.cancelled == 0);
            cancelled += change.cancelled;
        }
    }
    assert!(cancelled > 0);
}

#[test]
fn a_past_that_breaks_every_rule_stays_as_it_was_written_down() {
    let p = r60();
    let baseline = week(&p, 20_000, 1);
    for seed in 0..30 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut event = absence(&p, &baseline, &mut rng);
        event.now = (rng.usize(0..5), rng.usize(0..13));
        for s in &mut event.baseline.sessions {
            match rng.u8(0..12) {
                0 => s.room = rng.usize(0..p.rooms.len()),
                1 => s.start = rng.usize(0..13),
                2 => s.teacher = rng.usize(0..p.teachers.len()),
                3 => s.second = Some(rng.usize(0..p.teachers.len())),
                4 => s.day = rng.usize(0..5),
                _ => {}
            }
        }
        let twice = event.baseline.sessions[rng.usize(0..100)];
        event.baseline.sessions.push(twice);
        let options = Options {
            iterations: Some(3_000),
            seed,
            ..Options::default()
        };
        let found = repair(&p, &event, &Limits::default(), &options);
        let (_, first) = found.first.unwrap();
        for solution in [&first, &found.solution] {
            assert_eq!(past(solution, &event), past(&event.baseline, &event), "seed {seed}");
        }
    }
}
