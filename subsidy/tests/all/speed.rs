//! How long it takes. Bounds are wide, because machines that test are busy; the figures are printed.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{case, published};

/// How long the quickest of so many takes: what else the machine does is no matter.
#[expect(clippy::disallowed_methods, reason = "a measurement")]
fn quickest(times: u32, work: impl Fn()) -> Duration {
    let once = |_| {
        let began = Instant::now();
        work();
        began.elapsed()
    };
    (0..times).map(once).min().unwrap_or_default()
}

#[test]
fn a_year_of_a_child_is_settled_in_well_under_five_milliseconds() {
    let rules = published("fj-2023");
    let months: Vec<_> = (1..=12)
        .flat_map(|month| {
            ["A", "B"].map(|at| json!({"month": format!("2026-{month:02}"), "gross_fen": 160_000, "institution": at}))
        })
        .collect();
    let case = case(
        json!(months),
        json!({"changes": [{"from": "2026-07", "set": {"economy": "poor"}}]}),
    );
    let bare = quickest(200, || drop(subsidy::settle::settle(&rules, &case).unwrap()));
    let told = quickest(200, || {
        let settled = subsidy::settle::settle(&rules, &case).unwrap();
        assert!(settled.lines.iter().filter_map(|line| line.said(&rules)).count() > 5);
    });
    println!("a year of 24 statements: {bare:?}; with all sentences: {told:?}");
    assert!(bare < Duration::from_millis(5), "{bare:?}");
    assert!(told < Duration::from_millis(50), "{told:?}");
}

#[test]
fn ten_thousand_statements_of_one_child_are_no_matter() {
    let statements: Vec<_> = (0..10_000)
        .map(|number| json!({"month": format!("{}-{:02}", 2000 + number / 12 % 100, number % 12 + 1), "gross_fen": 100, "days": 5, "institution": number}))
        .collect();
    let changes: Vec<_> = (0..1000)
        .map(|n| json!({"from": format!("{}-01", 2000 + n % 100), "set": {"grade": n % 4 + 1}}))
        .collect();
    let file = json!({"rule_sets": [{"id": "r", "params": {"month_split": "by_days", "grants": [{"month_fen": 400, "year_fen": 5000}]}}],
        "cases": [{"id": "many", "kind": "settle", "rule_set": "r", "child": {"birth": "1999-01-01"}, "changes": changes, "statements": statements}]});
    let text = file.to_string();
    let took = quickest(1, || {
        let (printed, _) = subsidy::file::settle_command(&text).unwrap();
        assert!(printed.len() > 100_000);
    });
    println!("10,000 statements of one child, read, settled, told and printed: {took:?}");
    assert!(took < Duration::from_secs(20), "{took:?}");
}
