//! Fast on any input: figures are in docs/PROGRESS.md; the bounds here are wide, because tests run unoptimised beside others.

use std::{fmt::Write as _, hint::black_box, time::Duration};

use progress::file;
use serde_json::json;

use super::desk::date;

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn took(work: impl FnOnce()) -> Duration {
    let start = std::time::Instant::now();
    work();
    start.elapsed()
}

/// A year of one child: ten targets, two sessions on each of 250 days, ten trials each.
#[test]
fn a_year_of_a_child() {
    use progress::{
        ladder::{Ladder, Response},
        mastery::mastery,
        measure::Measure,
        points::points,
        record::{Data, Record},
        target::Target,
    };
    let target = Target::new(Measure::Percent, "pct>=80;min=10;run=3d;people=2".parse().unwrap()).unwrap();
    let right = Response::Correct(Ladder::standard().independent());
    let record = |n: u32| Record {
        day: progress::day::Day::parse(&date(n / 2 + 1)).unwrap(),
        session: format!("lesson {n}"),
        by: ["A", "B"][usize::from(n.is_multiple_of(3))].to_owned(),
        place: None,
        observed: None,
        home: false,
        data: Data::Trials(
            (0..10)
                .map(|t| {
                    if (n + t).is_multiple_of(7) {
                        Response::Wrong(None)
                    } else {
                        right
                    }
                })
                .collect(),
        ),
    };
    let records: Vec<Record> = (0..500).map(record).collect();
    let time = took(|| {
        for _ in 0..10 {
            black_box((points(&target, &records), mastery(&target, &records)));
        }
    });
    println!("a year of a child with ten targets: {time:?}");
    assert!(time < Duration::from_millis(500), "{time:?}");
}

#[test]
fn a_hundred_thousand_records() {
    for (measure, rule, data) in [
        (
            "percent",
            "pct>=80;op=100000;days=90;people=2",
            json!({"trials": ["I", "-", "G", "NR"]}),
        ),
        (
            "latency",
            "sec<=3;op=100000;days=90",
            json!({"latencies_s": [1.5, null, 3]}),
        ),
        (
            "percent",
            "pct>=80;run=100000d;of=100000",
            json!({"trials": ["I", "-", "G", "NR"]}),
        ),
        (
            "interval",
            "int>=80%;kind=pir;len=0.001s;run=3d",
            json!({"episodes_s": [[0, 1], [5, 9_999_999]], "observed_s": 10_000_000}),
        ),
    ] {
        let mut text = json!({"target": {"measure": measure, "rule": rule}}).to_string();
        text.pop();
        text.push_str(",\"records\":[");
        for n in 0..100_000_u32 {
            let comma = if n > 0 { "," } else { "" };
            let data = data.to_string();
            let day = progress::day::Day::from_number(i32::try_from(n % 80_000).unwrap());
            let inner = data.trim_start_matches('{');
            write!(
                text,
                "{comma}{{\"day\":\"{day}\",\"session\":\"s{}\",\"by\":\"p{}\",{inner}",
                n % 5,
                n % 7
            )
            .unwrap();
        }
        text.push_str("]}");
        let mut said = String::new();
        let time = took(|| said = file::progress(text.as_bytes()).unwrap());
        println!("{measure} {rule}: {time:?}");
        assert!(said.len() > 1_000_000);
        assert!(time < Duration::from_secs(20), "{rule}: {time:?}");
    }
    let many = vec!["I"; 1_000_000];
    let record = json!({"day": "2026-03-02", "session": "s", "by": "A", "trials": many});
    let text = json!({"target": {"measure": "percent", "rule": "pct>=80"}, "records": [record]}).to_string();
    assert!(took(|| assert!(file::progress(text.as_bytes()).is_ok())) < Duration::from_secs(20));
}
