//! The forty checks beyond the examples, and amounts in words read again.

use serde_json::json;
use subsidy::{Fen, anomaly, words};

#[test]
fn forty_checks_are_there_each_with_its_words_and_inputs() {
    let numbers: Vec<u32> = anomaly::checks().iter().map(|check| check.number).collect();
    assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
    for check in anomaly::checks() {
        assert!(!check.title().zh.is_empty() && !check.title().en.is_empty() && !check.inputs.is_empty());
        assert_eq!(anomaly::check(check.key).unwrap().number, check.number);
        // Nothing to look at is nothing to flag.
        assert!(
            !check.look(&anomaly::Given::default(), check.over).flag,
            "{}",
            check.key
        );
    }
}

#[test]
fn the_near_miss_of_each_hit_is_no_hit() {
    let look = |key: &str, given: serde_json::Value, over: Option<i64>| {
        let given: anomaly::Given = serde_json::from_value(given).unwrap();
        let found = anomaly::check(key).unwrap().look(&given, over);
        (found.measure, found.flag)
    };
    let at = |start: &str, end: &str, more: serde_json::Value| {
        let mut session = json!({"date": "2026-03-04", "start": start, "end": end});
        session
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().cloned().unwrap());
        session
    };
    let child = |place: &str| json!({"child": 1, "institution": place});
    let two = |end: &str| json!({"sessions": [at("9:00", end, child("A")), at("09:40", "10:20", child("B"))]});
    assert_eq!(look("child_two_places", two("09:40"), None), (0, false));
    assert_eq!(look("child_two_places", two("09:41"), None), (1, true));
    let group = |billed: &str| {
        json!({"sessions": [at("9:00", "9:40", json!({"teacher": 7, "child": 1, "billed": "single"})),
        at("9:00", "9:40", json!({"teacher": 7, "child": 2, "billed": billed}))]})
    };
    assert_eq!(look("group_billed_single", group("single"), None), (1, true));
    let early = json!({"open": "08:00", "close": "17:30", "sessions": [at("07:59", "08:40", json!({})), at("16:50", "17:31", json!({}))]});
    assert_eq!(look("outside_hours", early, None), (2, true));
    assert_eq!(
        look(
            "ineligible_age",
            json!({"birth": "2020-02-29", "below": 7, "dates": ["2027-03-01"]}),
            None
        ),
        (1, true)
    );
    assert_eq!(
        look(
            "breaks_billed",
            json!({"billed_minutes": 480, "present_minutes": 480, "break_minutes": 150}),
            None
        ),
        (150, true)
    );
    assert_eq!(
        look(
            "invoice_twice",
            json!({"invoices": [{"number": "1"}, {"number": "1"}]}),
            None
        ),
        (1, true)
    );
    assert_eq!(
        look(
            "prepaid_too_far",
            json!({"prepaid_fen": 300_001, "month_fee_fen": 300_000, "max_months": 1}),
            None
        ),
        (300_001, true)
    );
    assert_eq!(
        look("spike", json!({"now": 60, "before": [20, 22, 24]}), Some(20_000)),
        (27_273, true)
    );
    assert_eq!(
        look("spike", json!({"now": 60, "before": []}), Some(20_000)),
        (0, false)
    );
    assert_eq!(
        look(
            "plan_expired",
            json!({"dates": ["2026-07-01"], "plans": [{"from": "2026-01-01", "to": "2026-06-30"}]}),
            None
        ),
        (1, true)
    );
    assert_eq!(
        look(
            "device_not_handed_over",
            json!({"paid_on": "2026-03-01", "today": "2026-06-05"}),
            Some(30)
        ),
        (96, true)
    );
}

#[test]
fn written_amounts_are_read_again() {
    for fen in [1_i64, 100_050, -40_000, 10_700_053, 99_999_999_999_999, 105_000_000_000] {
        let words = words::amount(Fen::new(fen)).unwrap();
        for form in words.also.iter().chain([&words.printed]) {
            assert_eq!(words::read(form), Some(Fen::new(fen)), "{form}");
        }
    }
}
