//! Vectors 14 to 24, and others of runs.

use serde_json::json;

use super::desk::{File, date, file, score_of, tokens};

const RULE: &str = "pct>=80;min=10;run=3d";

fn scores(rule: &str, scores: &str) -> File {
    file("percent", rule).scores(scores)
}

/// The day on which a rule was first met, of these days.
fn met(rule: &str, days: &str) -> Option<u32> {
    scores(rule, days).met_on()
}

#[test]
fn vector_14_a_day_below_the_minimum_is_passed_over() {
    let file = scores(RULE, "8/10 9/10 6/6 8/10");
    assert_eq!(file.met_on(), Some(4));
    let third = &file.points()[2];
    assert_eq!(
        (&third["hollow"], &third["meets"], &third["value"]),
        (&json!(true), &json!(false), &json!(100.0))
    );
    let mastery = file.mastery();
    assert_eq!((&mastery["run"], &mastery["run_needed"]), (&json!(3), &json!(3)));
    assert_eq!(mastery["say_zh"], json!("2026 年 1 月 4 日达标：连续 3 天达到要求。"));
    assert_eq!(
        mastery["say_en"],
        json!("Met on 2026-01-04: 3 days in a row reach the rule.")
    );
    let before = scores(RULE, "8/10 9/10 6/6").mastery();
    assert_eq!(before["met"], json!(false));
    assert_eq!(
        before["say_zh"],
        json!("已达标 2/3 天；2026 年 1 月 3 日还差 4 个回合。")
    );
    assert_eq!(
        before["say_en"],
        json!("2 of 3 days met; 4 more trials needed on 2026-01-03.")
    );
}

#[test]
fn vector_15_four_in_a_row_with_a_short_friday() {
    // Monday, Wednesday, Thursday, Friday, Monday.
    assert_eq!(met("pct>=80;min=5;run=4d", "4/5 - 7/8 7/7 4/4 - - 5/5"), Some(8));
}

#[test]
fn vector_16_what_could_not_reach_it_any_more_breaks() {
    assert_eq!(met(RULE, "8/10 0/6 8/10 9/10 9/10"), Some(5));
    assert_eq!(scores(RULE, "8/10 0/6").mastery()["run"], json!(0));
    // 7 right and 3 wrong of 10 at best.
    assert_eq!(scores(RULE, "8/10 0/3").mastery()["run"], json!(0));
    assert_eq!(scores(RULE, "8/10 0/2").mastery()["run"], json!(1));
}

#[test]
fn vector_17_what_could_still_reach_it_does_not() {
    assert_eq!(met(RULE, "8/10 5/6 8/10 9/10"), Some(4));
}

#[test]
fn vector_18_rounding_decides_nothing() {
    assert_eq!(met(RULE, "159/200 8/10 8/10 8/10"), Some(4));
    assert_eq!(met(RULE, "159/200 8/10 8/10"), None);
}

#[test]
fn vector_19_days_in_a_row_are_days_with_data() {
    assert_eq!(met(RULE, "8/10 - 8/10 - 8/10"), Some(5));
    let empty = scores(RULE, "8/10 - 8/10")
        .day(2, "trials", json!([]))
        .scores("- - - 8/10");
    assert_eq!(empty.met_on(), Some(4));
    assert_eq!(empty.points().len(), 4);
    let far = scores(RULE, "8/10")
        .record(2, json!({"trials": score_of("8/10")}))
        .record(24, json!({"trials": score_of("8/10")}));
    assert!(far.mastery()["say_zh"].as_str().unwrap().contains("前后相隔 23 天"));
}

