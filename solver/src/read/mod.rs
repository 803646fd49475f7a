//! Reading untrusted files into the checked types.
//!
//! Nothing here panics, and nothing is allocated by what a file merely claims. How many bytes may come in is the
//! caller's affair; how many teachers, orders and slots may be in them is [`crate::problem::limits`].

mod check;
mod json;
mod people;
mod problem;
mod solution;
mod tasks;

use std::fmt;

use serde::de::DeserializeOwned;

use crate::{
    problem::Problem,
    solution::{Event, Solution},
};
use check::{At, Check};
use json::{Is, Object};

/// The format of a problem.
pub const PROBLEM: &str = "rehab-timetable/1";
/// The format of a solution.
pub const SOLUTION: &str = "rehab-solution/1";
/// The format of an event.
pub const EVENT: &str = "rehab-repair/1";

/// Members of one group, in a timetable that may be wrong.
const MEMBERS: usize = 100;

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Where: a path such as `orders[12].child`, or the line and column of broken JSON.
    pub at: String,
    /// What, to be read after the place.
    pub what: String,
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}

/// Why a file was refused: all that is wrong with it, up to twenty things.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.line())]
pub struct ReadError {
    /// What is wrong, in the order of the file.
    pub problems: Vec<Located>,
    /// How much more is wrong.
    pub more: usize,
}

impl ReadError {
    fn line(&self) -> String {
        const SHOWN: usize = 5;
        let mut line = self
            .problems
            .iter()
            .take(SHOWN)
            .map(Located::to_string)
            .collect::<Vec<_>>()
            .join("; ");
        let rest = self.problems.len().saturating_sub(SHOWN) + self.more;
        if rest > 0 {
            line.push_str(&format!("; and {rest} more"));
        }
        line
    }
}

/// A week to be made.
pub fn problem(bytes: &[u8]) -> Result<Problem, ReadError> {
    let mut check = Check::default();
    let file = parse(bytes)?;
    let made = check
        .need(&At::Top, &file)
        .and_then(|Object(raw)| problem::problem(&mut check, raw));
    check.finish(made)
}

/// A timetable of `problem`, right or wrong.
pub fn solution(problem: &Problem, bytes: &[u8]) -> Result<Solution, ReadError> {
    let mut check = Check::default();
    let file = parse(bytes)?;
    let made = solution::solution(&mut check, &At::Top, problem, &file);
    check.finish(made)
}

/// An absence, with the published timetable that it falls upon.
pub fn event(problem: &Problem, bytes: &[u8]) -> Result<Event, ReadError> {
    let mut check = Check::default();
    let file = parse(bytes)?;
    let made = check
        .need(&At::Top, &file)
        .and_then(|Object(raw)| solution::event(&mut check, problem, raw));
    check.finish(made)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<Is<Object<T>>, ReadError> {
    serde_json::from_slice(bytes).map_err(|error| {
        let text = error.to_string();
        let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
        let at = format!("line {}, column {}", error.line(), error.column());
        ReadError {
            problems: vec![Located {
                at,
                what: what.to_owned(),
            }],
            more: 0,
        }
    })
}

/// Whether the file is of the format that was asked for; if not, nothing else of it is worth a word.
fn is_format(check: &mut Check, at: &At, value: &Is<String>, format: &str) -> bool {
    let at = at.field("format");
    match check.need(&at, value) {
        Some(found) if found == format => true,
        Some(found) => {
            check.say(&at, format!("is {:?}, must be {format:?}", short(found)));
            false
        }
        None => false,
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
