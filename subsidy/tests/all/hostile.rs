//! What nobody should write into a file: an answer or one line, never a panic.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use subsidy::file;

use super::VECTORS;

static FILE: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(VECTORS).unwrap());

/// Values that stand where others are expected.
fn odd() -> Vec<Value> {
    let texts = [
        "",
        "2026-13",
        "2026-02-30",
        "0000-00",
        "9999-12",
        "1900-01",
        "2199-12",
        "2199-12-31",
        "25:00",
        "９９",
        "1,200",
        "poor",
        "\u{0}\n",
        "{x}",
    ];
    let numbers = [
        json!(-1),
        json!(0),
        json!(1),
        json!(2),
        json!(31),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(99_999_999_999_999_i64),
        json!(u32::MAX),
        json!(1.5),
        json!(1e308),
    ];
    let mut odd: Vec<Value> = texts.into_iter().map(Value::from).chain(numbers).collect();
    odd.extend([
        Value::Null,
        json!(true),
        json!([]),
        json!({}),
        json!([[]]),
        json!([null]),
        json!({"from": "2026-01"}),
        json!([1, "x"]),
    ]);
    odd
}

/// Puts values into places of a document; keys of places that are not there lead nowhere.
fn put(value: &mut Value, way: &[usize], new: &Value) {
    let Some((step, rest)) = way.split_first() else {
        *value = new.clone();
        return;
    };
    match value {
        Value::Object(map) if !map.is_empty() => {
            let at = step % map.len();
            put(map.values_mut().nth(at).unwrap(), rest, new);
        }
        Value::Array(list) if !list.is_empty() => {
            let at = step % list.len();
            put(&mut list[at], rest, new);
        }
        other => *other = new.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn odd_values_anywhere_are_answered_or_refused(
        which in any::<usize>(),
        changes in proptest::collection::vec((any::<bool>(), proptest::collection::vec(any::<usize>(), 1..8), any::<usize>()), 1..4),
    ) {
        let cases = FILE["cases"].as_array().unwrap();
        let case = &cases[which % cases.len()];
        let sets = FILE["rule_sets"].as_array().unwrap();
        let own = sets.iter().filter(|set| set["id"] == case["rule_set"]);
        let mut set: Vec<Value> = own.cloned().collect();
        let mut case = case.clone();
        let odd = odd();
        for (in_rules, way, new) in changes {
            let new = &odd[new % odd.len()];
            match set.first_mut().filter(|_| in_rules) {
                Some(set) => put(&mut set["params"], &way, new),
                None => put(&mut case, &way, new),
            }
        }
        let file = json!({"rule_sets": set, "cases": [case]});
        match file::settle_command(&file.to_string()) {
            Ok((text, _)) => prop_assert!(!text.contains('\n')),
            Err(line) => prop_assert!(!line.contains('\n') && !line.is_empty() && line.chars().count() < 1000, "{}", line),
        }
    }

    #[test]
    fn any_text_is_refused_in_one_line(text in ".{0,200}") {
        let line = file::settle_command(&text).unwrap_err();
        prop_assert!(!line.contains('\n'));
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let with = |params: Value, statement: Value| {
        json!({"rule_sets": [{"id": "r", "params": params}], "cases": [{"id": "c", "kind": "settle", "rule_set": "r",
            "child": {"birth": "2021-01-01"}, "statements": [statement]}]})
    };
    let month = json!({"month": "2026-01", "gross_fen": 5});
    let wrong = [
        (
            with(json!({"share_bp": 10_001}), month.clone()),
            "rule set r: a share of 10001 basis points is not between 0 and 10000",
        ),
        (
            with(json!({"months_per_year": 13}), month.clone()),
            "rule set r: months_per_year: a year has no 13 months",
        ),
        (
            with(json!({"age": {"bands": [{"from": 7, "below": 7}]}}), month.clone()),
            "rule set r: age: band 1: a band from 7 to below 7 holds no age",
        ),
        (
            with(json!({"grants": [{"month_fen": -5}]}), month.clone()),
            "rule set r: grants: row 1: month_fen: -5 fen may not be negative",
        ),
        (
            with(json!({"attendance": {"kind": "tiers"}}), month.clone()),
            "rule set r: attendance: attendance by steps has no steps",
        ),
        (
            with(json!({"year_start": "02-29"}), month.clone()),
            "rule set r: \"02-29\" is no day of every year (MM-DD)",
        ),
        (
            with(json!({"age": {"turn": "sometimes"}}), month.clone()),
            "rule set r: unknown variant `sometimes`",
        ),
        (
            with(json!({"funders": [{"bp": 6000}, {"bp": 6000}, {}]}), month),
            "rule set r: funders: the shares before the last add up to 12000",
        ),
        (
            with(json!({}), json!({"month": "2026-13"})),
            "case c: statement 1: \"2026-13\" is no month",
        ),
        (
            with(json!({}), json!({"month": "2026-01", "gross_fen": -1})),
            "case c: statement of 2026-01: gross_fen: -1 fen may not be negative",
        ),
        (
            with(json!({}), json!({"month": "2026-01", "gross_fen": "1,200"})),
            "case c: statement 1: invalid type: string",
        ),
        (
            with(json!({}), json!({"month": "2026-01", "days": 32})),
            "case c: statement of 2026-01: days: a month has no more than 31 days",
        ),
        (
            json!({"cases": [{"id": "c", "kind": "settle", "rule_set": "other"}]}),
            "case c: rule set other is not in the file",
        ),
        (
            json!({"cases": [{"id": "c", "kind": "words", "fen": 100_000_000_000_000_i64}]}),
            "case c: 100000000000000 fen is larger",
        ),
        (
            json!({"rule_sets": [{"id": "r", "params": {}}, {"id": "r", "params": {}}], "cases": []}),
            "rule set r is there twice",
        ),
        (
            json!({"rule_sets": [{"id": "r"}], "cases": []}),
            "rule set r: has no params",
        ),
        (json!([]), "has no list cases"),
        (json!({"cases": {}}), "has no list cases"),
    ];
    for (file, line) in wrong {
        let told = file::settle_command(&file.to_string()).unwrap_err();
        assert!(told.starts_with(line), "{told}\nis not\n{line}");
    }
}

#[test]
fn deep_and_broken_json_is_refused() {
    let deep = "[".repeat(100_000);
    for text in ["", "{", "null x", deep.as_str(), "{\"cases\": [\u{1}]}"] {
        let line = file::settle_command(text).unwrap_err();
        assert!(line.starts_with("is not JSON") && !line.contains('\n'), "{line}");
    }
    assert!(file::settle_command("\u{feff}{\"cases\": []}").is_ok());
}
