//! A problem, a timetable and an absence, with a byte between them that no JSON has.
//!
//! Whatever is read must be scored, written, and read again as it was.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use solver::{
    problem::Problem,
    read,
    score::{Language, Score, score, score_repair},
    words::Ids,
    write::{write_event, write_solution},
};

const BETWEEN: u8 = 0xff;

/// A small week, for timetables and absences that come without one.
static TINY: LazyLock<Problem> = LazyLock::new(|| {
    let tiny = include_bytes!("../seeds/tiny");
    let problem = tiny.split(|byte| *byte == BETWEEN).next().unwrap_or_default();
    read::problem(problem).expect("the seed can be read")
});

fuzz_target!(|data: &[u8]| {
    let mut files = data.split(|byte| *byte == BETWEEN);
    let (first, second, third) = (files.next(), files.next(), files.next());
    match read::problem(first.unwrap_or_default()) {
        Ok(problem) => look(&problem, second.unwrap_or_default(), third.unwrap_or_default()),
        Err(error) => {
            assert!(!error.problems.is_empty() && !error.to_string().is_empty());
            look(&TINY, second.unwrap_or(data), third.unwrap_or(data));
        }
    }
});

fn look(problem: &Problem, solution: &[u8], event: &[u8]) {
    let solution = read::solution(problem, solution);
    let event = read::event(problem, event);
    if let Ok(solution) = &solution {
        say(problem, &score(problem, solution));
        let mut sorted = solution.clone();
        sorted.sessions.sort_unstable();
        let again = read::solution(problem, write_solution(problem, solution).as_bytes());
        assert_eq!(again.as_ref(), Ok(&sorted));
    }
    if let Ok(event) = &event {
        say(problem, &score_repair(problem, &event.baseline, event));
        assert!(read::event(problem, write_event(problem, event).as_bytes()).is_ok());
    }
    if let (Ok(solution), Ok(event)) = (&solution, &event) {
        say(problem, &score_repair(problem, solution, event));
    }
}

fn say(problem: &Problem, score: &Score) {
    assert!(serde_json::to_string(score).is_ok());
    for example in score.examples.values().flatten() {
        for language in [Language::Chinese, Language::English] {
            assert!(!example.sentence(problem, &Ids, language).is_empty());
        }
    }
}
