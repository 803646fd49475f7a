//! Why a session cannot be at a time: each fact by itself, what is told measured by the referee, and answers about
//! timetables of every kind.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod centre;
mod facts;
#[allow(dead_code, reason = "absences are for other tests")]
#[path = "../tiny/mod.rs"]
mod tiny;

use std::collections::BTreeSet;

use solver::{
    problem::{Problem, Task},
    score::{Score, score},
    solution::{Session, Solution},
    why::{Effort, Fact, Question, Verdict, Why, why},
    words::{Language, Words},
};

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
