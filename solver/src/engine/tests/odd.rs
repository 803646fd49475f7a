//! Weeks that nobody would plan and somebody will send: without people or rooms, with strange numbers, wrong baselines.

#[allow(dead_code, reason = "the absences are made here")]
#[path = "../../../tests/tiny/mod.rs"]
mod tiny;

use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use super::{open_only, r60};
use crate::{
    diagnose,
    engine::{Limits, Options, model::Model, repair, solve, state::State},
    problem::{Pin, Problem, Task},
    read,
    score::score,
    solution::{Absence, ChangeWeights, Event, Session, Solution},
};

fn problem(change: impl FnOnce(&mut Value)) -> Problem {
    let (mut week, _) = tiny::week();
    change(&mut week);
    read::problem(week.to_string().as_bytes()).unwrap()
}

fn some_moves() -> Options<'static> {
    Options {
        iterations: Some(2_000),
        ..Options::default()
    }
}

const WEIGHTS: ChangeWeights = ChangeWeights {
    cancelled: 1000,
    family_moved: 30,
    teacher_changed: 5,
    room_changed: 1,
};

#[test]
fn a_week_without_something_is_made_without_it() {
    let empty = |keys: &[&str]| {
        problem(|p| {
            for key in keys {
                p[*key] = json!([]);
            }
            for child in p["children"].as_array_mut().unwrap() {
                child["exclude"] = json!([]);
            }
        })
    };
    for (keys, held) in [
        (&["rooms"][..], 0),
        (&["teachers"][..], 0),
        (&["orders"][..], 1),
        (&["groups"][..], 1),
        (&["group_orders"][..], 1),
        (&["orders", "groups", "group_orders"][..], 0),
        (&["orders", "groups", "group_orders", "children"][..], 0),
        (
            &["orders", "groups", "group_orders", "children", "teachers", "rooms"][..],
            0,
        ),
    ] {
        let p = empty(keys);
        let found = solve(&p, &some_moves());
        assert_eq!(found.solution.sessions.len(), held, "{keys:?}");
        open_only(&score(&p, &found.solution));
        let told = diagnose::diagnose(&p, &found.solution, diagnose::Effort::default());
        assert_eq!(found.missing == 0, told.todo.is_empty(), "{keys:?}: {told:?}");
    }
}

#[test]
fn one_day_of_one_slot_and_seven_of_sixteen() {
    for (days, slots) in [(1, 1), (7, 16)] {
        let all = (1_u64 << slots) - 1;
        let p = problem(|p| {
            let starts: Vec<usize> = (0..slots).map(|u| 60 + 60 * u).collect();
            p["grid"] = json!({
                "days": days, "slots_per_day": slots, "slot_minutes": 30, "slot_start_min": starts, "blocks": [[0, slots]],
            });
            for list in ["teachers", "children"] {
                for who in p[list].as_array_mut().unwrap() {
                    who["avail"] = json!(vec![all; days]);
                    who["max_run"] = json!(16);
                }
            }
            for child in p["children"].as_array_mut().unwrap() {
                child["avoid"] = json!(vec![0; days]);
            }
            p["orders"][0]["dur"] = json!(slots);
        });
        let found = solve(&p, &some_moves());
        open_only(&score(&p, &found.solution));
        let order = found.solution.sessions.iter().filter(|s| s.task == Task::Order(0));
        assert_eq!(order.count(), usize::from(slots == 1));
        assert!(diagnose::faults(&p).len() < 4);
    }
}

#[test]
fn weights_of_a_million_lose_no_session() {
    let mut p = r60();
    for o in &mut p.orders {
        o.series.max_teachers = 1;
    }
    let few = solve(&p, &some_moves()).solution.sessions.len();
    let weights = serde_json::to_value(p.weights).unwrap();
    let large: serde_json::Map<String, Value> = weights
        .as_object()
        .unwrap()
        .keys()
        .map(|key| (key.clone(), json!(1_000_000)))
        .collect();
    let mut text = serde_json::from_slice::<Value>(include_bytes!("../../../reference/instances/r60.json")).unwrap();
    text["weights"] = large.into();
    let mut p = read::problem(text.to_string().as_bytes()).unwrap();
    for o in &mut p.orders {
        o.series.max_teachers = 1;
    }
    let much = solve(&p, &some_moves());
    open_only(&score(&p, &much.solution));
    assert!(
        much.solution.sessions.len() + 3 >= few,
        "{} and {few}",
        much.solution.sessions.len()
    );
}

#[test]
fn centres_may_have_any_numbers() {
    let mut p = super::r300();
    let options = Options {
        iterations: Some(20_000),
        threads: 2,
        ..Options::default()
    };
    let small = solve(&p, &options).solution;
    for site in &mut p.sites {
        site.centre = site.centre * 3_000 + 17;
    }
    assert_eq!(solve(&p, &options).solution, small);
}

