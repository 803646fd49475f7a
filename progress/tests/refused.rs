//! What is refused, with one line that says where; and what is not.

use serde_json::{Value, json};

use super::desk::{File, file, refused, score_of};

#[test]
fn a_rule_that_nobody_understands() {
    let wrong = [
        "",
        ";",
        "pct",
        "pct>=",
        "pct>80",
        "pct=80",
        "pct>=80;",
        "pct>=101",
        "pct>=-1",
        "pct>=8O",
        "pct>=80;run=",
        "pct>=80;run=0d",
        "pct>=80;run=3x",
        "pct>=80;run=-3d",
        "pct>=80;run=3d;run=4d",
        "pct>=80;mn=10",
        "pct>=80;min=ten",
        "pct>=80;min=1.5",
        "pct>=80;min=99999999999",
        "pct>=80;people=0",
        "pct>=80;of=5",
        "pct>=80;run=5d;of=4",
        "pct>=80;days=5",
        "pct>=80;op=10;run=3d",
        "pct>=80;unit=week",
        "pct>=80;probe=last",
        "pct>=80;kind=pir",
        "pct>=80;share>=80%",
        "pct>=80;minutes=20",
        "pct>=80;first=X",
        "pct>=80|",
        "|pct>=80",
        "pct>=80 min=10",
        "PCT>=80",
        "pct>=80;steps>=90%",
        "pct>=80；run=3d",
        "count>=5",
        "sec<=3",
        "steps>=90%",
        "level<=G;share>=80%",
        "run=3d",
        "pct>=80;count>=5/session",
        "pct>=80;min=1;min=2",
        "pct>=1e2",
        "pct>=80.",
        "pct>=.5",
        "\u{202e}pct>=80",
    ];
    for rule in wrong {
        let error = file("percent", rule).refused();
        assert!(error.starts_with("target.rule: "), "{rule}: {error}");
    }
    for (measure, rule) in [
        ("task_analysis", "steps>=90"),
        ("frequency", "count>=5/week"),
        ("frequency", "count>=5/day;unit=session"),
        ("frequency", "count>=5;min=3"),
        ("frequency", "count>=5;op=3;days=2"),
        ("prompt_level", "level<=X;share>=80%"),
        ("prompt_level", "level<=G"),
        ("prompt_level", "level>=G;share>=80%"),
        ("interval", "int>=80%;kind=abc;len=10s"),
        ("interval", "int>=80%;kind=pir;len=10"),
        ("interval", "int>=80%;kind=pir;len=0s"),
        ("interval", "int>=80%"),
        ("duration", "sec>=60;first=I"),
        ("duration", "pct>=60"),
        ("rate", "sec>=60"),
        ("latency", "count>=60"),
    ] {
        let error = file(measure, rule).refused();
        assert!(error.starts_with("target.rule: "), "{rule}: {error}");
    }
}

#[test]
fn tokens_in_any_order_say_the_same() {
    let said = |rule: &str| file("percent", rule).scores("8/10 9/10 6/6 8/10").said();
    let usual = said("pct>=80;min=10;run=3d;people=1");
    for other in [
        "people=1;run=3d;min=10;pct>=80",
        "run=3d;pct>=80;people=1;min=10",
        " pct >= 80 ; min = 10 ; run = 3d ; people = 1 ",
        "run=3;pct>=80.0%;min=10;unit=day",
    ] {
        assert_eq!(said(other), usual, "{other}");
    }
}

#[test]
fn a_target_that_nobody_understands() {
    let good = || file("percent", "pct>=80;run=3d").scores("8/10");
    let cases: [(File, &str); 14] = [
        (file("percents", "pct>=80"), "target.measure"),
        (file("", "pct>=80"), "target.measure"),
        (file("Percent", "pct>=80"), "target.measure"),
        (good().with("ladder", json!(["G", "V"])), "target.ladder"),
        (good().with("ladder", json!([])), "target.ladder"),
        (good().with("ladder", json!(["G", "G", "I"])), "target.ladder"),
        (good().with("ladder", json!(["", "I"])), "target.ladder"),
        (good().with("ladder", json!(["NR", "I"])), "target.ladder"),
        (good().with("ladder", json!("I")), "invalid type"),
        (good().with("counts_up_to", json!("X")), "target.counts_up_to"),
        (good().with("no_response", json!("ignored")), "target.no_response"),
        (
            good().with("interval", json!({"kind": "xyz", "length_s": 10})),
            "target.interval.kind",
        ),
        (
            good().with("interval", json!({"kind": "pir", "length_s": 0})),
            "target.interval.length_s",
        ),
        (good().with("rule", json!(5)), "invalid type"),
    ];
    for (file, place) in cases {
        let error = file.refused();
        assert!(error.contains(place), "{error}");
    }
    // What is not said is as usual, also where nothing is said in so many words.
    let null = good()
        .with("ladder", json!(null))
        .with("counts_up_to", json!(null))
        .with("interval", json!(null))
        .with("colour", json!([1]));
    assert_eq!(null.said(), good().said());
}

