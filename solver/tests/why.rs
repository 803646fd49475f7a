//! Why a session cannot be at a time: each fact by itself, what is told measured by the referee, and answers about
//! timetables of every kind.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

#[allow(dead_code, reason = "absences are for other tests")]
mod tiny;

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};
use solver::{
    engine::{self, Limits, Options},
    problem::{Pin, Problem, Task},
    read,
    score::{Score, score},
    solution::{ChangeWeights, Event, Session, Solution},
    why::{Effort, Fact, NoSuch, Question, Verdict, Why, why},
    words::{Language, Words},
};
use tiny::{order, push, week};

/// Enough to find the near ways, in a build that is not optimised.
const EFFORT: Effort = Effort {
    steps: 20_000,
    moves: 2_000,
};

fn question(order: usize, day: usize, start: usize) -> Question {
    Question {
        order,
        day,
        start,
        session: None,
    }
}

/// The week of two sessions without its trainee, changed, read, and asked about; what is told is measured.
fn ask(change: impl Fn(&mut Value, &mut Value), question: Question) -> Why {
    let (mut problem, mut solution) = week();
    problem["teachers"][2]["trainee"] = Value::Null;
    problem["teachers"][2]["qual"] = json!({});
    solution["sessions"][0]["second"] = Value::Null;
    change(&mut problem, &mut solution);
    let problem = read::problem(problem.to_string().as_bytes()).unwrap();
    let solution = read::solution(&problem, solution.to_string().as_bytes()).unwrap();
    asked(&problem, &solution, question)
}

/// The session of order 0, asked whether it can be on Tuesday in the first slot.
fn tuesday(change: impl Fn(&mut Value, &mut Value)) -> Why {
    ask(change, question(0, 1, 0))
}

/// An answer, after everything in it was looked at.
fn asked(problem: &Problem, solution: &Solution, question: Question) -> Why {
    let answer = why(problem, solution, question, EFFORT).unwrap();
    let before = score(problem, solution);
    measured(problem, solution, &before, &answer);
    answers(&answer, question);
    spoken(problem, &answer);
    answer
}

fn amiss(score: &Score) -> usize {
    score.hard_total() + score.unscheduled + score.unplaced
}

/// Every placement and every way is what the referee says it is.
fn measured(problem: &Problem, solution: &Solution, before: &Score, answer: &Why) {
    let check = |after: &Solution, cost: i64| {
        let after = score(problem, after);
        assert!(amiss(&after) <= amiss(before), "{:?}", after.examples);
        assert_eq!(after.soft_cost() - before.soft_cost(), cost);
    };
    for placement in &answer.placements {
        let mut after = solution.clone();
        let there = answer.moving.and_then(|m| after.sessions.iter().position(|s| *s == m));
        match there {
            Some(i) => after.sessions[i] = placement.session,
            None => after.sessions.push(placement.session),
        }
        check(&after, placement.cost.cost);
    }
    let asked = |s: &Session| {
        (s.task, s.day, s.start)
            == (
                Task::Order(answer.question.order),
                answer.question.day,
                answer.question.start,
            )
    };
    for repair in &answer.repairs {
        assert!(asked(&repair.changes[0].to));
        check(&repair.solution, repair.cost.cost);
        let mut after = solution.sessions.clone();
        for change in &repair.changes {
            if let Some(from) = change.from {
                let i = after.iter().position(|s| *s == from).unwrap();
                after.remove(i);
            }
        }
        after.extend(repair.changes.iter().map(|c| c.to));
        let sorted = |mut sessions: Vec<Session>| {
            sessions.sort_unstable();
            sessions
        };
        assert_eq!(sorted(after), sorted(repair.solution.sessions.clone()));
        let moved = repair
            .changes
            .iter()
            .filter(|c| c.from.is_none_or(|f| (f.day, f.start) != (c.to.day, c.to.start)));
        let families: BTreeSet<usize> = moved
            .flat_map(|c| match c.to.task {
                Task::Order(o) => vec![problem.orders[o].child],
                Task::Group(g) => solution.members[g].clone(),
            })
            .collect();
        assert_eq!(families.into_iter().collect::<Vec<_>>(), repair.families);
    }
}

