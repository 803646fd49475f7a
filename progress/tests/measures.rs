//! Vectors 1 to 13, and others of each measure.

use serde_json::{Value, json};

use super::desk::{File, file, score_of, tokens};

const TEN: &str = "I I G V - NR I PP I -";

fn percent(counts_up_to: &str) -> File {
    let file = file("percent", "pct>=80;min=10;run=3d").with("counts_up_to", json!(counts_up_to));
    file.day(1, "trials", tokens(TEN))
}

fn has(point: &Value, parts: Value) {
    for (key, value) in parts.as_object().unwrap() {
        assert_eq!(point[key], *value, "{key} of {point}");
    }
}

#[test]
fn vector_1_independent_only() {
    let point = percent("I").point();
    has(
        &point,
        json!({"unit": "2026-01-01", "value": 40.0, "counted": 4, "of": 10, "with_help": 70.0}),
    );
    has(&point, json!({"minimum_met": true, "meets": false, "hollow": false}));
}

#[test]
fn vector_2_counts_up_to_gesture() {
    has(
        &percent("G").point(),
        json!({"value": 50.0, "counted": 5, "of": 10, "with_help": 70.0}),
    );
}

#[test]
fn vector_3_any_prompt_counts() {
    has(&percent("FP").point(), json!({"value": 70.0, "counted": 7, "of": 10}));
}

#[test]
fn vector_4_no_response_left_out() {
    let file = percent("I").with("no_response", json!("left_out"));
    has(
        &file.point(),
        json!({"value": 44.4, "counted": 4, "of": 9, "with_help": 77.8, "minimum_met": false, "hollow": true}),
    );
}

#[test]
fn vector_5_exactly_and_not_rounded() {
    let file = file("percent", "pct>=80;run=1d").day(1, "trials", score_of("159/200"));
    has(&file.point(), json!({"value": 79.5, "meets": false}));
    assert_eq!(file.mastery()["met"], json!(false));
    let nearly = super::desk::file("percent", "pct>=80;run=1d").day(1, "trials", score_of("7999/10000"));
    has(&nearly.point(), json!({"value": 80.0, "meets": false}));
    let third = super::desk::file("percent", "pct>=33.333333333;run=1d").day(1, "trials", score_of("1/3"));
    has(&third.point(), json!({"value": 33.3, "meets": true}));
    let third = super::desk::file("percent", "pct>=33.333333334;run=1d").day(1, "trials", score_of("1/3"));
    has(&third.point(), json!({"value": 33.3, "meets": false}));
}

fn two_sessions(rule: &str) -> File {
    let file = file("percent", rule).record(1, json!({"session": "am", "trials": score_of("2/4")}));
    file.record(1, json!({"session": "pm", "trials": score_of("9/10")}))
}

#[test]
fn vector_6_trials_are_pooled() {
    has(
        &two_sessions("pct>=80;run=3d").point(),
        json!({"value": 78.6, "counted": 11, "of": 14}),
    );
    let sessions = two_sessions("pct>=80;run=3d;unit=session");
    assert_eq!(sessions.values(), [json!(50.0), json!(90.0)]);
    assert_eq!(sessions.points()[1]["unit"], json!("pm"));
}

#[test]
fn vector_7_rate_by_the_time_observed() {
    let rate = || file("rate", "count>=15/h;run=1d");
    let one = rate().record(1, json!({"events": 12, "minutes": 20.5}));
    has(
        &one.point(),
        json!({"value": 35.1, "counted": null, "of": null, "with_help": null, "meets": true}),
    );
    let same = rate().record(1, json!({"events": 12, "observed_s": 1230}));
    assert_eq!(same.values(), one.values());
    let two = rate().record(1, json!({"events": 6, "minutes": 15}));
    let two = two.record(1, json!({"events": 6, "minutes": 30, "session": "pm"}));
    has(&two.point(), json!({"value": 16.0, "meets": true}));
    let per_minute = file("rate", "count>=0.585365853/min;run=1d").record(1, json!({"events": 12, "minutes": 20.5}));
    assert_eq!(per_minute.point()["meets"], json!(true));
    let per_minute = file("rate", "count>=0.585365854/min;run=1d").record(1, json!({"events": 12, "minutes": 20.5}));
    assert_eq!(per_minute.point()["meets"], json!(false));
    // Events whose time nobody knows say nothing about a rate.
    let untimed = rate()
        .record(1, json!({"events": 6, "minutes": 15}))
        .record(1, json!({"events": 100}));
    assert_eq!(untimed.values(), [json!(24.0)]);
    assert_eq!(rate().record(1, json!({"events": 5})).values(), [Value::Null]);
}

