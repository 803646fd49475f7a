//! What must hold of the engine: it counts as the referee counts, breaks no rule, moves no pin and no past.

#![allow(clippy::unwrap_used, reason = "a test that is surprised fails")]

use std::collections::BTreeSet;

use super::{
    Limits, Options, Progress, anneal, construct,
    model::Model,
    repair,
    search::{Scope, Search},
    solve,
    state::State,
};
use crate::{
    problem::{Pin, Problem, Task},
    read,
    score::{Hard, Score, score, score_repair},
    solution::{Absence, ChangeWeights, Event, Session, Solution},
};

fn r60() -> Problem {
    read::problem(include_bytes!("../../reference/instances/r60.json")).unwrap()
}

fn r300() -> Problem {
    read::problem(include_bytes!("../../reference/instances/r300.json")).unwrap()
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
    construct::members(&mut search);
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

#[test]
fn the_engine_counts_as_the_referee_after_any_moves() {
    for seed in 0..12 {
        let p = disturbed(seed);
        let m = Model::new(&p);
        let state = made(&m, seed);
        let mut search = Search::new(&m, state, Scope::all(&m), seed);
        let wheel = anneal::wheel();
        for round in 0..15 {
            for i in 0..200 {
                let heat = [0.5, 5.0, 500.0][round % 3];
                anneal::step(&mut search, &wheel, heat);
                if i % 10 == 0 {
                    search.look();
                    anneal::forced(&mut search, heat);
                }
            }
            let referee = score(&p, &search.state.solution(&m));
            open_only(&referee);
            assert_eq!(referee.soft_cost(), search.state.soft, "seed {seed} round {round}");
            assert_eq!(
                counted(&referee),
                search.state.missing,
                "seed {seed} round {round}: {:?}",
                referee.hard
            );
        }
    }
}

#[test]
fn what_is_undone_leaves_no_trace() {
    let p = disturbed(3);
    let m = Model::new(&p);
    let mut search = Search::new(&m, made(&m, 3), Scope::all(&m), 3);
    let before = (
        search.state.solution(&m),
        search.state.goal(),
        search.state.missing,
        search.state.soft,
    );
    let moves: [fn(&mut Search<'_, '_>) -> bool; 11] = [
        |s| s.shift(),
        |s| s.push(),
        |s| s.hand_over(),
        |s| s.relead(),
        |s| s.swap_leads(),
        |s| s.rebuild(),
        |s| s.ruin(),
        |s| s.reroom(),
        |s| s.rewatch(),
        |s| s.regroup(),
        |s| s.force(),
    ];
    let mut done = [0; 11];
    for i in 0..20_000 {
        search.keep();
        search.look();
        done[i % 11] += u32::from(moves[i % 11](&mut search));
        search.undo();
        let after = (search.state.goal(), search.state.missing, search.state.soft);
        assert_eq!(after, (before.1, before.2, before.3), "move {}", i % 11);
    }
    assert_eq!(search.state.solution(&m), before.0);
    assert!(
        done.iter().filter(|&&n| n > 0).count() >= 9,
        "every kind of move is possible here: {done:?}"
    );
}

#[test]
fn a_price_is_what_the_step_then_costs() {
    let p = disturbed(9);
    let baseline = {
        let m = Model::new(&p);
        made(&m, 9).solution(&m)
    };
    let event = absence(&p, &baseline, &mut fastrand::Rng::with_seed(9));
    for m in [Model::new(&p), Model::for_event(&p, &event, false)] {
        let mut search = Search::new(&m, State::adopt(&m, &baseline), Scope::all(&m), 9);
        let wheel = anneal::wheel();
        let mut seen = 0;
        for _ in 0..4_000 {
            anneal::step(&mut search, &wheel, 300.0);
            let sid = search.rng.usize(0..m.task_of.len());
            let old = search.state.spots[sid];
            if !old.is_set() || m.fixed[sid].frozen {
                continue;
            }
            search.take(sid);
            if let Some((price, spot)) = search.best_spot(sid, old.teacher, 1_000) {
                let before = search.state.goal();
                search.put(sid, spot);
                assert_eq!(search.state.goal() - before, price);
                seen += 1;
            }
            search.undo();
        }
        assert!(seen > 500, "{seen}");
    }
}

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
    for seed in 0..4 {
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

#[test]
fn a_repair_leaves_the_past_the_groups_and_the_rules_alone() {
    let p = r60();
    let baseline = solve(
        &p,
        &Options {
            iterations: Some(200_000),
            ..Options::default()
        },
    )
    .solution;
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
        let past = |s: &Solution| -> Vec<Session> {
            s.sessions
                .iter()
                .copied()
                .filter(|s| (s.day, s.start) < event.now)
                .collect()
        };
        assert_eq!(past(&found.solution), past(&baseline), "seed {seed}");
        if limits.strict {
            assert!(score(&p, &found.solution).hard.keys().all(|&r| r != Hard::MaxTeachers));
        }
        if let Some(most) = limits.max_families_moved {
            // More only where the first answer could not help it.
            assert!(
                change.families_moved <= before.change.unwrap().families_moved.max(most as usize),
                "seed {seed}"
            );
        }
    }
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