#[test]
fn a_search_that_nothing_ends_ends() {
    let p = r60();
    let endless = Options {
        iterations: None,
        time: None,
        ..Options::default()
    };
    assert_eq!(solve(&p, &endless).missing, 0);
    let timeless = Options {
        time: Some(std::time::Duration::from_secs(3600)),
        ..endless
    };
    assert_eq!(solve(&p, &timeless).missing, 0);
    let stopped = AtomicBool::new(true);
    let cancelled = Options {
        cancel: Some(&stopped),
        ..endless
    };
    let found = solve(&p, &cancelled);
    open_only(&score(&p, &found.solution));
}

/// The week of two sessions, and a class that needs no assistant.
fn unassisted() -> Problem {
    problem(|p| {
        p["services"][1]["assistants"] = json!(0);
        p["teachers"][2]["trainee"] = Value::Null;
        p["orders"][0]["sessions"] = json!(1);
    })
}

#[test]
fn who_is_pinned_into_a_class_that_needs_nobody_is_there_once() {
    let mut p = unassisted();
    let at = |task, teacher, second| Pin {
        task,
        day: Some(0),
        start: Some(0),
        teacher,
        second,
        room: None,
    };
    // Teacher 1 has the order at the time at which the class is to have teacher 1 beside.
    p.pins = vec![at(Task::Group(0), Some(0), Some(1)), at(Task::Order(0), Some(1), None)];
    let found = solve(&p, &some_moves());
    open_only(&score(&p, &found.solution));
    assert_eq!(found.missing, 1);
    // Not decided when: then at another time.
    p.pins[0].day = None;
    p.pins[0].start = None;
    let found = solve(&p, &some_moves());
    open_only(&score(&p, &found.solution));
    assert_eq!(found.missing, 0);
    p.pins.truncate(1);
    p.teachers[1].avail = vec![0; 4];
    assert_eq!(solve(&p, &some_moves()).missing, 1);
}

#[test]
fn what_was_published_past_the_end_of_the_day_is_moved_or_cancelled() {
    let p = problem(|p| {
        p["orders"][0]["dur"] = json!(2);
        p["teachers"][2]["trainee"] = Value::Null;
        p["orders"][0]["prev_teacher"] = json!(2);
        p["children"][0]["exclude"] = json!([0, 1]);
    });
    for (day, start) in [(3, 5), (3, 2), (0, 5), (9, 900)] {
        let session = Session {
            task: Task::Order(0),
            day,
            start,
            teacher: 2,
            second: None,
            room: 3,
        };
        let event = Event {
            baseline: Solution {
                sessions: vec![session],
                members: vec![vec![1]],
            },
            absent: vec![Absence {
                teacher: 2,
                day: 0,
                from: 0,
                to: 6,
            }],
            now: (0, 0),
            weights: WEIGHTS,
        };
        let found = repair(&p, &event, &Limits::default(), &some_moves());
        assert!(found.solution.sessions.iter().all(|s| p.grid.holds(s.day, s.start, 1)));
        open_only(&score(&p, &found.solution));
    }
}

#[test]
fn the_first_of_several_sessions_finds_a_substitute_at_its_time() {
    let p = problem(|p| {
        p["orders"][0]["sessions"] = json!(3);
        p["orders"][0]["max_per_day"] = json!(1);
        p["teachers"][2]["trainee"] = Value::Null;
    });
    let at = |day| Session {
        task: Task::Order(0),
        day,
        start: 1,
        teacher: 0,
        second: None,
        room: 0,
    };
    let event = Event {
        baseline: Solution {
            sessions: vec![at(0), at(1), at(2)],
            members: vec![vec![1]],
        },
        absent: vec![Absence {
            teacher: 0,
            day: 0,
            from: 0,
            to: 6,
        }],
        now: (0, 0),
        weights: WEIGHTS,
    };
    let found = repair(&p, &event, &Limits::default(), &some_moves());
    let (_, first) = found.first.unwrap();
    for solution in [first, found.solution] {
        let mut times: Vec<(usize, usize)> = solution
            .sessions
            .iter()
            .filter(|s| s.task == Task::Order(0))
            .map(|s| (s.day, s.start))
            .collect();
        times.sort_unstable();
        assert_eq!(times, [(0, 1), (1, 1), (2, 1)]);
    }
}

#[test]
fn a_timetable_is_taken_over_with_all_its_pins() {
    let mut p = problem(|p| {
        p["orders"][0]["sessions"] = json!(2);
        p["orders"][0]["max_per_day"] = json!(1);
    });
    // The first session could be either pin's, the second only the first's.
    let pin = |day| Pin {
        task: Task::Order(0),
        day,
        start: None,
        teacher: Some(0),
        second: None,
        room: None,
    };
    p.pins = vec![pin(None), pin(Some(0))];
    let at = |day| Session {
        task: Task::Order(0),
        day,
        start: 1,
        teacher: 0,
        second: None,
        room: 0,
    };
    let start = Solution {
        sessions: vec![at(0), at(2)],
        members: vec![vec![1]],
    };
    let m = Model::new(&p);
    assert_eq!(State::adopt(&m, &start).solution(&m).sessions, start.sessions);
}
