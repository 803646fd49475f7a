//! Tests of the scoring engine and of the shipped packages, which also carry their own test vectors.

mod input;
mod packages;
mod properties;
mod published;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::*;

fn package(code: &str) -> &'static Package {
    let registry = Registry::built_in().unwrap_or_else(|error| panic!("{error}"));
    registry.get(code).unwrap_or_else(|| panic!("no {code}"))
}

/// The printed object of `starbridge score`.
fn printed(code: &str, answers: &Json, age_months: Option<u32>, cutoffs: Option<&str>) -> Json {
    let line = score_command(code, &answers.to_string(), age_months, cutoffs).expect("scores");
    assert!(!line.contains('\n'), "one line");
    serde_json::from_str(&line).expect("JSON")
}

fn refusal(code: &str, answers: &str) -> String {
    let line = score_command(code, answers, None, None).expect_err("refused");
    assert!(
        !line.is_empty() && !line.chars().any(char::is_control),
        "one clear line: {line:?}"
    );
    line
}

/// All items of the instrument's main parts with one answer.
fn all(items: std::ops::RangeInclusive<u32>, answer: impl Into<Json>) -> Json {
    let answer = answer.into();
    Json::Object(items.map(|item| (item.to_string(), answer.clone())).collect())
}

fn with(mut answers: Json, changes: Json) -> Json {
    let (Some(answers_map), Json::Object(changes)) = (answers.as_object_mut(), changes) else {
        panic!("objects")
    };
    answers_map.extend(changes);
    answers
}
