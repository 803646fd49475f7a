//! Each fact in the smallest week in which it stands against a session, and in one in which it does not.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use solver::{
    read,
    why::{Fact, NoSuch, Question, Verdict, Why, why},
    words::{Language, Words},
};

use super::{
    EFFORT, asked, question,
    tiny::{order, push, week},
};

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
