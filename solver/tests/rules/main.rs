//! Every rule and every term by itself: a week of two sessions in which nothing is wrong, and the smallest change of it
//! that breaks one rule and no other.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod hard;
mod soft;
#[path = "../tiny/mod.rs"]
mod tiny;

use serde_json::{Value, json};
use solver::{
    problem::Problem,
    read,
    score::{Hard, Language, Score, Soft, score, score_repair},
    words::Ids,
};
use tiny::{event, push, week};

fn session(order: usize, day: usize, start: usize, teacher: usize, room: usize) -> Value {
    json!({"order": order, "group": null, "day": day, "start": start, "teacher": teacher, "second": null, "room": room})
}

fn read_problem(problem: &Value) -> Problem {
    read::problem(problem.to_string().as_bytes()).unwrap()
}

fn scored(change: impl Fn(&mut Value, &mut Value)) -> Score {
    let (mut problem, mut solution) = week();
    change(&mut problem, &mut solution);
    let problem = read_problem(&problem);
    let score = score(
        &problem,
        &read::solution(&problem, solution.to_string().as_bytes()).unwrap(),
    );
    for example in score.examples.values().flatten() {
        said(
            &example.sentence(&problem, &Ids, Language::Chinese),
            &example.sentence(&problem, &Ids, Language::English),
        );
    }
    score
}

fn broken(change: impl Fn(&mut Value, &mut Value)) -> Vec<(Hard, usize)> {
    scored(change).hard.into_iter().collect()
}

/// The units of a term beyond those of the week as it is.
fn units(term: Soft, change: impl Fn(&mut Value, &mut Value)) -> usize {
    let before = scored(|_, _| {});
    let after = scored(change);
    assert_eq!(after.hard, before.hard, "nothing else is broken");
    after.soft[&term] - before.soft[&term]
}

/// After the publication of the week as it is, with teacher 1 away on the first afternoon.
fn repaired(now: (usize, usize), change: impl Fn(&mut Value, &mut Value)) -> Score {
    let (mut problem, mut solution) = week();
    let baseline = solution.clone();
    change(&mut problem, &mut solution);
    let problem = read_problem(&problem);
    let mut event = event(&baseline);
    event["now"] = json!({"day": now.0, "slot": now.1});
    let event = read::event(&problem, event.to_string().as_bytes()).unwrap();
    score_repair(
        &problem,
        &read::solution(&problem, solution.to_string().as_bytes()).unwrap(),
        &event,
    )
}

fn said(chinese: &str, english: &str) {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    assert!(
        chinese.ends_with('。') && chinese.chars().filter(|c| han(*c)).count() > 4,
        "{chinese}"
    );
    assert!(english.ends_with('.') && !english.chars().any(han), "{english}");
}

#[test]
fn the_week_as_it_is_breaks_nothing() {
    let score = scored(|_, _| {});
    assert!(score.feasible());
    assert_eq!((score.unscheduled, score.unplaced, score.hard_total()), (0, 0, 0));
    assert_eq!(score.soft_cost(), 2, "two children come once: {:?}", score.soft);
    assert_eq!(score.soft[&Soft::ChildVisit], 2);
    assert!((score.teacher_utilisation - 0.056).abs() < 1e-9);
}

#[test]
fn keys_and_sentences_of_all_rules() {
    for (i, rule) in Hard::ALL.into_iter().enumerate() {
        assert!(rule.key().starts_with(&format!("H{}_", i + 1)));
        said(rule.sentence(Language::Chinese), rule.sentence(Language::English));
    }
    for (i, term) in Soft::ALL.into_iter().enumerate() {
        assert!(term.key().starts_with(&format!("S{}_", i + 1)));
        said(term.sentence(Language::Chinese), term.sentence(Language::English));
    }
}

#[test]
fn missing_sessions_and_places_are_counted_and_break_nothing() {
    let score = scored(|p, s| {
        p["orders"][0]["sessions"] = json!(3);
        p["groups"][0]["min_size"] = json!(0);
        s["members"] = json!({});
    });
    assert_eq!((score.unscheduled, score.unplaced, score.hard_total()), (2, 1, 0));
    assert!(!score.feasible());
    assert!(!scored(|p, _| p["orders"][0]["sessions"] = json!(2)).feasible());
    let place = json!({"id": 1, "child": 2, "service": 1});
    assert!(!scored(|p, _| push(&mut p["group_orders"], place.clone())).feasible());
}

#[test]
fn five_examples_of_a_rule_are_kept() {
    let score = scored(|p, s| {
        p["orders"][0]["sessions"] = json!(8);
        for day in 4..11 {
            push(&mut s["sessions"], session(0, day, 0, 0, 0));
        }
    });
    assert_eq!((score.hard[&Hard::Shape], score.examples[&Hard::Shape].len()), (7, 5));
}

#[test]
fn absences_and_what_a_repair_costs() {
    let nothing_done = repaired((0, 0), |_, _| {});
    assert_eq!(
        nothing_done.hard.iter().collect::<Vec<_>>(),
        [(&Hard::TeacherAvail, &1)],
        "the assistant is away"
    );
    assert!(!nothing_done.feasible());
    assert_eq!(nothing_done.change.unwrap().perturbation_cost, 0);
    let cancelled = repaired((0, 0), |_, s| {
        s["sessions"].as_array_mut().unwrap().pop();
    });
    assert!(cancelled.feasible(), "a repair may leave sessions out");
    let change = cancelled.change.unwrap();
    assert_eq!(
        (change.cancelled, change.families_moved, change.perturbation_cost),
        (1, 1, 1030)
    );
    assert_eq!(change.total_cost, 1030 + cancelled.soft_cost());
    let moved = repaired((0, 0), |_, s| s["sessions"][1]["day"] = json!(1))
        .change
        .unwrap();
    assert_eq!(
        (
            moved.families_moved,
            moved.teacher_changes,
            moved.room_changes,
            moved.perturbation_cost
        ),
        (1, 0, 0, 30)
    );
    let other = repaired((0, 0), |_, s| {
        s["sessions"][0]["teacher"] = json!(1);
        s["sessions"][0]["room"] = json!(3);
    });
    let change = other.change.unwrap();
    assert_eq!(
        (
            change.families_moved,
            change.teacher_changes,
            change.room_changes,
            change.perturbation_cost
        ),
        (0, 1, 1, 6)
    );
}