#[test]
fn vector_8_duration_in_all() {
    let file =
        |episodes: Value| file("duration", "sec>=60;run=3d").record(1, json!({"episodes_s": episodes, "minutes": 10}));
    has(
        &file(json!([[0, 12], [100, 145], [200, 203]])).point(),
        json!({"value": 60.0, "meets": true, "counted": null}),
    );
    // Once at a time, whatever the order; what has no length is nothing.
    assert_eq!(
        file(json!([[20, 30], [0, 10], [5, 25], [40, 40]])).values(),
        [json!(30.0)]
    );
    // What was still going on is closed where the observation ends.
    assert_eq!(file(json!([[590, 700]])).values(), [json!(10.0)]);
    assert_eq!(file(json!([[590, null]])).values(), [json!(10.0)]);
    assert_eq!(file(json!([[0, 0.1], [1, 1.2]])).values(), [json!(0.3)]);
    assert_eq!(file(json!([])).values(), [json!(0.0)]);
}

#[test]
fn vector_9_no_response_is_longer_than_any() {
    let file = |latencies: Value| {
        file("latency", "sec<=3.5;min=5;run=1d").record(1, json!({"latencies_s": latencies, "limit_s": 10}))
    };
    has(
        &file(json!([2.0, 3.5, 1.0, null, 4.5])).point(),
        json!({"value": 3.5, "meets": true, "of": null}),
    );
    has(
        &file(json!([2.0, null, null, null, 4.5])).point(),
        json!({"value": 10.0, "meets": false, "minimum_met": true}),
    );
    has(
        &file(json!([2.0, 3.0, 4.0, 5.0])).point(),
        json!({"value": 3.5, "meets": false, "hollow": true}),
    );
    // Half-way to no response is no response.
    assert_eq!(file(json!([2.0, null])).values(), [json!(10.0)]);
    assert_eq!(file(json!([])).values(), [Value::Null]);
    // A limit of a minute does not make a median of it meet a rule of an hour.
    let slow = super::desk::file("latency", "sec<=3600;run=1d").with("limit_s", json!(60));
    has(
        &slow.clone().day(1, "latencies_s", json!([null])).point(),
        json!({"value": 60.0, "meets": false, "hollow": false}),
    );
    let unknown = super::desk::file("latency", "sec<=3600;run=1d").day(1, "latencies_s", json!([null]));
    has(&unknown.point(), json!({"value": null, "meets": false}));
}

fn intervals(kind: &str, observed: f64) -> File {
    let file = file("interval", "int>=80%;run=3d").with("interval", json!({"kind": kind, "length_s": 10}));
    file.record(
        1,
        json!({"episodes_s": [[3, 5], [12, 32], [47, 48]], "observed_s": observed}),
    )
}

#[test]
fn vector_10_three_ways_to_look_at_intervals() {
    has(
        &intervals("pir", 60.0).point(),
        json!({"value": 83.3, "counted": 5, "of": 6, "meets": true}),
    );
    has(
        &intervals("wir", 60.0).point(),
        json!({"value": 16.7, "counted": 1, "of": 6}),
    );
    has(
        &intervals("mts", 60.0).point(),
        json!({"value": 33.3, "counted": 2, "of": 6}),
    );
}

#[test]
fn vector_11_an_interval_that_is_cut() {
    has(
        &intervals("pir", 45.0).point(),
        json!({"value": 100.0, "counted": 4, "of": 4}),
    );
    has(
        &intervals("wir", 45.0).point(),
        json!({"value": 25.0, "counted": 1, "of": 4}),
    );
    has(
        &intervals("mts", 45.0).point(),
        json!({"value": 50.0, "counted": 2, "of": 4}),
    );
    // Seen in the part that there was: it stays.
    has(
        &intervals("pir", 47.5).point(),
        json!({"value": 100.0, "counted": 5, "of": 5}),
    );
    has(&intervals("wir", 47.5).point(), json!({"of": 4}));
    has(
        &intervals("pir", 0.0).point(),
        json!({"value": null, "counted": 0, "of": 0, "hollow": false}),
    );
}

#[test]
fn intervals_at_their_edges() {
    let look = |kind: &str, episodes: Value| {
        let file = file("interval", &format!("int>=80%;kind={kind};len=10s;run=3d"));
        let point = file
            .record(1, json!({"episodes_s": episodes, "observed_s": 30}))
            .point();
        (point["counted"].as_u64().unwrap(), point["of"].as_u64().unwrap())
    };
    // An episode holds up to, not including, its end.
    assert_eq!(look("mts", json!([[0, 10]])), (0, 3));
    assert_eq!(look("mts", json!([[10, 11]])), (1, 3));
    assert_eq!(look("mts", json!([[25, 40]])), (1, 3));
    assert_eq!(look("pir", json!([[0, 10]])), (1, 3));
    assert_eq!(look("pir", json!([[10, 10]])), (0, 3));
    assert_eq!(look("wir", json!([[0, 5], [5, 10]])), (1, 3));
    assert_eq!(look("wir", json!([[0, 9.999], [10, 20]])), (1, 3));
    assert_eq!(look("pir", json!([[1, 2], [3, 4], [8, 12]])), (2, 3));
    assert_eq!(look("pir", json!([[100, 200]])), (0, 3));
    // The target's own way of looking stands before the rule's.
    let own =
        file("interval", "int>=80%;kind=mts;len=30s;run=3d").with("interval", json!({"kind": "pir", "length_s": 10}));
    assert_eq!(
        own.record(1, json!({"episodes_s": [[1, 2]], "observed_s": 30}))
            .values(),
        [json!(33.3)]
    );
}

