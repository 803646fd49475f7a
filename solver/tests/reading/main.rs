//! Reading what came from outside: every promise of the checked types is kept, every complaint has its place, and
//! nothing that can be written into a file makes the reader or the referee panic.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod fields;
mod hostile;
#[path = "../tiny/mod.rs"]
mod tiny;

use std::{fs, path::Path};

use serde_json::{Value, json};
use solver::{
    problem::Problem,
    read::{self, ReadError},
    write::write_solution,
};
use tiny::{event, week};

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn tiny_problem() -> Problem {
    read::problem(&bytes(&week().0)).unwrap()
}

/// The complaints, line by line.
fn lines<T: std::fmt::Debug>(result: Result<T, ReadError>) -> Vec<String> {
    result.err().map_or_else(Vec::new, |error| {
        error.problems.iter().map(ToString::to_string).collect()
    })
}

/// What is wrong with the problem after a change.
fn problem_after(change: impl Fn(&mut Value)) -> Vec<String> {
    let (mut problem, _) = week();
    change(&mut problem);
    lines(read::problem(&bytes(&problem)))
}

fn solution_after(change: impl Fn(&mut Value)) -> Vec<String> {
    let (_, mut solution) = week();
    change(&mut solution);
    lines(read::solution(&tiny_problem(), &bytes(&solution)))
}

fn event_after(change: impl Fn(&mut Value)) -> Vec<String> {
    let mut event = event(&week().1);
    change(&mut event);
    lines(read::event(&tiny_problem(), &bytes(&event)))
}

fn remove(object: &mut Value, key: &str) {
    object.as_object_mut().unwrap().remove(key);
}

#[test]
fn the_instances_of_the_reference_can_be_read() {
    for (name, children) in [("r60", 60), ("r300", 300)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("reference/instances/{name}.json"));
        let problem = read::problem(&fs::read(path).unwrap()).unwrap();
        assert_eq!((problem.name.as_str(), problem.children.len()), (name, children));
        assert_eq!(problem.room_types, ["indiv", "si", "ot", "group"]);
        assert_eq!(problem.grid.blocks, [(0, 6), (6, 13)]);
    }
}

#[test]
fn broken_json_is_located_by_line_and_column() {
    assert_eq!(
        lines(read::problem(b"{\n \"format\": x}")),
        ["line 2, column 12: expected value"]
    );
    assert_eq!(
        lines(read::problem(b"")),
        ["line 1, column 0: EOF while parsing a value"]
    );
    assert_eq!(
        lines(read::problem(b"[1]")),
        ["the file: must be an object, not a list"]
    );
    assert_eq!(
        lines(read::problem(&vec![b'['; 100_000])),
        ["line 1, column 100000: EOF while parsing a list"]
    );
    assert_eq!(
        lines(read::problem(b"{\"name\": 1, \"name\": 2}")),
        ["line 1, column 18: duplicate field `name`"]
    );
    assert_eq!(
        lines(read::problem(b"{} {}")),
        ["line 1, column 4: trailing characters"]
    );
}

#[test]
fn another_format_is_the_only_complaint() {
    let (problem, solution) = week();
    let wrong = "format: is \"rehab-solution/1\", must be \"rehab-timetable/1\"";
    assert_eq!(lines(read::problem(&bytes(&solution))), [wrong]);
    let wrong = "format: is \"rehab-timetable/1\", must be \"rehab-solution/1\"";
    assert_eq!(lines(read::solution(&tiny_problem(), &bytes(&problem))), [wrong]);
    assert_eq!(event_after(|e| remove(e, "format")), ["format: is missing"]);
    let wrong = "baseline.format: is \"x\", must be \"rehab-solution/1\"";
    assert_eq!(event_after(|e| e["baseline"]["format"] = json!("x")), [wrong]);
}

#[test]
fn all_complaints_up_to_twenty() {
    let (mut problem, _) = week();
    for child in problem["children"].as_array_mut().unwrap() {
        child["avail"] = json!([-1, 0.5, 64, "all"]);
    }
    for teacher in problem["teachers"].as_array_mut().unwrap() {
        teacher["avail"] = json!([1e30, 18_446_744_073_709_551_615_u64, null, true]);
    }
    let error = read::problem(&bytes(&problem)).unwrap_err();
    assert_eq!((error.problems.len(), error.more), (20, 4));
    let said = lines::<()>(Err(error.clone()));
    assert_eq!(
        said[..4],
        [
            "teachers[0].avail[0]: must be a whole number, not a number with a fraction, or far too large",
            "teachers[0].avail[1]: must be a whole number, not a number that is far too large",
            "teachers[0].avail[2]: must be a whole number, not null",
            "teachers[0].avail[3]: must be a whole number, not true or false",
        ]
    );
    assert_eq!(said[12], "children[0].avail[0]: is -1, must be 0 to 63");
    assert_eq!(said[14], "children[0].avail[2]: is 64, must be 0 to 63");
    let line = error.to_string();
    assert!(
        line.starts_with(&said[0]) && line.ends_with("; and 19 more") && !line.contains('\n'),
        "{line}"
    );
}

#[test]
fn written_the_same_in_whatever_order_the_sessions_are() {
    let problem = tiny_problem();
    let mut solution = read::solution(&problem, &bytes(&week().1)).unwrap();
    let text = write_solution(&problem, &solution);
    solution.sessions.reverse();
    assert_eq!(write_solution(&problem, &solution), text);
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), week().1);
}
