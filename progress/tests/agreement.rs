//! Vectors 29 to 34, and others of each method.

use progress::file;
use serde_json::{Value, json};

fn agree(method: &str, a: Value, b: Value) -> (Value, Value) {
    let text = json!({"method": method, "a": a, "b": b}).to_string();
    let said = file::agreement(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said.as_object().unwrap().len(), 2);
    (said["agreement"].clone(), said["kappa"].clone())
}

fn percent(method: &str, a: Value, b: Value) -> Value {
    let (percent, kappa) = agree(method, a, b);
    assert_eq!(kappa, Value::Null);
    percent
}

#[test]
fn vector_29_counts_by_the_minute() {
    let a = json!([1, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let b = json!([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4]);
    assert_eq!(percent("total", a.clone(), b.clone()), json!(100.0));
    assert_eq!(percent("mean_count", a.clone(), b.clone()), json!(70.0));
    assert_eq!(percent("exact_count", a, b), json!(66.7));
}

#[test]
fn vector_30_intervals() {
    let (a, b) = (json!([1, 0, 0, 0, 1, 1, 0]), json!([0, 0, 0, 0, 1, 1, 1]));
    assert_eq!(agree("interval", a.clone(), b.clone()), (json!(71.4), json!(0.417)));
    assert_eq!(percent("scored", a.clone(), b.clone()), json!(50.0));
    assert_eq!(percent("unscored", a, b), json!(60.0));
    let words = json!([true, false, true]);
    assert_eq!(agree("interval", words, json!([1, 0, 0])), (json!(66.7), json!(0.4)));
}

#[test]
fn vector_31_durations() {
    let (a, b) = (json!([10, 60, 30]), json!([20, 50, 30]));
    assert_eq!(percent("duration_total", a.clone(), b.clone()), json!(100.0));
    assert_eq!(percent("duration_mean", a, b), json!(77.8));
    assert_eq!(percent("duration_total", json!([10.5]), json!([10, 11])), json!(50.0));
    assert_eq!(percent("duration_mean", json!([0, 0.1]), json!([0, 0.3])), json!(66.7));
}

#[test]
fn vector_32_trials() {
    let a = ["I", "I", "G", "-", "NR", "I", "I", "I", "-", "V"];
    let b = ["I", "I", "G", "-", "NR", "I", "I", "I", "-", "G"];
    let (percent, kappa) = agree("trial", json!(a), json!(b));
    assert_eq!(percent, json!(90.0));
    // 90 of a hundred observed; by chance 25 for I, 2 for G, 4 for - and 1 for NR.
    assert_eq!(kappa, json!(0.853));
    assert_eq!(
        agree("trial", json!(["I", "I"]), json!(["-", "-"])),
        (json!(0.0), json!(0.0))
    );
    assert_eq!(
        agree("trial", json!(["I", "-"]), json!(["-", "I"])),
        (json!(0.0), json!(-1.0))
    );
}

#[test]
fn vector_33_latencies() {
    assert_eq!(percent("latency", json!([2, 4, 5]), json!([3, 4, 4])), json!(82.2));
    assert_eq!(
        percent("latency", json!([2, null, null]), json!([2, null, 3])),
        json!(66.7)
    );
}

#[test]
fn vector_34_both_saw_nothing() {
    let none = json!([0, 0, 0, 0]);
    assert_eq!(percent("exact_count", none.clone(), none.clone()), json!(100.0));
    assert_eq!(percent("mean_count", none.clone(), none.clone()), json!(100.0));
    assert_eq!(percent("total", none.clone(), none.clone()), json!(100.0));
    // Chance alone agrees wholly: there is no kappa.
    assert_eq!(
        agree("interval", none.clone(), none.clone()),
        (json!(100.0), Value::Null)
    );
    assert_eq!(percent("scored", none.clone(), none.clone()), Value::Null);
    assert_eq!(percent("unscored", none.clone(), none), json!(100.0));
    let all = json!([1, 1]);
    assert_eq!(percent("unscored", all.clone(), all.clone()), Value::Null);
    assert_eq!(percent("scored", all.clone(), all), json!(100.0));
    for method in [
        "total",
        "mean_count",
        "exact_count",
        "interval",
        "scored",
        "unscored",
        "trial",
        "duration_total",
        "duration_mean",
        "latency",
    ] {
        assert_eq!(
            agree(method, json!([]), json!([])),
            (Value::Null, Value::Null),
            "{method}"
        );
    }
}

#[test]
fn totals_need_not_be_as_many() {
    assert_eq!(percent("total", json!([4]), json!([1, 1, 3])), json!(80.0));
    assert_eq!(percent("total", json!([]), json!([3])), json!(0.0));
    assert_eq!(percent("duration_total", json!([0]), json!([0, 0])), json!(100.0));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let cases = [
        (json!({"method": "kappa", "a": [], "b": []}), "method"),
        (json!({"method": "exact_count", "a": [1], "b": []}), "b: has 0"),
        (json!({"method": "trial", "a": ["I"], "b": ["I", "I"]}), "b: has 2"),
        (json!({"method": "latency", "a": [1], "b": [1, 2]}), "b: has 2"),
        (json!({"method": "duration_mean", "a": [1], "b": [1, 2]}), "b: has 2"),
        (json!({"method": "exact_count", "a": [1.5], "b": [1]}), "a[0]"),
        (json!({"method": "total", "a": [1, -1], "b": [1]}), "a[1]"),
        (json!({"method": "interval", "a": [2], "b": [1]}), "a[0]"),
        (json!({"method": "scored", "a": ["1"], "b": [1]}), "a[0]"),
        (json!({"method": "unscored", "a": [1], "b": [null]}), "b[0]"),
        (json!({"method": "trial", "a": [null], "b": ["I"]}), "a[0]"),
        (json!({"method": "duration_total", "a": ["x"], "b": [1]}), "a[0]"),
        (json!({"method": "duration_total", "a": [null], "b": [1]}), "a[0]"),
        (json!({"method": "total", "a": 5, "b": [1]}), "invalid type"),
        (json!({"method": "total", "a": [1]}), "missing field"),
        (json!({"a": [1], "b": [1]}), "missing field"),
        (json!([]), "invalid"),
    ];
    for (text, place) in cases {
        let error = file::agreement(text.to_string().as_bytes())
            .expect_err(&text.to_string())
            .to_string();
        assert!(error.contains(place) && !error.contains('\n'), "{text}: {error}");
    }
}
