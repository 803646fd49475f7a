//! Questions about a centre of sixty children: its timetable as it was made, with decisions, and damaged.

use proptest::prelude::*;
use solver::{
    engine::{self, Limits, Options},
    problem::{Pin, Problem, Task},
    read,
    score::score,
    solution::{ChangeWeights, Event, Session, Solution},
    why::{Question, Verdict},
};

use super::{asked, question};

fn r60() -> (Problem, Solution) {
    let problem = read::problem(include_bytes!("../../reference/instances/r60.json")).unwrap();
    let options = Options {
        iterations: Some(200_000),
        ..Options::default()
    };
    let solution = engine::solve(&problem, &options).solution;
    assert!(score(&problem, &solution).feasible());
    (problem, solution)
}

fn any_question(rng: &mut fastrand::Rng, problem: &Problem) -> Question {
    question(
        rng.usize(0..problem.orders.len()),
        rng.usize(0..problem.grid.days),
        rng.usize(0..problem.grid.slots),
    )
}

#[test]
fn sixty_questions_about_a_centre_of_sixty_children() {
    let (problem, solution) = r60();
    let mut rng = fastrand::Rng::with_seed(60);
    let mut seen = [0; 4];
    let mut told = 0;
    let here = solution.sessions.iter().find_map(|s| match s.task {
        Task::Order(order) => Some(Question {
            order,
            day: s.day,
            start: s.start,
            session: None,
        }),
        Task::Group(_) => None,
    });
    for n in 0..60 {
        // One of them about where a session is; the others about anything.
        let question = here
            .filter(|_| n == 0)
            .unwrap_or_else(|| any_question(&mut rng, &problem));
        let answer = asked(&problem, &solution, question);
        let verdicts = [Verdict::There, Verdict::Free, Verdict::Blocked, Verdict::Never];
        seen[verdicts.iter().position(|v| *v == answer.verdict).unwrap()] += 1;
        told += usize::from(!answer.repairs.is_empty());
        if answer.verdict == Verdict::Never && seen[3] <= 8 {
            never_indeed(&problem, &solution, question);
        }
    }
    let [there, _, blocked, never] = seen;
    assert!(there > 0 && blocked > 0 && never > 0, "{seen:?}");
    assert!(
        told + 3 >= seen[2],
        "a way is found nearly always: {told} of {}",
        seen[2]
    );
}

/// The engine does not bring the session there either.
fn never_indeed(problem: &Problem, published: &Solution, question: Question) {
    let mut decided = problem.clone();
    decided.pins.push(Pin {
        task: Task::Order(question.order),
        day: Some(question.day),
        start: Some(question.start),
        teacher: None,
        second: None,
        room: None,
    });
    let options = Options {
        iterations: Some(20_000),
        ..Options::default()
    };
    let event = Event {
        baseline: published.clone(),
        absent: Vec::new(),
        now: (0, 0),
        weights: ChangeWeights {
            cancelled: 1_000,
            family_moved: 1,
            teacher_changed: 1,
            room_changed: 1,
        },
    };
    let limits = Limits {
        max_families_moved: None,
        strict: true,
    };
    let made = engine::repair(&decided, &event, &limits, &options).solution;
    let there = |s: &Session| (s.task, s.day, s.start) == (Task::Order(question.order), question.day, question.start);
    assert!(!made.sessions.iter().any(there), "{question:?}");
}

#[test]
fn what_is_decided_stays_in_every_way() {
    let (mut problem, solution) = r60();
    let mut rng = fastrand::Rng::with_seed(7);
    for s in &solution.sessions {
        if rng.u8(0..10) < 3 {
            problem.pins.push(Pin {
                task: s.task,
                day: Some(s.day),
                start: Some(s.start),
                teacher: Some(s.teacher),
                second: s.second,
                room: Some(s.room),
            });
        }
    }
    let mut ways = 0;
    for _ in 0..40 {
        let question = any_question(&mut rng, &problem);
        let answer = asked(&problem, &solution, question);
        for repair in &answer.repairs {
            ways += 1;
            for pin in &problem.pins {
                let kept = |s: &Session| {
                    s.task == pin.task
                        && Some(s.day) == pin.day
                        && Some(s.start) == pin.start
                        && Some(s.teacher) == pin.teacher
                        && Some(s.room) == pin.room
                        && (pin.second.is_none() || s.second == pin.second)
                };
                assert!(repair.solution.sessions.iter().any(kept), "{question:?} {pin:?}");
            }
        }
    }
    assert!(ways > 10, "{ways}");
}

/// A timetable with a bit of everything wrong.
fn damaged(problem: &Problem, solution: &Solution, seed: u64) -> Solution {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut solution = solution.clone();
    for _ in 0..rng.usize(1..20) {
        let n = solution.sessions.len();
        let i = rng.usize(0..n);
        match rng.u8(0..9) {
            0 => drop(solution.sessions.remove(i)),
            1 => solution.sessions.push(solution.sessions[i]),
            2 => solution.sessions[i].day = rng.usize(0..9),
            3 => solution.sessions[i].start = rng.usize(0..20),
            4 => solution.sessions[i].day = 10_000,
            5 => solution.sessions[i].teacher = rng.usize(0..problem.teachers.len()),
            6 => solution.sessions[i].second = Some(rng.usize(0..problem.teachers.len())),
            7 => solution.sessions[i].room = rng.usize(0..problem.rooms.len()),
            _ => {
                let g = rng.usize(0..solution.members.len());
                solution.members[g].push(rng.usize(0..problem.children.len()));
            }
        }
    }
    solution
}

/// A published pin or two that may be anywhere.
fn pinned_anyhow(problem: &mut Problem, seed: u64) {
    let mut rng = fastrand::Rng::with_seed(seed);
    for _ in 0..rng.usize(0..40) {
        let o = rng.usize(0..problem.orders.len());
        problem.pins.push(Pin {
            task: Task::Order(o),
            day: rng.bool().then(|| rng.usize(0..problem.grid.days)),
            start: None,
            teacher: rng.bool().then(|| rng.usize(0..problem.teachers.len())),
            second: rng.bool().then(|| rng.usize(0..problem.teachers.len())),
            room: rng.bool().then(|| rng.usize(0..problem.rooms.len())),
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_damaged_timetable_is_answered_too(seed in any::<u64>()) {
        static MADE: std::sync::LazyLock<(Problem, Solution)> = std::sync::LazyLock::new(r60);
        let (problem, solution) = &*MADE;
        let mut problem = problem.clone();
        pinned_anyhow(&mut problem, seed);
        let damaged = damaged(&problem, solution, seed);
        let mut rng = fastrand::Rng::with_seed(!seed);
        for _ in 0..4 {
            let mut question = any_question(&mut rng, &problem);
            if rng.bool() && let Some(i) = damaged.sessions.iter().position(|s| s.task == Task::Order(question.order)) {
                question.session = Some(i);
            }
            asked(&problem, &damaged, question);
        }
    }
}
