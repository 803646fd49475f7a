//! What cannot be costs what it touches: its own session or sessions, and nothing of the others.

use proptest::prelude::*;
use serde_json::{Value, json};
use solver::{
    diagnose::{Effort, Fault, PinFault, diagnose, faults},
    engine::{Options, Outcome, solve},
    problem::{Problem, Task},
    score::{Language, score},
    words::Words,
};

use crate::{
    read_problem,
    tiny::{push, week},
};

pub(crate) fn made(problem: &Problem) -> Outcome {
    let options = Options {
        iterations: Some(20_000),
        ..Options::default()
    };
    solve(problem, &options)
}

fn held(found: &Outcome, task: Task) -> usize {
    found.solution.sessions.iter().filter(|s| s.task == task).count()
}

/// Two half-days of three slots on five days; teachers 0 and 1, who are away on Friday, and three children, who are away
/// on Thursday afternoon and Friday. Order 0 is child 0's and has three sessions of an hour, 1 and 2 are of two children.
pub(crate) fn centre() -> Value {
    let (mut p, _) = week();
    p["grid"]["days"] = json!(5);
    for t in 0..3 {
        p["teachers"][t]["avail"] = json!([63, 63, 63, 63, 0]);
        p["teachers"][t]["sites"] = json!([0]);
        p["teachers"][t]["trainee"] = Value::Null;
        p["teachers"][t]["max_week"] = json!(30);
    }
    p["teachers"][2]["qual"] = json!({"1": 2});
    for c in 0..3 {
        p["children"][c]["avail"] = json!([63, 63, 63, 7, 0]);
        p["children"][c]["avoid"] = json!([0, 0, 0, 0, 0]);
        p["children"][c]["site"] = json!(0);
    }
    for (id, child) in [(1, 1), (2, 2)] {
        push(&mut p["orders"], crate::tiny::order(id, child));
    }
    for o in 0..3 {
        p["orders"][o]["sessions"] = json!(3);
        p["orders"][o]["max_per_day"] = json!(1);
    }
    p["orders"][0]["dur"] = json!(2);
    p
}

fn pinned(pins: &Value) -> Problem {
    let mut p = centre();
    p["pins"] = pins.clone();
    read_problem(&p)
}

fn pin(day: usize, start: usize, teacher: usize) -> Value {
    json!({"order": 0, "day": day, "start": start, "teacher": teacher})
}

fn with(mut pin: Value, key: &str, value: Value) -> Value {
    pin[key] = value;
    pin
}

/// What is decided wrongly about order 0, and what is said of it.
fn impossible() -> Vec<(Value, PinFault)> {
    let any = json!({"order": 0});
    vec![
        (pin(4, 0, 0), PinFault::ChildAway(0)),
        (with(pin(3, 3, 0), "teacher", Value::Null), PinFault::ChildAway(0)),
        (pin(5, 0, 0), PinFault::Outside),
        (pin(0, 6, 0), PinFault::Outside),
        (pin(700, 900, 1), PinFault::Outside),
        (pin(0, 2, 0), PinFault::AcrossBreak),
        (with(any.clone(), "start", json!(5)), PinFault::AcrossBreak),
        (pin(0, 0, 2), PinFault::Lead(2)),
        (with(any.clone(), "second", json!(1)), PinFault::Second(1)),
        (with(any.clone(), "room", json!(1)), PinFault::Room),
        (with(any.clone(), "room", json!(2)), PinFault::Room),
        (with(any, "day", json!(4)), PinFault::ChildAway(0)),
    ]
}

#[test]
fn one_impossible_pin_costs_its_session() {
    let whole = made(&pinned(&json!([])));
    assert_eq!(whole.missing, 0);
    for (pin, because) in impossible() {
        let problem = pinned(&json!([pin]));
        let found = made(&problem);
        assert_eq!((found.missing, held(&found, Task::Order(0))), (1, 2), "{pin}");
        let told = faults(&problem);
        let [Fault::WrongPins(wrong)] = &told[..] else {
            panic!("{pin}: {told:?}")
        };
        assert_eq!((&wrong.pins[..], wrong.because), (&[0][..], because), "{pin}");
    }
}

