//! Each argument by itself: the smallest change of a week in which nothing is wrong that calls it, and one step less that
//! does not.

use serde_json::{Value, json};
use solver::diagnose::{Fault, faults};

use crate::{
    diagnosed, read_problem,
    tiny::{order, push, week},
};

fn kinds(change: impl Fn(&mut Value)) -> Vec<String> {
    let (mut problem, _) = week();
    change(&mut problem);
    let problem = read_problem(&problem);
    let found = diagnosed(&problem);
    assert_eq!(found.faults, faults(&problem));
    let kind = |f: &Fault| serde_json::to_value(f).unwrap()["kind"].as_str().unwrap().to_owned();
    let kinds: Vec<String> = found.faults.iter().map(kind).collect();
    // What cannot be is missing something.
    assert!(kinds.is_empty() || !found.todo.is_empty(), "{kinds:?}");
    kinds
}

/// The second change calls the argument, the first does not; neither calls another.
fn only(kind: &str, fine: impl Fn(&mut Value), wrong: impl Fn(&mut Value)) {
    assert_eq!(kinds(fine), Vec::<String>::new(), "fine");
    assert_eq!(kinds(wrong), vec![kind.to_owned()], "wrong");
}

/// Only teacher 0 is qualified for anything.
fn teacher_0_alone(p: &mut Value) {
    for t in 1..3 {
        p["teachers"][t]["qual"] = json!({});
    }
}

#[test]
fn the_week_as_it_is_has_no_faults() {
    assert_eq!(kinds(|_| {}), Vec::<String>::new());
}

#[test]
fn nobody_has_the_level() {
    let level = |p: &mut Value, level: u8| {
        p["orders"][0]["min_level"] = json!(level);
        p["teachers"][2]["trainee"] = Value::Null;
    };
    only("nobody_qualified", |p| level(p, 2), |p| level(p, 3));
}

#[test]
fn the_family_has_ruled_out_everybody() {
    let out = |p: &mut Value, teachers: Value| {
        p["children"][0]["exclude"] = teachers;
        p["teachers"][2]["trainee"] = Value::Null;
    };
    only("all_excluded", |p| out(p, json!([1, 2])), |p| out(p, json!([0, 1, 2])));
}

#[test]
fn there_is_no_room_of_the_type() {
    only(
        "no_room",
        |p| p["children"][0]["site"] = json!(1),
        |p| {
            p["children"][0]["site"] = json!(1);
            p["rooms"][2]["type"] = json!("group");
        },
    );
}

#[test]
fn no_room_is_large_enough() {
    let two = |p: &mut Value| {
        p["groups"][0]["min_size"] = json!(2);
        push(&mut p["group_orders"], json!({"id": 1, "child": 0, "service": 1}));
    };
    only("no_room", two, |p| {
        two(p);
        p["rooms"][1]["capacity"] = json!(1);
    });
}

#[test]
fn nobody_can_assist() {
    only(
        "no_assistant",
        |p| p["teachers"][0]["assist"] = json!([]),
        |p| {
            p["teachers"][0]["assist"] = json!([]);
            p["teachers"][1]["assist"] = json!([]);
        },
    );
}

#[test]
fn the_only_lead_is_the_only_assistant() {
    let lead_0 = |p: &mut Value| teacher_0_alone(p);
    only("no_assistant", lead_0, |p| {
        lead_0(p);
        p["teachers"][1]["assist"] = json!([]);
    });
}

#[test]
fn the_family_comes_too_seldom() {
    let twice = |p: &mut Value, avail: Value| {
        p["orders"][0]["sessions"] = json!(2);
        p["orders"][0]["max_per_day"] = json!(1);
        p["children"][0]["avail"] = avail;
    };
    only(
        "few_starts",
        |p| twice(p, json!([9, 1, 0, 0])),
        |p| twice(p, json!([9, 0, 0, 0])),
    );
}

#[test]
fn no_teacher_works_when_the_family_comes() {
    let mornings = |p: &mut Value, avail: Value| {
        for t in 0..3 {
            p["teachers"][t]["avail"] = json!([56, 56, 56, 56]);
        }
        p["teachers"][1]["avail"] = avail;
        p["teachers"][2]["trainee"] = Value::Null;
        p["children"][0]["avail"] = json!([7, 7, 0, 0]);
    };
    only(
        "no_common_time",
        |p| mornings(p, json!([57, 56, 56, 56])),
        |p| mornings(p, json!([56, 56, 63, 63])),
    );
}

