//! What was expected against what was got.

use serde_json::Value;

/// Whether what was got is what was expected: only fields that are expected count; lists have their order and length, `also` is
/// a set.
pub(crate) fn agrees(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::Object(expected), Value::Object(got)) => expected.iter().all(|(key, expected)| {
            let got = got.get(key).unwrap_or(&Value::Null);
            match (key.as_str(), expected, got) {
                ("also", Value::Array(expected), Value::Array(got)) => {
                    expected.iter().all(|one| got.contains(one)) && got.iter().all(|one| expected.contains(one))
                }
                (_, expected, got) => agrees(expected, got),
            }
        }),
        (Value::Array(expected), Value::Array(got)) => {
            expected.len() == got.len() && expected.iter().zip(got).all(|(expected, got)| agrees(expected, got))
        }
        (Value::Number(expected), Value::Number(got)) => match (expected.as_i64(), got.as_i64()) {
            (Some(expected), Some(got)) => expected == got,
            (None, _) | (_, None) => expected.as_f64() == got.as_f64(),
        },
        (expected, got) => expected == got,
    }
}