/// The verdict agrees with the facts.
fn answers(answer: &Why, question: Question) {
    let fatal = |facts: &[Fact]| facts.iter().any(|f| !f.can_be_mended());
    match answer.verdict {
        Verdict::There => {
            let there = answer.moving.unwrap();
            assert_eq!((there.day, there.start), (question.day, question.start));
        }
        Verdict::Free => {
            assert!(!answer.placements.is_empty() && answer.facts.is_empty());
            assert!(answer.leads.iter().any(|l| l.facts.is_empty()));
        }
        Verdict::Blocked => assert!(!fatal(&answer.facts)),
        Verdict::Never => {
            assert!(fatal(&answer.facts) || answer.leads.iter().all(|l| fatal(&l.facts)));
            assert!(answer.repairs.is_empty());
        }
    }
}

/// Every sentence ends as one should, and is in one language.
fn spoken(problem: &Problem, answer: &Why) {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for fact in answer.all_facts() {
        let chinese = fact.sentence(&Words::new(problem, Language::Chinese));
        let english = fact.sentence(&Words::new(problem, Language::English));
        assert!(
            chinese.ends_with('。') && chinese.chars().filter(|c| han(*c)).count() > 4,
            "{chinese}"
        );
        assert!(english.ends_with('.') && !english.chars().any(han), "{english}");
        assert!(
            !chinese.contains("  ") && !english.contains("  "),
            "{chinese} {english}"
        );
    }
    let english = answer.lines(&Words::new(problem, Language::English));
    assert_eq!(
        english.len(),
        answer.lines(&Words::new(problem, Language::Chinese)).len()
    );
    assert!(!english.concat().chars().any(han));
}

/// The names of all facts, as a program reads them.
fn kinds(answer: &Why) -> BTreeSet<String> {
    let kind = |f: &Fact| serde_json::to_value(f).unwrap()["fact"].as_str().unwrap().to_owned();
    answer.all_facts().map(kind).collect()
}

#[track_caller]
fn only(answer: &Why, kind: &str) {
    assert_eq!(kinds(answer), BTreeSet::from([kind.to_owned()]), "{:?}", answer.verdict);
}

#[track_caller]
fn none(answer: &Why) {
    assert_eq!(kinds(answer), BTreeSet::new());
    assert_eq!(answer.verdict, Verdict::Free);
}

/// A session more: of order 1 of a child.
fn lesson(child: usize, day: usize, start: usize, teacher: usize, room: usize) -> impl Fn(&mut Value, &mut Value) {
    move |p, s| {
        push(&mut p["orders"], order(1, child));
        push(&mut s["sessions"], session(1, day, start, teacher, room));
    }
}

fn session(order: usize, day: usize, start: usize, teacher: usize, room: usize) -> Value {
    json!({"order": order, "group": null, "day": day, "start": start, "teacher": teacher, "second": null, "room": room})
}

#[test]
fn a_session_that_nothing_stands_against() {
    let answer = tuesday(|_, _| {});
    none(&answer);
    assert_eq!(answer.placements.len(), 2, "with either teacher");
    assert_eq!(ask(|_, _| {}, question(0, 0, 0)).verdict, Verdict::There);
}

#[test]
fn what_is_not_there_cannot_be_asked_about() {
    let (problem, solution) = week();
    let problem = read::problem(problem.to_string().as_bytes()).unwrap();
    let solution = read::solution(&problem, solution.to_string().as_bytes()).unwrap();
    let ask = |order, session| {
        let question = Question {
            session,
            ..question(order, 1, 0)
        };
        why(&problem, &solution, question, EFFORT).unwrap_err()
    };
    assert_eq!(ask(1, None), NoSuch::Order(1));
    assert_eq!(ask(0, Some(1)), NoSuch::Session(1, 0), "that is the class");
    assert_eq!(ask(0, Some(2)), NoSuch::Session(2, 0));
}

#[test]
fn no_such_time() {
    only(&ask(|_, _| {}, question(0, 4, 0)), "no_such_time");
    only(&ask(|_, _| {}, question(0, 1, 6)), "no_such_time");
    only(&ask(|_, _| {}, question(0, usize::MAX, usize::MAX)), "no_such_time");
    none(&ask(|_, _| {}, question(0, 3, 5)));
}

#[test]
fn over_break() {
    let long = |p: &mut Value, _: &mut Value| p["orders"][0]["dur"] = json!(2);
    only(&ask(long, question(0, 1, 2)), "over_break");
    none(&ask(long, question(0, 1, 1)));
}