#[test]
fn no_teacher_works_on_enough_days() {
    let days = |p: &mut Value, most: usize| {
        teacher_0_alone(p);
        p["teachers"][0]["avail"] = json!([63, 0, 63, 0]);
        p["teachers"][1]["avail"] = json!([0, 63, 0, 63]);
        p["teachers"][1]["qual"] = json!({"0": 1, "1": 1});
        p["teachers"][1]["assist"] = json!([]);
        p["teachers"][2]["assist"] = json!([1]);
        p["orders"][0]["sessions"] = json!(3);
        p["orders"][0]["max_per_day"] = json!(1);
        p["orders"][0]["max_teachers"] = json!(most);
    };
    only("few_sessions", |p| days(p, 2), |p| days(p, 1));
}

#[test]
fn two_teachers_are_too_few_for_three_days() {
    let days = |p: &mut Value, most: usize| {
        for t in 0..3 {
            let mut avail = [0; 4];
            avail[t] = 63;
            avail[3] = 56;
            p["teachers"][t]["avail"] = json!(avail);
        }
        p["teachers"][2]["trainee"] = Value::Null;
        p["children"][0]["avail"] = json!([7, 7, 7, 0]);
        p["orders"][0]["sessions"] = json!(3);
        p["orders"][0]["max_teachers"] = json!(most);
        p["orders"][0]["max_per_day"] = json!(1);
    };
    only("few_sessions", |p| days(p, 3), |p| days(p, 2));
}

#[test]
fn a_child_is_to_have_more_than_the_familys_hours() {
    let three = |p: &mut Value, run: u32| {
        for id in 1..3 {
            push(&mut p["orders"], order(id, 0));
        }
        p["children"][0]["avail"] = json!([7, 0, 0, 0]);
        p["children"][0]["max_run"] = json!(run);
    };
    only("child_hours", |p| three(p, 3), |p| three(p, 2));
}

#[test]
fn the_sessions_of_a_child_do_not_fit_beside_each_other() {
    // Two half-days of two slots; one session of two slots leaves one half-day for two sessions.
    let halves = |p: &mut Value, avail: u16| {
        p["orders"][0]["sessions"] = json!(2);
        push(&mut p["orders"], order(1, 0));
        p["orders"][1]["dur"] = json!(2);
        p["children"][0]["avail"] = json!([avail, 0, 0, 0]);
    };
    only("child_window", |p| halves(p, 0b01_1111), |p| halves(p, 0b01_1011));
}

#[test]
fn a_teachers_week_is_too_short() {
    let weeks = |p: &mut Value, most: u32| {
        teacher_0_alone(p);
        push(&mut p["orders"], order(1, 1));
        p["teachers"][0]["max_week"] = json!(most);
    };
    only("teacher_hours", |p| weeks(p, 3), |p| weeks(p, 2));
}

#[test]
fn teachers_of_two_services_are_not_counted_twice() {
    // Four slots of one service and four of another: either alone could be given.
    let both = |p: &mut Value, most: u32| {
        push(
            &mut p["services"],
            json!({"id": 2, "name": "Motion", "kind": "individual", "room_type": "indiv", "assistants": 0}),
        );
        for t in 0..2 {
            p["teachers"][t]["qual"] = json!({"0": 2, "1": 2, "2": 2});
            p["teachers"][t]["max_week"] = json!(most);
        }
        p["teachers"][2]["qual"] = json!({});
        p["teachers"][2]["assist"] = json!([1]);
        p["orders"][0]["sessions"] = json!(4);
        push(&mut p["orders"], order(1, 1));
        p["orders"][1]["sessions"] = json!(4);
        p["orders"][1]["service"] = json!(2);
    };
    only("teacher_hours", |p| both(p, 5), |p| both(p, 4));
    let (mut problem, _) = week();
    both(&mut problem, 4);
    let found = faults(&read_problem(&problem));
    let Fault::TeacherHours(short) = &found[0] else {
        panic!("{found:?}")
    };
    assert_eq!((short.wanted, short.available), (9, 8));
    assert_eq!(short.teachers, vec![0, 1]);
}

#[test]
fn three_children_want_two_slots_of_one_teacher() {
    let slots = |p: &mut Value, avail: u16| {
        teacher_0_alone(p);
        p["children"][2]["site"] = json!(0);
        for c in 0..3 {
            p["children"][c]["avail"][0] = json!(avail);
            for d in 1..4 {
                p["children"][c]["avail"][d] = json!(0);
            }
            if c > 0 {
                push(&mut p["orders"], order(c, c));
            }
        }
        p["groups"] = json!([]);
        p["group_orders"] = json!([]);
        p["teachers"][2]["trainee"] = Value::Null;
    };
    only("teacher_hours", |p| slots(p, 7), |p| slots(p, 3));
}

