//! Smallest sets: what counting does not see, found and shown to need every one of its demands.

use serde_json::{Value, json};
use solver::{
    diagnose::{Answer, Demand, Effort, faults, hold_together},
    problem::Problem,
};

use crate::{
    diagnosed, read_problem,
    tiny::{order, push, week},
};

/// The week without classes and trainees, and with some more orders of one session.
fn orders(children: &[usize]) -> Value {
    let (mut p, _) = week();
    p["groups"] = json!([]);
    p["group_orders"] = json!([]);
    p["teachers"][2]["trainee"] = Value::Null;
    p["orders"] = json!([]);
    for (id, &child) in children.iter().enumerate() {
        push(&mut p["orders"], order(id, child));
    }
    p
}

/// One set, and it is this one, and smallest.
fn conflict(problem: &Problem, demands: &[Demand]) {
    assert_eq!(faults(problem), []);
    let found = diagnosed(problem);
    assert_eq!(found.conflicts.len(), 1, "{found:?}");
    let mut set = found.conflicts[0].demands.clone();
    set.sort_unstable();
    assert_eq!(set, demands);
    assert!(found.conflicts[0].smallest);
    assert!(found.certain());
    assert_eq!(hold_together(problem, &set, Effort::default()), Answer::Fails);
    for left_out in &set {
        let rest: Vec<Demand> = set.iter().copied().filter(|d| d != left_out).collect();
        let answer = hold_together(problem, &rest, Effort::default());
        assert!(matches!(answer, Answer::Holds(_)), "{rest:?}");
    }
}

#[test]
fn the_way_between_two_sites_is_too_long() {
    let mut p = orders(&[0, 2, 1]);
    for t in 1..3 {
        p["teachers"][t]["qual"] = json!({});
    }
    p["children"][0]["avail"] = json!([1, 0, 0, 0]);
    p["children"][2]["avail"] = json!([2, 0, 0, 0]);
    conflict(&read_problem(&p), &[Demand::Order(0), Demand::Order(1)]);
    p["children"][2]["avail"] = json!([8, 0, 0, 0]);
    assert!(diagnosed(&read_problem(&p)).todo.is_empty());
}

#[test]
fn two_teachers_have_the_hours_but_not_for_whole_prescriptions() {
    let mut p = orders(&[0, 1, 2, 2]);
    p["children"][2]["site"] = json!(0);
    for o in 0..3 {
        p["orders"][o]["sessions"] = json!(2);
        p["orders"][o]["max_per_day"] = json!(1);
    }
    p["orders"][3]["min_level"] = json!(3);
    p["teachers"][2]["qual"] = json!({"0": 3});
    for t in 0..3 {
        p["teachers"][t]["avail"] = json!([1, 1, 1, 0]);
    }
    p["teachers"][2]["avail"] = json!([0, 0, 0, 1]);
    conflict(
        &read_problem(&p),
        &[Demand::Order(0), Demand::Order(1), Demand::Order(2)],
    );
    for o in 0..3 {
        p["orders"][o]["max_teachers"] = json!(2);
    }
    assert!(diagnosed(&read_problem(&p)).todo.is_empty());
}

#[test]
fn a_class_and_the_sessions_of_its_only_children() {
    let (mut p, _) = week();
    p["teachers"][2]["trainee"] = Value::Null;
    // Child 1 comes for two slots in the morning; the class takes one of three, the prescription two.
    p["children"][1]["avail"] = json!([7, 0, 0, 0]);
    p["children"][1]["max_run"] = json!(2);
    p["children"][1]["max_day"] = json!(6);
    p["orders"][0]["child"] = json!(1);
    p["orders"][0]["dur"] = json!(2);
    let problem = read_problem(&p);
    // Counting knows that the class takes a slot, and that three in a row are too many.
    assert_eq!(faults(&problem).len(), 1);
    p["children"][1]["avail"] = json!([3, 1, 0, 0]);
    p["teachers"][1]["avail"] = json!([63, 62, 63, 63]);
    p["teachers"][2]["avail"] = json!([63, 62, 63, 63]);
    let problem = read_problem(&p);
    let class = Demand::Group(0);
    assert_eq!(faults(&problem), []);
    let found = diagnosed(&problem);
    assert_eq!(found.conflicts.len(), 1, "{found:?}");
    assert!(found.conflicts[0].demands.contains(&Demand::Order(0)) && found.conflicts[0].demands.contains(&class));
    assert!(found.conflicts[0].smallest);
}

#[test]
fn what_was_not_proved_is_said_to_be_open() {
    let p = orders(&[0, 1]);
    let problem = read_problem(&p);
    let nothing = solver::solution::Solution {
        sessions: Vec::new(),
        members: Vec::new(),
    };
    let found = solver::diagnose::diagnose(&problem, &nothing, Effort::default());
    assert_eq!(found.open, vec![Demand::Order(0), Demand::Order(1)]);
    assert!(!found.certain());
    assert_eq!(found.todo.len(), 2);
}

#[test]
fn without_steps_nothing_is_claimed() {
    let p = orders(&[0, 1]);
    let demands = [Demand::Order(0), Demand::Order(1)];
    let answer = hold_together(&read_problem(&p), &demands, Effort { steps: 1 });
    assert_eq!(answer, Answer::Unknown);
}