#[test]
fn a_record_that_nobody_understands() {
    let with =
        |key: &str, value: Value| file("percent", "pct>=80;run=3d").record(1, json!({"trials": ["I"], key: value}));
    let cases = [
        ("day", json!("2026-02-30"), "records[0]: day"),
        ("day", json!("01.02.2026"), "records[0]: day"),
        ("day", json!("2026-2-3"), "records[0]: day"),
        ("day", json!(""), "records[0]: day"),
        ("day", json!(5), "invalid type"),
        ("by", json!(""), "invalid value"),
        ("by", json!(null), "invalid type"),
        ("session", json!("  "), "invalid value"),
        ("session", json!([]), "invalid type"),
        ("minutes", json!(-1), "invalid value"),
        ("minutes", json!("20"), "invalid type"),
        ("observed_s", json!(1e300), "invalid value"),
        ("observed_s", json!(u64::MAX), "invalid value"),
        ("trials", json!(["X"]), "trials[0]"),
        ("trials", json!(["I", "-X"]), "trials[1]"),
        ("trials", json!(["I", "i"]), "trials[1]"),
        ("trials", json!(["I", ""]), "trials[1]"),
        ("trials", json!(["N/A"]), "trials[0]"),
        ("trials", json!(["I", "a\nb"]), "trials[1]"),
        ("trials", json!([1]), "invalid type"),
        ("trials", json!("I"), "invalid type"),
        ("trials", json!(null), "trials is missing"),
    ];
    for (key, value, place) in cases {
        let error = with(key, value.clone()).refused();
        assert!(error.contains(place), "{key} {value}: {error}");
    }
    let other = |measure: &str, rule: &str, data: Value| file(measure, rule).record(1, data).refused();
    for (error, place) in [
        (other("frequency", "count>=5", json!({"events": -1})), "invalid value"),
        (other("frequency", "count>=5", json!({"events": 1.5})), "invalid value"),
        (
            other("frequency", "count>=5", json!({"events": 1_000_001})),
            "invalid value",
        ),
        (
            other("frequency", "count>=5", json!({"trials": ["I"]})),
            "events is missing",
        ),
        (
            other("duration", "sec>=5", json!({"episodes_s": [[5, 3]]})),
            "ends before",
        ),
        (
            other("duration", "sec>=5", json!({"episodes_s": [[-5, 3]]})),
            "invalid value",
        ),
        (
            other("duration", "sec>=5", json!({"episodes_s": [[5]]})),
            "invalid length",
        ),
        (
            other("duration", "sec>=5", json!({"episodes_s": [[1, 2, 3]]})),
            "trailing",
        ),
        (
            other("duration", "sec>=5", json!({"episodes_s": [[1, null]]})),
            "no end",
        ),
        (
            other("latency", "sec<=5", json!({"latencies_s": [-1]})),
            "invalid value",
        ),
        (
            other("latency", "sec<=5", json!({"latencies_s": ["1"]})),
            "invalid type",
        ),
        (
            other("task_analysis", "steps>=90%", json!({"steps": ["n/a"]})),
            "steps[0]",
        ),
    ] {
        assert!(error.contains(place), "{error}");
    }
}

#[test]
fn a_file_that_is_none() {
    for text in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"target\": {}}",
        "\u{0}",
        "{\"target\":{\"measure\":\"percent\"},\"records\":[]}",
        "{\"target\": 1, \"records\": []} x",
    ] {
        refused(text);
    }
    let good = file("percent", "pct>=80").json();
    refused(&good.replace("\"records\":[]", "\"records\":[],\"records\":[]"));
    refused(&good.replace("[]", "{}"));
    assert!(progress::file::progress(&[0xff, 0xfe, 0x00]).is_err());
    assert!(progress::file::progress(format!("\u{feff}{good}").as_bytes()).is_ok());
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    refused(&deep);
    assert!(refused(&good.replace("percent", "per\\ncent\\u0007")).contains("target.measure"));
}

#[test]
fn names_are_anything() {
    let file = |by: Value| {
        file("percent", "pct>=80;run=1d;people=2")
            .record(1, json!({"trials": score_of("9/10"), "by": by, "session": 1}))
    };
    let two = file(json!("王老师")).record(
        2,
        json!({"trials": score_of("9/10"), "by": "👩‍🏫 李", "session": "晨课", "note": {"x": [1]}}),
    );
    assert_eq!(two.met_on(), Some(2));
    assert_eq!(
        file(json!(7))
            .record(2, json!({"trials": score_of("9/10"), "by": "7"}))
            .mastery()["people"],
        json!(1)
    );
    let huge = "字".repeat(10_000);
    assert_eq!(file(json!(huge)).mastery()["people"], json!(1));
}
