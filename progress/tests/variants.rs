//! Vector 25 and the other variants of the rule: windows of opportunities, every measure, alternatives, what is taken back.

use serde_json::json;

use super::desk::{File, date, file, tokens};

const RULE: &str = "pct>=80;min=10;run=3d";

fn scores(rule: &str, scores: &str) -> File {
    file("percent", rule).scores(scores)
}

/// The day on which a rule was first met, of these days.
fn met(rule: &str, days: &str) -> Option<u32> {
    scores(rule, days).met_on()
}

#[test]
fn vector_25_opportunities_of_the_last_days() {
    let rule = "pct>=80;op=10;days=5";
    let days = |marks: &str| {
        let mut file = file("percent", rule);
        for (marks, day) in marks.split(' ').zip(1..) {
            file = file.day(day, "trials", tokens(&marks.replace('+', "I ").replace('-', "- ")));
        }
        file
    };
    let file = days("+- ++ +- ++ ++");
    assert_eq!(file.met_on(), Some(5));
    let mastery = file.mastery();
    assert_eq!((&mastery["run"], &mastery["run_needed"]), (&json!(10), &json!(10)));
    // Four days are not five, and nine are not ten.
    assert_eq!(days("+++ +++ +++ +++").met_on(), None);
    assert_eq!(days("+ ++ ++ ++ ++").met_on(), None);
    assert!(
        days("+ ++").mastery()["say_zh"]
            .as_str()
            .unwrap()
            .contains("还差 7 次、3 天")
    );
    // Old days leave the window once the rest suffices.
    assert_eq!(days("----- ++ ++ ++ ++ ++").met_on(), Some(6));
    // Reached and taken back.
    let lost = days("++ ++ ++ ++ ++ --- ---").mastery();
    assert_eq!((&lost["met"], &lost["on"]), (&json!(false), &json!(date(5))));
    // What was reached stays so when a colleague's days have left the window.
    let two = |day: u32, by: &str, file: File| file.record(day, json!({"by": by, "trials": ["I", "I"]}));
    let mut file = super::desk::file("percent", "pct>=80;op=10;days=5;people=2");
    for day in 1..=5 {
        file = two(day, if day == 1 { "B" } else { "A" }, file);
    }
    assert_eq!(file.met_on(), Some(5));
    for day in 6..=9 {
        file = two(day, "A", file);
    }
    assert_eq!((file.met_on(), &file.mastery()["people"]), (Some(5), &json!(1)));
}

#[test]
fn windows_of_latencies_and_levels() {
    let mut file = file("latency", "sec<=10;op=5;days=3").with("limit_s", json!(60));
    for (day, each) in [(1, json!([4, null])), (2, json!([12])), (3, json!([9, 10]))] {
        file = file.day(day, "latencies_s", each);
    }
    // 4, 9, 10, 12, none.
    assert_eq!(file.met_on(), Some(3));
    let more = file.clone().day(4, "latencies_s", json!([null]));
    assert_eq!(more.mastery()["run"], json!(6));
    assert_eq!(
        more.mastery()["met"],
        json!(false),
        "4 9 10 12 and two without: 11 in the middle"
    );
    let level = super::desk::file("prompt_level", "level<=G;share>=80%;op=5;days=2").day(1, "trials", tokens("I G V"));
    assert_eq!(level.day(2, "trials", tokens("I G")).met_on(), Some(2));
    let lasting = super::desk::file("duration", "sec>=30;op=2;days=2").record(1, json!({"episodes_s": [[0, 50]]}));
    assert_eq!(
        lasting.clone().record(2, json!({"episodes_s": [[0, 10]]})).met_on(),
        Some(2)
    );
    assert_eq!(lasting.record(2, json!({"episodes_s": [[0, 9]]})).met_on(), None);
}