#[test]
fn after_closing() {
    let long = |p: &mut Value, _: &mut Value| p["orders"][0]["dur"] = json!(2);
    only(&ask(long, question(0, 1, 5)), "after_closing");
    none(&ask(long, question(0, 1, 4)));
}

#[test]
fn nothing_prescribed() {
    let answer = tuesday(|p, s| {
        p["orders"][0]["sessions"] = json!(0);
        s["sessions"].as_array_mut().unwrap().remove(0);
    });
    only(&answer, "nothing_prescribed");
    none(&tuesday(|_, s| {
        s["sessions"].as_array_mut().unwrap().remove(0);
    }));
}

#[test]
fn child_away() {
    let away = |p: &mut Value, _: &mut Value| p["children"][0]["avail"][1] = json!(0b11_1110);
    only(&tuesday(away), "child_away");
    none(&ask(away, question(0, 1, 1)));
}

#[test]
fn child_busy() {
    let busy = lesson(0, 1, 0, 2, 3);
    let answer = tuesday(|p, s| {
        busy(p, s);
        p["teachers"][2]["qual"] = json!({"0": 1});
        p["orders"][0]["min_level"] = json!(2);
    });
    assert!(kinds(&answer).contains("child_busy"));
    assert_eq!(answer.verdict, Verdict::Blocked);
    assert_eq!(answer.repairs[0].families, [0], "both sessions are of one family");
    none(&tuesday(lesson(0, 1, 1, 0, 3)));
}

#[test]
fn child_day_full() {
    let full = |most: usize| {
        tuesday(move |p, s| {
            lesson(0, 1, 2, 0, 3)(p, s);
            p["children"][0]["max_day"] = json!(most);
        })
    };
    only(&full(1), "child_day_full");
    none(&full(2));
}

#[test]
fn child_run_long() {
    let run = |other: usize| {
        tuesday(move |p, s| {
            lesson(0, 1, other, 0, 3)(p, s);
            p["children"][0]["max_run"] = json!(1);
        })
    };
    only(&run(1), "child_run_long");
    none(&run(2));
}

/// Order 0 has a second session.
fn twice(per_day: usize, day: usize, start: usize) -> Why {
    let change = move |p: &mut Value, s: &mut Value| {
        p["orders"][0]["sessions"] = json!(2);
        p["orders"][0]["max_per_day"] = json!(per_day);
        p["orders"][0]["max_teachers"] = json!(2);
        push(&mut s["sessions"], session(0, day, start, 0, 0));
    };
    let first = Question {
        session: Some(0),
        ..question(0, 1, 0)
    };
    ask(change, first)
}

#[test]
fn half_day_taken() {
    only(&twice(2, 1, 1), "half_day_taken");
    none(&twice(2, 1, 4));
}

#[test]
fn day_taken() {
    only(&twice(1, 1, 4), "day_taken");
    none(&twice(1, 2, 4));
}

#[test]
fn no_room_of_kind() {
    let answer = tuesday(|p, _| {
        p["rooms"][0]["site"] = json!(1);
        p["rooms"][3]["site"] = json!(1);
    });
    only(&answer, "no_room_of_kind");
    none(&tuesday(|p, _| p["rooms"][0]["site"] = json!(1)));
}

#[test]
fn rooms_taken() {
    let one_room = |p: &mut Value, s: &mut Value| {
        lesson(1, 1, 0, 2, 0)(p, s);
        p["rooms"][3]["site"] = json!(1);
    };
    let answer = tuesday(one_room);
    only(&answer, "rooms_taken");
    assert!(!answer.repairs.is_empty());
    none(&tuesday(lesson(1, 1, 0, 2, 0)));
    // The other room is free, but it is decided that it is this one.
    let decided = |p: &mut Value, s: &mut Value| {
        lesson(1, 1, 0, 2, 0)(p, s);
        p["pins"] = json!([{"order": 0, "room": 0}]);
    };
    only(&tuesday(decided), "rooms_taken");
}

#[test]
fn pinned() {
    let pin = |pin: Value| tuesday(move |p, _| p["pins"] = json!([pin]));
    only(&pin(json!({"order": 0, "day": 0})), "pinned");
    only(&pin(json!({"order": 0, "start": 3})), "pinned");
    none(&pin(json!({"order": 0, "start": 0})));
    only(&pin(json!({"order": 0, "room": 2})), "pinned");
    // A session without a time yet is decided as well.
    let unset = |p: &mut Value, s: &mut Value| {
        p["pins"] = json!([{"order": 0, "day": 2}]);
        s["sessions"].as_array_mut().unwrap().remove(0);
    };
    only(&tuesday(unset), "pinned");
}