#[test]
fn vector_20_a_second_person() {
    let rule = "pct>=80;min=10;run=3d;people=2";
    let by_a = scores(rule, "9/10 9/10 9/10");
    let mastery = by_a.mastery();
    assert_eq!(
        (
            &mastery["met"],
            &mastery["run"],
            &mastery["people"],
            &mastery["people_needed"]
        ),
        (&json!(false), &json!(3), &json!(1), &json!(2))
    );
    assert_eq!(
        mastery["say_zh"],
        json!("连续 3 天达到要求，但只有 1 位老师，需要再有 1 位。")
    );
    let with_b = by_a.record(4, json!({"trials": score_of("9/10"), "by": "B"}));
    assert_eq!(with_b.met_on(), Some(4));
    assert_eq!(with_b.mastery()["people"], json!(2));
    // Whoever took down nothing but a void trial, or a day that does not count, has no part in it.
    let void = scores(rule, "9/10 9/10 9/10").record(3, json!({"trials": ["void"], "by": "B"}));
    assert_eq!(void.mastery()["people"], json!(1));
    let hollow = scores(rule, "9/10 9/10 9/10").record(4, json!({"trials": score_of("5/5"), "by": "B"}));
    assert_eq!(hollow.mastery()["people"], json!(1));
    // People of before the run do not count.
    let broken = file("percent", rule)
        .record(1, json!({"trials": score_of("9/10"), "by": "B"}))
        .record(2, json!({"trials": score_of("1/10"), "by": "B"}));
    assert_eq!(broken.scores("- - 9/10 9/10 9/10").mastery()["people"], json!(1));
}

#[test]
fn places_are_counted_like_people() {
    let at = |file: File, day: u32, place: &str| file.record(day, json!({"trials": score_of("9/10"), "place": place}));
    let one = scores("pct>=80;run=2d;place=2", "9/10 9/10");
    let mastery = one.mastery();
    assert_eq!(
        (&mastery["places"], &mastery["places_needed"], &mastery["met"]),
        (&json!(0), &json!(2), &json!(false))
    );
    let two = at(at(one, 3, "教室"), 4, "操场");
    assert_eq!(two.met_on(), Some(4));
    let said = at(scores("pct>=80;run=1d;place=2;people=2", "9/10"), 2, "教室").mastery()["say_zh"].clone();
    assert_eq!(
        said,
        json!("连续 2 天达到要求，但只有 1 位老师，需要再有 1 位；只在 1 个地点，需要再有 1 个。")
    );
}

#[test]
fn vector_21_sessions_of_a_day() {
    let three = |rule: &str| {
        let mut file = file("percent", rule);
        for (session, score) in [("one", "8/10"), ("two", "9/10"), ("three", "8/10")] {
            file = file.record(1, json!({"session": session, "trials": score_of(score)}));
        }
        file
    };
    let day = three(RULE);
    assert_eq!(
        (&day.point()["counted"], &day.point()["of"], &day.mastery()["run"]),
        (&json!(25), &json!(30), &json!(1))
    );
    let session = three("pct>=80;min=10;run=3d;unit=session");
    assert_eq!(session.met_on(), Some(1));
    assert_eq!(
        session.points().iter().map(|p| p["unit"].clone()).collect::<Vec<_>>(),
        [json!("one"), json!("two"), json!("three")]
    );
    assert!(session.mastery()["say_zh"].as_str().unwrap().contains("连续 3 次课"));
}

#[test]
fn the_same_name_on_two_days_is_two_sessions() {
    let rule = "pct>=80;min=10;run=2d;unit=session";
    assert_eq!(met(rule, "8/10 8/10"), Some(2));
    // Records of one session that come apart are one.
    let file = file("percent", rule).record(1, json!({"session": "a", "trials": score_of("5/5")}));
    let file = file
        .record(1, json!({"session": "b", "trials": score_of("0/10")}))
        .record(1, json!({"session": "a", "trials": score_of("3/5")}));
    assert_eq!(file.values(), [json!(80.0), json!(0.0)]);
    assert_eq!(file.mastery()["run"], json!(0));
}