#[test]
fn a_teacher_who_is_away_loses_the_session_that_is_pinned_to_then() {
    let mut p = centre();
    p["teachers"][0]["avail"] = json!([63, 63, 7, 63, 0]);
    p["pins"] = json!([pin(2, 3, 0)]);
    let problem = read_problem(&p);
    let found = made(&problem);
    assert_eq!((found.missing, held(&found, Task::Order(0))), (1, 2));
    let told = diagnose(&problem, &found.solution, Effort::default());
    assert!(told.conflicts.is_empty() && told.open.is_empty(), "{told:?}");
    let say = |language| told.report(&Words::new(&problem, language)).join("\n");
    let (chinese, english) = (say(Language::Chinese), say(Language::English));
    for part in [
        "儿童 0 的 Speech",
        "周三 14:00–15:00",
        "定在老师 0 不上班的时间",
        "还缺 1 节",
        "也上班",
        "不再定死",
    ] {
        assert!(chinese.contains(part), "{part}: {chinese}");
    }
    for part in [
        "Wednesday 14:00–15:00",
        "when teacher 0 is not at work",
        "1 of 3 missing",
        "no longer fixed",
    ] {
        assert!(english.contains(part), "{part}: {english}");
    }
}

#[test]
fn two_pins_in_one_place_cost_one_session() {
    let other = |pin: Value| with(pin, "order", json!(1));
    for (first, second, because) in [
        (pin(0, 0, 0), other(pin(0, 1, 0)), PinFault::TeacherTwice(0)),
        (
            with(pin(0, 0, 0), "room", json!(0)),
            with(other(pin(0, 0, 1)), "room", json!(0)),
            PinFault::RoomTwice,
        ),
        (pin(0, 0, 0), pin(0, 3, 0), PinFault::Day),
        (pin(1, 0, 0), pin(1, 0, 0), PinFault::Day),
        (pin(0, 0, 0), pin(1, 0, 1), PinFault::Leads(2)),
    ] {
        let problem = pinned(&json!([first, second]));
        let found = made(&problem);
        assert_eq!(found.missing, 1, "{because:?}");
        let told = faults(&problem);
        let [Fault::WrongPins(wrong)] = &told[..] else {
            panic!("{because:?}: {told:?}")
        };
        assert_eq!((&wrong.pins[..], wrong.because), (&[0, 1][..], because));
    }
}

#[test]
fn most_of_what_is_decided_is_kept() {
    // The first keeps teacher 0 for an hour in which two others have half an hour each.
    let long = pin(0, 0, 0);
    let short = |order: usize, start: usize| with(pin(0, start, 0), "order", json!(order));
    let problem = pinned(&json!([long, short(1, 0), short(2, 1)]));
    let found = made(&problem);
    assert_eq!(found.missing, 1);
    assert_eq!((held(&found, Task::Order(1)), held(&found, Task::Order(2))), (3, 3));
}

#[test]
fn more_pins_than_sessions_cost_nothing() {
    let problem = pinned(&json!([pin(0, 0, 0), pin(1, 0, 0), pin(2, 0, 0), pin(3, 0, 0)]));
    assert_eq!(made(&problem).missing, 0);
    let told = faults(&problem);
    assert!(
        matches!(&told[..], [Fault::WrongPins(w)] if w.because == PinFault::TooMany(3)),
        "{told:?}"
    );
}

#[test]
fn a_class_loses_the_session_that_is_pinned_wrongly() {
    let mut p = centre();
    p["groups"][0]["sessions"] = json!(2);
    for pin in [
        json!({"group": 0, "day": 4}),
        json!({"group": 0, "day": 0, "start": 0, "room": 0}),
        json!({"group": 0, "start": 9}),
    ] {
        p["pins"] = json!([pin]);
        let found = made(&read_problem(&p));
        assert_eq!((found.missing, held(&found, Task::Group(0))), (1, 1), "{pin}");
        assert_eq!(found.solution.members, [[1]]);
    }
    // Partly, and rightly.
    p["pins"] = json!([{"group": 0, "teacher": 1}, {"group": 0, "day": 2}]);
    let found = made(&read_problem(&p));
    assert_eq!(found.missing, 0);
}