#[test]
fn nobody_qualified() {
    let answer = tuesday(|p, _| {
        p["teachers"][0]["qual"] = json!({"1": 2});
        p["teachers"][1]["qual"] = json!({"1": 2});
    });
    only(&answer, "nobody_qualified");
}

#[test]
fn level_low() {
    let level = |least: usize| tuesday(move |p, _| p["orders"][0]["min_level"] = json!(least));
    only(&level(3), "level_low");
    assert_eq!(level(3).verdict, Verdict::Never);
    none(&level(2));
}

/// What stands against teacher 1 alone; with teacher 0 it can be.
#[track_caller]
fn against_teacher_1(kind: &str, change: impl Fn(&mut Value, &mut Value)) {
    let answer = tuesday(change);
    only(&answer, kind);
    let free: Vec<usize> = answer
        .leads
        .iter()
        .filter(|l| l.facts.is_empty())
        .map(|l| l.teacher)
        .collect();
    assert_eq!((free, answer.verdict), (vec![0], Verdict::Free));
}

#[test]
fn not_at_site() {
    against_teacher_1("not_at_site", |p, _| p["teachers"][1]["sites"] = json!([1]));
    none(&tuesday(|p, _| p["teachers"][1]["sites"] = json!([0])));
}

#[test]
fn excluded() {
    against_teacher_1("excluded", |p, _| p["children"][0]["exclude"] = json!([1]));
    none(&tuesday(|p, _| p["children"][2]["exclude"] = json!([1])));
}

#[test]
fn teacher_away() {
    against_teacher_1("teacher_away", |p, _| p["teachers"][1]["avail"][1] = json!(0b11_1110));
    none(&tuesday(|p, _| p["teachers"][1]["avail"][1] = json!(0b00_0001)));
}

#[test]
fn teacher_busy() {
    against_teacher_1("teacher_busy", lesson(1, 1, 0, 1, 3));
    none(&tuesday(lesson(1, 1, 1, 1, 3)));
}

#[test]
fn teacher_day_full() {
    let full = |most: usize| {
        move |p: &mut Value, s: &mut Value| {
            lesson(1, 1, 2, 1, 3)(p, s);
            p["teachers"][1]["max_day"] = json!(most);
        }
    };
    against_teacher_1("teacher_day_full", full(1));
    none(&tuesday(full(2)));
}

#[test]
fn teacher_week_full() {
    let full = |most: usize| move |p: &mut Value, _: &mut Value| p["teachers"][1]["max_week"] = json!(most);
    against_teacher_1("teacher_week_full", full(1));
    none(&tuesday(full(2)));
}

#[test]
fn teacher_run_long() {
    let run = |other: usize| {
        move |p: &mut Value, s: &mut Value| {
            lesson(1, 1, other, 1, 3)(p, s);
            p["teachers"][1]["max_run"] = json!(1);
        }
    };
    against_teacher_1("teacher_run_long", run(1));
    none(&tuesday(run(2)));
}

#[test]
fn no_time_for_way() {
    against_teacher_1("no_time_for_way", lesson(2, 1, 1, 1, 2));
    none(&tuesday(lesson(2, 1, 3, 1, 2)));
}

#[test]
fn too_many_leads() {
    let leads = |most: usize| {
        let change = move |p: &mut Value, s: &mut Value| {
            p["orders"][0]["sessions"] = json!(2);
            p["orders"][0]["max_teachers"] = json!(most);
            push(&mut s["sessions"], session(0, 2, 0, 0, 0));
        };
        tuesday(change)
    };
    only(&leads(1), "too_many_leads");
    assert_eq!(leads(1).placements.len(), 1);
    none(&leads(2));
}

#[test]
fn lead_pinned() {
    against_teacher_1("lead_pinned", |p, _| p["pins"] = json!([{"order": 0, "teacher": 0}]));
    none(&tuesday(|p, _| {
        p["pins"] = json!([{"order": 0, "second": null, "day": null}])
    }));
}

