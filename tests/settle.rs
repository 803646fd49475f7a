//! `starbridge settle` as somebody types it: exit codes, and what is said where.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

const VECTORS: &str = "subsidy/tests/vectors.json";

fn settle(file: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_starbridge"))
        .args(["settle", file])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap()
}

/// A file that is gone in the end.
fn with_file(text: &str, look: impl FnOnce(Output)) {
    let path = std::env::temp_dir().join(format!("starbridge-settle-{}", starbridge::platform::chance::name()));
    std::fs::write(&path, text).unwrap();
    look(settle(path.to_str().unwrap()));
    std::fs::remove_file(path).unwrap();
}

fn refused(output: &Output, part: &str) {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(output.stdout.is_empty());
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains(part), "{said}");
}

#[test]
fn the_examples_come_out_and_the_exit_code_says_so() {
    let output = settle(VECTORS);
    assert_eq!(output.status.code(), Some(0));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let results = printed["results"].as_array().unwrap();
    let count = |ok: Value| results.iter().filter(|result| result["ok"] == ok).count();
    assert_eq!(
        (count(json!(true)), count(json!(false)), count(Value::Null)),
        (168, 0, 26)
    );
    assert_eq!(results[0]["id"], "zj-01");
    assert_eq!(results[0]["got"]["lines"][0]["subsidy_fen"], 240_000);
}

#[test]
fn what_differs_is_exit_code_one() {
    let file = json!({"cases": [{"id": "a", "kind": "words", "fen": 5, "expect": {"words": "五分"}}]});
    with_file(&file.to_string(), |output| {
        assert_eq!(output.status.code(), Some(1));
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(printed["results"][0]["ok"], false);
        assert_eq!(printed["results"][0]["got"]["words"], "伍分");
    });
}

#[test]
fn bad_input_is_exit_code_two_with_one_line() {
    refused(&settle("no-such-file.json"), "no-such-file.json");
    refused(&settle("tests"), "tests: ");
    with_file("{", |output| refused(&output, "is not JSON"));
    let file = json!({"cases": [{"id": "a", "kind": "settle", "rule_set": "of-nobody"}]});
    with_file(&file.to_string(), |output| {
        refused(&output, "case a: rule set of-nobody is not in the file")
    });
}
