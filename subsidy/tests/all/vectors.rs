//! Every example of `vectors.json` by its name.

use serde_json::{Value, json};
use subsidy::file;

use super::VECTORS;

/// All of a kind come out, and there are so many.
fn all_of(kind: &str, number: usize) {
    let mut file: Value = serde_json::from_str(VECTORS).unwrap();
    let cases = file["cases"].as_array_mut().unwrap();
    cases.retain(|case| case["kind"] == kind);
    let outcome = file::run(&file.to_string()).unwrap();
    let wrong: Vec<String> = outcome
        .results
        .iter()
        .filter(|result| result.ok != Some(true))
        .map(|result| format!("{}: {}", result.id, result.got))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(outcome.results.len(), number);
}

#[test]
fn months() {
    all_of("settle", 70);
}

#[test]
fn corrections() {
    all_of("correction", 6);
}

#[test]
fn acceptance_by_length() {
    all_of("period", 4);
}

#[test]
fn advances() {
    all_of("advance", 2);
}

#[test]
fn splits_between_funders() {
    all_of("split", 4);
}

#[test]
fn amounts_in_words() {
    all_of("words", 22);
}

#[test]
fn dates_in_words() {
    all_of("date_words", 4);
}

#[test]
fn budgets() {
    all_of("budget", 3);
}

#[test]
fn anomalies() {
    all_of("anomaly", 53);
}

#[test]
fn the_whole_file_says_nothing_of_devices_and_agrees_on_the_rest() {
    let outcome = file::run(VECTORS).unwrap();
    let count = |ok: Option<bool>| outcome.results.iter().filter(|result| result.ok == ok).count();
    assert_eq!((count(Some(true)), count(None), count(Some(false))), (168, 26, 0));
    assert!(!outcome.differs());
    for result in &outcome.results {
        assert_eq!(result.ok.is_none(), result.got.is_null(), "{}", result.id);
    }
}

/// Each example fails when any figure, word or yes of what it expects is another: so `ok` can say no.
#[test]
fn an_example_that_expects_something_else_differs() {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let mut tried = 0;
    for case in file["cases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|case| case["kind"] != "device")
    {
        let mut wrong = case.clone();
        spoil(&mut wrong["expect"]);
        let alone = json!({"rule_sets": file["rule_sets"], "cases": [wrong]});
        let (_, differs) = file::settle_command(&alone.to_string()).unwrap();
        assert!(differs, "{}", case["id"]);
        tried += 1;
    }
    assert_eq!(tried, 168);
}

/// Changes the first value in it.
fn spoil(value: &mut Value) {
    match value {
        Value::Null => *value = json!("something"),
        Value::Bool(yes) => *yes = !*yes,
        Value::Number(number) => *value = json!(number.as_i64().unwrap() + 1),
        Value::String(text) => text.push('x'),
        Value::Array(list) => match list.first_mut() {
            Some(first) => spoil(first),
            None => list.push(json!("more")),
        },
        Value::Object(map) => spoil(map.values_mut().next().unwrap()),
    }
}

#[test]
fn a_case_without_expectation_or_of_an_unknown_kind_is_neither_right_nor_wrong() {
    let file = json!({"cases": [
        {"id": "a", "kind": "words", "fen": 5},
        {"id": "b", "kind": "poem", "expect": {"lines": 4}},
        {"id": "c", "kind": "anomaly", "check": "mood", "expect": {"flag": true}},
        {"id": "d", "kind": "words", "fen": 5, "note": "?", "expect": {"also": []}},
        {"id": "e", "kind": "words", "fen": 50, "expect": {"also": []}},
    ]});
    let (text, differs) = file::settle_command(&file.to_string()).unwrap();
    let printed: Value = serde_json::from_str(&text).unwrap();
    let ok: Vec<&Value> = printed["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| &result["ok"])
        .collect();
    assert_eq!(
        ok,
        [&Value::Null, &Value::Null, &Value::Null, &json!(true), &json!(false)]
    );
    assert_eq!(printed["results"][0]["got"]["words"], "伍分");
    assert!(differs);
}

/// The worked example of the manual comes out as it is told there.
#[test]
fn the_example_of_the_manual_comes_out() {
    let manual = include_str!("../../../docs/SUBSIDY.md");
    let (_, rest) = manual.split_once("```json").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let outcome = file::run(example).unwrap();
    assert_eq!(outcome.results.len(), 1);
    assert_eq!(outcome.results[0].ok, Some(true), "{}", outcome.results[0].got);
    let june = &outcome.results[0].got["lines"][1]["said"];
    assert_eq!(
        june["figures"]["zh"],
        "按《示例：某区康复救助办法》（2026年1月1日起施行）：满 7 周岁须有缓学证明；没有收到。"
    );
}