#[test]
fn an_order_of_more_than_there_is_time_for_has_what_there_is_time_for() {
    for (sessions, dur, possible) in [(9, 2, 4), (40, 1, 4), (3, 4, 0), (3, 16, 0)] {
        let mut p = centre();
        p["orders"][0]["sessions"] = json!(sessions);
        p["orders"][0]["dur"] = json!(dur);
        let problem = read_problem(&p);
        let found = made(&problem);
        assert_eq!(held(&found, Task::Order(0)), possible, "{sessions} × {dur}");
        assert_eq!((held(&found, Task::Order(1)), held(&found, Task::Order(2))), (3, 3));
        assert!(!faults(&problem).is_empty());
    }
    let mut p = centre();
    // Whoever leads has a day for it; one is not enough.
    p["teachers"][0]["avail"] = json!([63, 7, 0, 0, 0]);
    p["teachers"][1]["avail"] = json!([0, 0, 63, 0, 0]);
    let found = made(&read_problem(&p));
    assert_eq!(held(&found, Task::Order(0)), 2);
}

#[test]
fn hours_that_are_too_few_only_together_are_used_up() {
    // Nobody but teacher 0, in four half-days of a slot: nine sessions are wanted.
    let mut p = centre();
    p["teachers"][1]["qual"] = json!({"1": 2});
    p["orders"][0]["dur"] = json!(1);
    for c in 0..3 {
        p["children"][c]["avail"] = json!([1, 1, 1, 1, 0]);
    }
    let found = made(&read_problem(&p));
    assert_eq!(found.missing, 5);
    // The way between two sites is too long for both.
    let mut p = centre();
    p["children"][1]["site"] = json!(1);
    p["group_orders"] = json!([]);
    p["groups"] = json!([]);
    p["teachers"][0]["sites"] = json!([0, 1]);
    p["teachers"][1]["sites"] = json!([0]);
    p["children"][0]["avail"] = json!([3, 3, 3, 0, 0]);
    p["children"][1]["avail"] = json!([4, 4, 4, 0, 0]);
    p["teachers"][1]["qual"] = json!({});
    p["children"][2]["exclude"] = json!([0]);
    let found = made(&read_problem(&p));
    assert_eq!(held(&found, Task::Order(0)) + held(&found, Task::Order(1)), 3);
}

#[test]
fn a_trainee_who_cannot_watch_holds_nobody_up() {
    let mut p = centre();
    p["teachers"][2]["qual"] = json!({"0": 2});
    p["teachers"][2]["trainee"] = json!({"mentor": 0, "shadow_min": 20});
    p["teachers"][2]["max_week"] = json!(24);
    // Only the trainee may lead two of the orders.
    p["teachers"][1]["qual"] = json!({});
    p["children"][1]["exclude"] = json!([0]);
    p["children"][2]["exclude"] = json!([0]);
    p["groups"] = json!([]);
    p["group_orders"] = json!([]);
    let found = made(&read_problem(&p));
    for order in 0..3 {
        assert_eq!(held(&found, Task::Order(order)), 3, "{order}");
    }
}

#[test]
fn a_class_without_children_and_a_child_without_a_class_take_nothing() {
    let mut p = centre();
    p["groups"][0]["age"] = json!([1, 2]);
    let found = made(&read_problem(&p));
    for order in 0..3 {
        assert_eq!(held(&found, Task::Order(order)), 3, "{order}");
    }
    assert_eq!(held(&found, Task::Group(0)), 0);
}

#[test]
fn a_pin_of_somebody_who_fell_ill_holds_no_longer() {
    use solver::{
        engine::{Limits, repair},
        score::score_repair,
        solution::{Absence, ChangeWeights, Event},
    };
    let problem = pinned(&json!([pin(0, 0, 0), pin(700, 0, 0)]));
    let baseline = made(&pinned(&json!([pin(0, 0, 0)]))).solution;
    let event = Event {
        baseline,
        absent: vec![Absence {
            teacher: 0,
            day: 0,
            from: 0,
            to: 6,
        }],
        now: (0, 0),
        weights: ChangeWeights {
            cancelled: 1000,
            family_moved: 30,
            teacher_changed: 5,
            room_changed: 1,
        },
    };
    let options = Options {
        iterations: Some(5_000),
        ..Options::default()
    };
    let mended = repair(&problem, &event, &Limits::default(), &options);
    let change = score_repair(&problem, &mended.solution, &event).change.unwrap();
    assert_eq!(change.cancelled, 0);
}