#[test]
fn vector_22_the_first_trial_of_the_day() {
    let days = |rule: &str, marks: &str, rest: &str| {
        let mut file = file("percent", rule);
        for (mark, day) in marks.chars().zip(1..) {
            let first = if mark == '+' { "I" } else { "-" };
            file = file.day(day, "trials", tokens(&format!("{first} {rest}")));
        }
        file
    };
    for rest in ["", "- - -", "I I I"] {
        let file = days("pct>=80;probe=first;run=3d", "++-+++", rest);
        assert_eq!(file.met_on(), Some(6), "{rest:?}");
        assert_eq!(file.points()[2]["value"], json!(0.0));
        assert_eq!(file.points()[0]["of"], json!(1));
    }
    // A void trial is none; the next is the first.
    let file = file("percent", "pct>=80;probe=first;run=1d").day(1, "trials", tokens("void I - -"));
    assert_eq!(file.values(), [json!(100.0)]);
    // Trials of the day must be enough all the same.
    assert_eq!(
        days("pct>=80;probe=first;min=4;run=3d", "++-+++", "- - -").met_on(),
        Some(6)
    );
    assert_eq!(days("pct>=80;probe=first;min=4;run=3d", "++++++", "- -").met_on(), None);
    // All trials count, and the first must be right besides.
    let both = days("pct>=75;first=I;run=2d", "+-++", "I I I");
    assert_eq!(both.met_on(), Some(4));
    assert_eq!(
        (&both.points()[1]["value"], &both.points()[1]["meets"]),
        (&json!(75.0), &json!(false))
    );
    let prompted = super::desk::file("percent", "pct>=50;first=I;run=1d").with("counts_up_to", json!("G"));
    assert_eq!(prompted.day(1, "trials", tokens("G I")).met_on(), None);
}

#[test]
fn vector_23_four_of_the_last_five() {
    assert_eq!(met("pct>=80;run=4d;of=5", "9/10 7/10 8/10 9/10 17/20"), Some(5));
    assert_eq!(
        scores("pct>=80;run=4d;of=5", "9/10 7/10 8/10 9/10 17/20").mastery()["run"],
        json!(4)
    );
    assert_eq!(met("pct>=80;run=4d;of=5", "9/10 7/10 8/10 7/10 9/10 9/10"), None);
    assert_eq!(
        met("pct>=80;run=4d;of=5", "9/10 7/10 8/10 7/10 9/10 9/10 9/10"),
        Some(7)
    );
    // Taken back when two of the last five miss.
    let lost = scores("pct>=80;run=4d;of=5", "9/10 9/10 9/10 9/10 1/10 1/10").mastery();
    assert_eq!(
        (&lost["met"], &lost["on"], &lost["run"]),
        (&json!(false), &json!(date(4)), &json!(3))
    );
    let kept = scores("pct>=80;run=4d;of=5", "9/10 9/10 9/10 9/10 1/10").mastery();
    assert_eq!(kept["met"], json!(true));
}

#[test]
fn vector_24_less_of_it_with_enough_time_observed() {
    let file = |days: &[(u32, u32)]| {
        let mut file = file("frequency", "count<=1/day;run=5d;minutes>=20");
        for (&(events, minutes), day) in days.iter().zip(1..) {
            file = file.record(day, json!({"events": events, "minutes": minutes}));
        }
        file
    };
    let days = [(1, 20), (0, 30), (0, 10), (0, 20), (1, 25), (0, 20)];
    let met = file(&days);
    assert_eq!(met.met_on(), Some(6));
    let short = &met.points()[2];
    assert_eq!(
        (&short["minimum_met"], &short["hollow"], &short["value"]),
        (&json!(false), &json!(true), &json!(0.0))
    );
    assert_eq!(file(&days[..5]).mastery()["met"], json!(false));
    assert!(
        file(&days[..3]).mastery()["say_zh"]
            .as_str()
            .unwrap()
            .contains("还差 10 分钟观察")
    );
    // What happened in the short time is too much already.
    assert_eq!(file(&[(0, 20), (5, 10)]).mastery()["run"], json!(0));
    // One of two sessions each too short: together they are long enough.
    let halves = file(&[(0, 10)]).record(1, json!({"events": 1, "minutes": 10, "session": "pm"}));
    assert_eq!(halves.mastery()["run"], json!(1));
}