#[test]
fn three_sessions_want_two_rooms_at_once() {
    let rooms = |p: &mut Value, avail: u16| {
        p["children"][2]["site"] = json!(0);
        for c in 0..3 {
            p["children"][c]["avail"] = json!([avail, 0, 0, 0]);
            if c > 0 {
                push(&mut p["orders"], order(c, c));
            }
            p["orders"][c]["dur"] = json!(3);
        }
        p["groups"] = json!([]);
        p["group_orders"] = json!([]);
        p["teachers"][2]["trainee"] = Value::Null;
    };
    only("room_hours", |p| rooms(p, 63), |p| rooms(p, 7));
}

#[test]
fn a_class_has_too_few_children() {
    only(
        "few_members",
        |p| p["groups"][0]["min_size"] = json!(1),
        |p| p["groups"][0]["min_size"] = json!(2),
    );
}

#[test]
fn two_classes_share_too_few_children() {
    let two = |p: &mut Value, children: usize| {
        let mut second = p["groups"][0].clone();
        second["id"] = json!(1);
        push(&mut p["groups"], second);
        for c in 0..children - 1 {
            push(&mut p["group_orders"], json!({"id": c + 1, "child": 0, "service": 1}));
        }
    };
    only("few_members", |p| two(p, 2), |p| two(p, 1));
}

#[test]
fn no_class_is_for_the_childs_age() {
    let younger = |p: &mut Value, months: u32| {
        p["children"][0]["age_months"] = json!(months);
        push(&mut p["group_orders"], json!({"id": 1, "child": 0, "service": 1}));
    };
    only("no_group", |p| younger(p, 50), |p| younger(p, 49));
}

#[test]
fn the_classes_are_too_small() {
    let two = |p: &mut Value, most: usize| {
        p["groups"][0]["max_size"] = json!(most);
        push(&mut p["group_orders"], json!({"id": 1, "child": 0, "service": 1}));
    };
    only("few_places", |p| two(p, 2), |p| two(p, 1));
}

#[test]
fn a_trainee_has_too_little_to_watch() {
    let more = |p: &mut Value, least: u32| {
        p["orders"][0]["sessions"] = json!(2);
        p["teachers"][2]["trainee"]["shadow_min"] = json!(least);
    };
    only("few_to_watch", |p| more(p, 2), |p| more(p, 3));
}

#[test]
fn a_trainee_is_seldom_there_with_the_mentor() {
    let there = |p: &mut Value, avail: u16| {
        p["orders"][0]["sessions"] = json!(3);
        p["teachers"][2]["trainee"]["shadow_min"] = json!(2);
        p["teachers"][2]["avail"] = json!([avail, 0, 0, 0]);
    };
    only("few_to_watch", |p| there(p, 9), |p| there(p, 1));
}

#[test]
fn two_trainees_share_one_mentor() {
    let two = |p: &mut Value, sessions: usize| {
        let mut second = p["teachers"][2].clone();
        second["id"] = json!(3);
        push(&mut p["teachers"], second);
        p["orders"][0]["sessions"] = json!(sessions);
    };
    only("few_to_watch", |p| two(p, 2), |p| two(p, 1));
}

fn pin(day: usize, start: usize, teacher: usize) -> Value {
    json!({"order": 0, "group": null, "day": day, "start": start, "teacher": teacher, "second": null, "room": null})
}

#[test]
fn what_is_decided_contradicts_itself() {
    let pins = |list: Value| {
        move |p: &mut Value| {
            p["orders"][0]["sessions"] = json!(2);
            p["children"][0]["avail"] = json!([63, 63, 63, 1]);
            p["teachers"][1]["sites"] = json!([1]);
            p["teachers"][2]["assist"] = json!([1]);
            p["pins"] = list.clone();
        }
    };
    let wrong = |list: Value| only("wrong_pins", pins(json!([pin(0, 0, 0)])), pins(list));
    // Not at the site; not when the family comes; two teachers where one is allowed; both in one morning.
    wrong(json!([pin(0, 0, 1)]));
    wrong(json!([pin(3, 1, 0)]));
    wrong(json!([pin(0, 0, 0), pin(1, 0, 2)]));
    wrong(json!([pin(0, 0, 0), pin(0, 1, 0)]));
    let mut room = pin(0, 0, 0);
    room["room"] = json!(1);
    wrong(json!([room]));
    let mut second = pin(0, 0, 2);
    second["second"] = json!(0);
    wrong(json!([second]));
    // A day and a slot that the week does not have.
    wrong(json!([pin(4, 0, 0)]));
    wrong(json!([pin(0, 300, 0)]));
    // The class at the same time with the same teacher.
    let class = json!({"order": null, "group": 0, "day": 0, "start": 0, "teacher": 0, "second": null, "room": null});
    wrong(json!([pin(0, 0, 0), class]));
}