/// Weeks of the centre with other hours and orders.
pub(crate) fn any_centre() -> impl Strategy<Value = Value> {
    let orders = prop::collection::vec((0..3_usize, 1..4_usize, 1..3_usize, 1..3_usize), 1..6);
    (
        prop::collection::vec(prop::collection::vec(0_u16..64, 4), 3),
        prop::collection::vec(
            prop::collection::vec(prop::sample::select(vec![0_u16, 7, 56, 63, 63]), 3),
            3,
        ),
        prop::collection::vec(4..12_u32, 3),
        orders,
        any::<bool>(),
    )
        .prop_map(|(teachers, children, most, orders, class)| {
            let mut p = centre();
            for (t, avail) in teachers.iter().enumerate() {
                p["teachers"][t]["avail"] = json!([avail[0], avail[1], avail[2], avail[3], 0]);
                p["teachers"][t]["max_week"] = json!(most[t]);
                p["teachers"][t]["target_week"] = json!(most[t]);
            }
            for (c, avail) in children.iter().enumerate() {
                p["children"][c]["avail"] = json!([avail[0], avail[1], avail[2], 7, 0]);
            }
            p["orders"] = json!([]);
            for (id, (child, sessions, dur, per_day)) in orders.into_iter().enumerate() {
                let mut order = crate::tiny::order(id, child);
                order["sessions"] = json!(sessions);
                order["dur"] = json!(dur);
                order["max_per_day"] = json!(per_day);
                push(&mut p["orders"], order);
            }
            if !class {
                p["groups"] = json!([]);
                p["group_orders"] = json!([]);
            }
            p
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn an_impossible_pin_is_as_if_its_session_were_not_prescribed(
        week in any_centre(),
        which in any::<prop::sample::Index>(),
        of in any::<prop::sample::Index>(),
    ) {
        let order = of.index(week["orders"].as_array().unwrap().len());
        let (pin, _) = which.get(&impossible()).clone();
        // A session of one slot never passes the end of a half-day.
        let pin = if pin["start"].as_u64().is_some_and(|u| u == 2 || u == 5) {
            with(pin, "day", json!(9))
        } else {
            pin
        };
        let (mut pinned, mut fewer) = (week.clone(), week.clone());
        pinned["pins"] = json!([with(pin, "order", json!(order))]);
        let sessions = week["orders"][order]["sessions"].as_u64().unwrap();
        fewer["orders"][order]["sessions"] = json!(sessions - 1);
        let (pinned, fewer) = (read_problem(&pinned), read_problem(&fewer));
        let (with_pin, without) = (made(&pinned), made(&fewer));
        prop_assert_eq!(&with_pin.solution, &without.solution);
        let whole = made(&read_problem(&week));
        if whole.missing == 0 {
            prop_assert_eq!(with_pin.missing, 1);
        }
        // Nothing is ever broken, whatever is missing.
        let hard = score(&pinned, &with_pin.solution).hard;
        prop_assert!(hard.keys().all(|rule| *rule == solver::score::Hard::Membership), "{:?}", hard);
    }

    #[test]
    fn of_two_sessions_in_one_place_one_is_held_and_all_else(
        week in any_centre(),
        which in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        let problem = read_problem(&week);
        let whole = made(&problem);
        let orders: Vec<_> = whole.solution.sessions.iter().filter(|s| matches!(s.task, Task::Order(_))).collect();
        prop_assume!(whole.missing == 0 && !orders.is_empty());
        let first = **which.get(&orders);
        let beside: Vec<_> = orders.iter().filter(|s| s.task != first.task && s.teacher == first.teacher).collect();
        prop_assume!(!beside.is_empty());
        let second = ***other.get(&beside);
        let at = |task: Task| {
            let Task::Order(order) = task else { return Value::Null };
            json!({"order": order, "day": first.day, "start": first.start, "teacher": first.teacher})
        };
        let mut pinned = week;
        pinned["pins"] = json!([at(first.task), at(second.task)]);
        let pinned = read_problem(&pinned);
        let found = made(&pinned);
        prop_assert_eq!(found.missing, 1);
        prop_assert!(!faults(&pinned).is_empty());
    }
}