#[test]
fn other_measures_master_as_well() {
    let days = |file: File, key: &str, data: &[serde_json::Value]| {
        data.iter().zip(1..).fold(file, |file, (data, day)| {
            file.record(day, json!({key: data, "observed_s": 60}))
        })
    };
    let lasting = days(
        file("duration", "sec>=60;run=2d"),
        "episodes_s",
        &[json!([[0, 59]]), json!([[0, 60]]), json!([[0, 30], [30, 60]])],
    );
    assert_eq!(lasting.met_on(), Some(3));
    let shorter = days(
        file("duration", "sec<=5;run=2d"),
        "episodes_s",
        &[json!([]), json!([[0, 5]])],
    );
    assert_eq!(shorter.met_on(), Some(2));
    let quick = days(
        file("latency", "sec<=3;min=3;run=2d"),
        "latencies_s",
        &[json!([1, 2, 3]), json!([1]), json!([3, 3, 9])],
    );
    assert_eq!(quick.met_on(), Some(3));
    // Nine, nine: no third one could bring the median to three.
    let slow = days(file("latency", "sec<=3;min=3;run=1d"), "latencies_s", &[json!([9, 9])]);
    assert_eq!(slow.mastery()["say_zh"], json!("已达标 0/1 天。"));
    let steps = days(
        file("task_analysis", "steps>=100%;run=2d"),
        "steps",
        &[tokens("I I N/A"), tokens("I I I")],
    );
    assert_eq!(steps.met_on(), Some(2));
    let looked = days(
        file("interval", "int<=10%;kind=pir;len=6s;run=1d"),
        "episodes_s",
        &[json!([[0, 6]])],
    );
    assert_eq!(looked.met_on(), Some(1));
    let level = days(
        file("prompt_level", "level<=V;share>=80%;min=5;run=2d"),
        "trials",
        &[tokens("V V V V -"), tokens("I I I I I")],
    );
    assert_eq!(level.met_on(), Some(2));
    let rate = days(file("rate", "count<=2/min;run=2d"), "events", &[json!(2), json!(0)]);
    assert_eq!(rate.met_on(), Some(2));
    let fluent = |correct: usize| {
        file("percent", "pct>=80;count>=20/min;run=1d")
            .record(1, json!({"trials": vec!["I"; correct], "observed_s": 60}))
    };
    assert_eq!((fluent(20).met_on(), fluent(19).met_on()), (Some(1), None));
}

#[test]
fn either_way_suffices() {
    let rule = "pct>=80;min=10;run=3d|pct>=100;min=5;run=1d";
    assert_eq!(met(rule, "8/10 8/10 8/10"), Some(3));
    assert_eq!(met(rule, "8/10 5/5"), Some(2));
    let file = scores(rule, "8/10 5/5");
    assert_eq!(
        (&file.points()[1]["meets"], &file.points()[1]["hollow"]),
        (&json!(true), &json!(false))
    );
    // The sentence is of the way that is further.
    assert!(
        scores(rule, "8/10 8/10").mastery()["say_zh"]
            .as_str()
            .unwrap()
            .starts_with("已达标 2/3 天")
    );
    let sessions = "pct>=80;run=3d|pct>=80;run=2d;unit=session";
    let twice = file_of_two_sessions(sessions);
    assert_eq!((twice.met_on(), twice.points().len()), (Some(1), 1));
}

fn file_of_two_sessions(rule: &str) -> File {
    let file = file("percent", rule).record(1, json!({"session": "am", "trials": ["I"]}));
    file.record(1, json!({"session": "pm", "trials": ["I"]}))
}

#[test]
fn later_data_take_it_back_and_give_it_again() {
    let lost = scores(RULE, "8/10 8/10 8/10 1/10").mastery();
    assert_eq!(
        (&lost["met"], &lost["on"], &lost["run"], &lost["people"]),
        (&json!(false), &json!(date(3)), &json!(0), &json!(0))
    );
    assert_eq!(
        lost["say_zh"],
        json!("已达标 0/3 天；2026 年 1 月 3 日曾达标，之后的数据未达到要求。")
    );
    let again = scores(RULE, "8/10 8/10 8/10 1/10 8/10 8/10 8/10").mastery();
    assert_eq!(
        (&again["met"], &again["on"], &again["run"]),
        (&json!(true), &json!(date(3)), &json!(3))
    );
    // A neutral day takes nothing back.
    assert_eq!(scores(RULE, "8/10 8/10 8/10 4/4").mastery()["met"], json!(true));
}

#[test]
fn nothing_at_all() {
    let mastery = file("percent", RULE).mastery();
    assert_eq!(
        (&mastery["met"], &mastery["on"], &mastery["run"]),
        (&json!(false), &json!(null), &json!(0))
    );
    assert_eq!(
        (&mastery["say_zh"], &mastery["say_en"]),
        (&json!("还没有数据。"), &json!("No data yet."))
    );
    assert_eq!(file("percent", RULE).points().len(), 0);
}
