//! Why no timetable holds everything: each argument in its smallest problem and silent beside it, the search through every
//! way against a plain one, sets that are smallest, and planted weeks against which nothing is said.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

#[allow(dead_code, reason = "no absences here")]
#[path = "../tiny/mod.rs"]
mod tiny;

mod advice;
mod conflicts;
mod counting;
mod every_way;
mod impossible;
mod planted;

use serde_json::Value;
use solver::{
    diagnose::{Diagnosis, Effort, diagnose},
    engine::{Options, solve},
    problem::Problem,
    read,
    score::Language,
    words::Words,
};

fn read_problem(problem: &Value) -> Problem {
    read::problem(problem.to_string().as_bytes()).unwrap()
}

/// The diagnosis of the best timetable of a moment's search; its sentences must read as sentences.
fn diagnosed(problem: &Problem) -> Diagnosis {
    let options = Options {
        iterations: Some(5_000),
        ..Options::default()
    };
    let found = solve(problem, &options);
    let diagnosis = diagnose(problem, &found.solution, Effort::default());
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for line in diagnosis.report(&Words::new(problem, Language::Chinese)) {
        assert!(line.ends_with(['。', '：']) && line.chars().any(han), "{line}");
    }
    for line in diagnosis.report(&Words::new(problem, Language::English)) {
        assert!(line.ends_with(['.', ':']) && !line.chars().any(han), "{line}");
    }
    diagnosis
}
