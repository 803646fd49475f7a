//! What is handed in, and how it is refused.

use super::*;

#[test]
fn invalid_answers_are_refused_with_one_line() {
    let long = format!("{{\"1\": \"{}\"}}", "x".repeat(100_000));
    let nested = "[".repeat(5_000);
    let cases = [
        ("nope", "{}", "there is no instrument"),
        ("abc", "", "not one JSON object"),
        ("abc", "[]", "not one JSON object"),
        ("abc", "null", "not one JSON object"),
        ("abc", "{\"1\": \"yes\"", "not one JSON object"),
        ("abc", "{\"1\": \"yes\"} {}", "not one JSON object"),
        ("abc", "{\"1\": \"yes\", \"1\": \"no\"}", "answered twice"),
        ("abc", "{\"1\": null, \"1\": \"no\"}", "answered twice"),
        ("abc", "{\"58\": \"yes\"}", "no item \"58\""),
        ("abc", "{\"a\\nb\\u0007\": \"yes\"}", "no item"),
        (
            "abc",
            "{\"1\": \"maybe\"}",
            "item 1 cannot be answered \"maybe\"; use one of yes, no",
        ),
        ("abc", "{\"1\": true}", "needs a word or a number"),
        ("abc", "{\"1\": 1}", "cannot be answered \"1\""),
        ("abc", "{\"1\": [\"yes\"]}", "needs a word or a number"),
        ("atec", "{\"I1\": 3}", "use one of 0, 1, 2"),
        ("atec", "{\"I1\": -1}", "use one of 0, 1, 2"),
        ("atec", "{\"I1\": NaN}", "not one JSON object"),
        ("atec", "{\"I1\": 1e999}", "not one JSON object"),
        ("atec", "{\"I1\": 1e300}", "not usable"),
        ("atec", "{\"I1\": 0.1000000001}", "not usable"),
        ("abc", long.as_str(), "larger than"),
        ("abc", nested.as_str(), "not one JSON object"),
    ];
    for (code, answers, expected) in cases {
        let line = refusal(code, answers);
        assert!(line.contains(expected), "{answers:.60} gave {line}");
        assert!(line.len() < 400, "a short line: {line}");
    }
    assert!(
        score_command("abc", "{}", Some(99_999), None)
            .expect_err("refused")
            .contains("not a possible age")
    );
    assert!(
        score_command("atec", "{}", None, Some("x"))
            .expect_err("refused")
            .contains("no cut-off sets")
    );
}

#[test]
fn null_means_not_answered() {
    let object = printed("abc", &with(all(1..=57, "no"), json!({ "9": null })), None, None);
    assert_eq!(object["missing"], json!(["9"]));
}

#[test]
fn points_are_exact_and_print_as_people_write_them() {
    for (text, shown) in [
        ("31", "31"),
        ("29.5", "29.5"),
        ("2.0", "2"),
        ("-0.5", "-0.5"),
        ("0", "0"),
    ] {
        assert_eq!(Points::parse(text).expect(text).to_string(), shown);
    }
    for text in ["", "-", ".5", "5.", "1.25", "1e3", "NaN", "inf", "99999999", "٣", "+1"] {
        assert_eq!(Points::parse(text), None, "{text}");
    }
    let ten: Points = std::iter::repeat_n(Points::parse("0.1").expect("tenth"), 10).sum();
    assert_eq!(ten, Points::whole(1));
}
