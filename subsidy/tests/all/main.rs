//! The subsidy: the published and composed examples, the tests of the person, what rule sets can say, what always holds, and
//! what nobody should write into a file.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod checks;
mod features;
mod hostile;
mod person;
mod properties;
mod speed;
mod vectors;

use serde_json::{Value, json};
use subsidy::{
    RuleSet,
    settle::{Case, Settlement, settle},
};

const VECTORS: &str = include_str!("../vectors.json");

/// A rule set of the file of examples.
fn published(id: &str) -> RuleSet {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let sets = file["rule_sets"].as_array().unwrap();
    RuleSet::read(sets.iter().find(|set| set["id"] == id).unwrap()).unwrap()
}

/// A rule of the test's own.
fn rules(params: Value) -> RuleSet {
    RuleSet::read(&json!({"id": "own", "title": "自拟规则", "from": "2026-01-01", "params": params})).unwrap()
}

/// One band up to 6 years, and what else the test says.
fn under_seven(mut params: Value) -> RuleSet {
    let bands = json!({"bands": [{"id": "0-6", "from": 0, "below": 7, "fund": "2296006"}]});
    params.as_object_mut().unwrap().entry("age").or_insert(bands);
    rules(params)
}

/// A child of five with these statements, and what else the test says.
fn case(statements: Value, more: Value) -> Case {
    let mut case = json!({"child": {"birth": "2021-03-10", "category": "autism"}, "statements": statements});
    case.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    Case::read(&case).unwrap()
}

fn settled(rules: &RuleSet, statements: Value, more: Value) -> Settlement {
    settle(rules, &case(statements, more)).unwrap()
}

/// Subsidy and refusal of each line.
fn told(settlement: &Settlement) -> Vec<(i64, &str)> {
    let lines = settlement.lines.iter();
    lines
        .map(|line| {
            (
                line.subsidy.get(),
                line.refusal.as_ref().map_or("", |reason| reason.code()),
            )
        })
        .collect()
}