#[test]
fn vector_12_steps_that_did_not_apply_leave() {
    let file = file("task_analysis", "steps>=90%;run=3d").day(1, "steps", tokens("I I V I PP I N/A -"));
    has(
        &file.point(),
        json!({"value": 57.1, "counted": 4, "of": 7, "with_help": 85.7}),
    );
    let none = super::desk::file("task_analysis", "steps>=90%;run=3d").day(1, "steps", tokens("N/A N/A"));
    has(
        &none.point(),
        json!({"value": null, "counted": 0, "of": 0, "with_help": null}),
    );
}

#[test]
fn vector_13_zero_is_not_none() {
    let file = |trials: Value| file("percent", "pct>=80;min=5;run=3d").day(1, "trials", trials).point();
    has(
        &file(json!([])),
        json!({"value": null, "counted": 0, "of": 0, "with_help": null, "minimum_met": false, "hollow": false}),
    );
    has(
        &file(score_of("0/5")),
        json!({"value": 0.0, "counted": 0, "of": 5, "with_help": 0.0, "minimum_met": true}),
    );
    has(
        &file(tokens("void void")),
        json!({"value": null, "of": 0, "hollow": false}),
    );
    let count = |parts: Value| {
        super::desk::file("frequency", "count<=1/day;run=1d")
            .record(1, parts)
            .values()
    };
    assert_eq!(count(json!({"events": 0, "minutes": 20})), [json!(0.0)]);
    assert_eq!(count(json!({"events": 0, "minutes": 0})), [Value::Null]);
    assert_eq!(count(json!({"events": 0})), [Value::Null]);
    assert_eq!(count(json!({"events": 2})), [json!(2.0)]);
    assert_eq!(count(json!({"events": 0, "observed_s": 1})), [json!(0.0)]);
    let lasting = super::desk::file("duration", "sec<=60;run=1d").day(1, "episodes_s", json!([]));
    assert_eq!(lasting.values(), [Value::Null]);
}

#[test]
fn a_level_counts_what_needs_no_more_help() {
    let file = file("prompt_level", "level<=G;share>=80%;min=5;run=3d").day(1, "trials", tokens("I G G V -"));
    has(
        &file.point(),
        json!({"value": 60.0, "counted": 3, "of": 5, "with_help": 80.0, "minimum_met": true}),
    );
    let file = super::desk::file("prompt_level", "level<=V;share>=80%;run=3d").day(1, "trials", tokens("I G V NR -G"));
    has(&file.point(), json!({"value": 60.0, "counted": 3, "of": 5}));
    let own = super::desk::file("prompt_level", "level<=手势;share>=50%;run=1d")
        .with("ladder", json!(["全辅", "手势", "口头", "I"]));
    has(
        &own.day(1, "trials", tokens("口头 全辅 -全辅 手势")).point(),
        json!({"value": 50.0, "meets": true}),
    );
}

#[test]
fn events_by_the_session_are_the_mean_of_the_day() {
    let day = |first: u32, second: u32| {
        let file = file("frequency", "count>=5/session;run=1d").record(1, json!({"events": first, "session": "am"}));
        file.record(1, json!({"events": second, "session": "pm", "minutes": 30}))
            .point()
    };
    has(&day(4, 6), json!({"value": 5.0, "meets": true}));
    has(&day(4, 5), json!({"value": 4.5, "meets": false}));
    has(&day(5, 0), json!({"value": 2.5, "meets": false}));
    // Two people in one session are one session.
    let both = file("frequency", "count>=5/session;run=1d")
        .record(1, json!({"events": 2}))
        .record(1, json!({"events": 3, "by": "B"}));
    has(&both.point(), json!({"value": 5.0, "meets": true}));
    let pace = file("frequency", "count>=6/min;run=1d").record(1, json!({"events": 30, "minutes": 5}));
    has(&pace.point(), json!({"value": 30.0, "meets": true}));
    let untimed = file("frequency", "count>=6/min;run=1d").record(1, json!({"events": 30}));
    has(&untimed.point(), json!({"value": 30.0, "meets": false, "hollow": true}));
}

#[test]
fn numbers_are_rounded_half_up() {
    for (score, shown) in [
        ("2/3", 66.7),
        ("15/19", 78.9),
        ("1/16", 6.3),
        ("1/3", 33.3),
        ("1999/2000", 100.0),
    ] {
        let file = file("percent", "pct>=100;run=1d").day(1, "trials", score_of(score));
        has(&file.point(), json!({"value": shown, "meets": false}));
    }
}