#[test]
fn not_mentor() {
    let trained = |slots: usize| {
        move |p: &mut Value, s: &mut Value| {
            p["teachers"][2]["trainee"] = json!({"mentor": 0, "shadow_min": slots});
            s["sessions"][0]["second"] = json!(2);
        }
    };
    against_teacher_1("not_mentor", trained(1));
    none(&tuesday(trained(0)));
}

#[test]
fn a_trainee_who_cannot_come_does_not_make_it_impossible() {
    let answer = tuesday(|p, s| {
        lesson(1, 2, 0, 0, 3)(p, s);
        p["teachers"][2]["trainee"] = json!({"mentor": 0, "shadow_min": 1});
        p["teachers"][2]["avail"][1] = json!(0);
        p["children"][0]["exclude"] = json!([1]);
        s["sessions"][0]["second"] = json!(2);
    });
    assert_eq!(answer.verdict, Verdict::Blocked);
    assert!(kinds(&answer).contains("teacher_away"));
    let way = &answer.repairs[0];
    assert_eq!(
        (way.families.as_slice(), way.changes[1].to.second),
        ([0].as_slice(), Some(2)),
        "watches the other one"
    );
}

#[test]
fn way_without() {
    let between = |way: usize| {
        move |p: &mut Value, s: &mut Value| {
            lesson(2, 0, 0, 0, 2)(p, s);
            push(&mut p["sites"], json!({"id": 2, "centre": 0}));
            p["travel_min"] = json!([[0, 0, 0], [0, 0, way], [0, way, 0]]);
            push(
                &mut p["rooms"],
                json!({"id": 4, "site": 2, "type": "indiv", "capacity": 1}),
            );
            let mut child = p["children"][0].clone();
            child["id"] = json!(3);
            child["site"] = json!(2);
            push(&mut p["children"], child);
            push(&mut p["orders"], order(2, 3));
            p["teachers"][0]["sites"] = json!([0, 1, 2]);
            s["sessions"][0]["start"] = json!(1);
            push(&mut s["sessions"], session(2, 0, 2, 0, 4));
        }
    };
    only(&tuesday(between(60)), "way_without");
    none(&tuesday(between(30)));
}

#[test]
fn sentences_as_they_are_said() {
    let problem = |p: &mut Value, s: &mut Value| {
        p["rooms"][3]["site"] = json!(1);
        lesson(1, 1, 0, 1, 0)(p, s);
    };
    let (mut p, mut s) = week();
    problem(&mut p, &mut s);
    let p = read::problem(p.to_string().as_bytes()).unwrap();
    let s = read::solution(&p, s.to_string().as_bytes()).unwrap();
    let answer = asked(&p, &s, question(0, 1, 0));
    let chinese = answer.lines(&Words::new(&p, Language::Chinese));
    assert_eq!(
        &chinese[..5],
        [
            "儿童 0 的 Speech 排不进周二 9:00–9:30，除非动别的课（现在在周一 9:00–9:30，老师 0，教室 0）。",
            "不管谁来上，都碍着：",
            "  - 周二 9:00–9:30 能用的教室都有课：教室 0（儿童 1 的 Speech）。",
            "现在的老师：",
            "  - 老师 0：那时有空。",
        ]
    );
    let english = answer.lines(&Words::new(&p, Language::English));
    assert_eq!(
        &english[..3],
        [
            "Speech of child 0 cannot be on Tuesday 9:00–9:30 unless something else moves (now Monday 9:00–9:30, teacher 0, \
             room 0).",
            "In the way, whoever leads it:",
            "  - Every room for it is taken Tuesday 9:00–9:30: room 0 (Speech of child 1).",
        ]
    );
}

fn r60() -> (Problem, Solution) {
    let problem = read::problem(include_bytes!("../reference/instances/r60.json")).unwrap();
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
    for _ in 0..60 {
        let question = any_question(&mut rng, &problem);
        let answer = asked(&problem, &solution, question);
        let verdicts = [Verdict::There, Verdict::Free, Verdict::Blocked, Verdict::Never];
        seen[verdicts.iter().position(|v| *v == answer.verdict).unwrap()] += 1;
        told += usize::from(!answer.repairs.is_empty());
        if answer.verdict == Verdict::Never && seen[3] <= 8 {
            never_indeed(&problem, &solution, question);
        }
    }
    assert!(seen.iter().all(|n| *n > 0), "{seen:?}");
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
