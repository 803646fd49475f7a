//! Files as somebody would write them, and what comes back.

use progress::file;
use serde_json::{Value, json};

/// A file of one target.
#[derive(Clone)]
pub(crate) struct File {
    pub(crate) target: Value,
    pub(crate) records: Vec<Value>,
}

pub(crate) fn file(measure: &str, rule: &str) -> File {
    File {
        target: json!({"measure": measure, "rule": rule}),
        records: Vec::new(),
    }
}

impl File {
    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.target[key] = value;
        self
    }

    /// A record of person A in session 1 of the nth day, with this data key.
    pub(crate) fn day(self, day: u32, key: &str, data: Value) -> Self {
        self.record(day, json!({ key: data }))
    }

    pub(crate) fn record(mut self, day: u32, parts: Value) -> Self {
        let mut record = json!({"day": date(day), "session": "s1", "by": "A"});
        for (key, value) in parts.as_object().unwrap() {
            record[key] = value.clone();
        }
        self.records.push(record);
        self
    }

    /// Days of `correct/trials`, from day 1 on; `-` is a day without data.
    pub(crate) fn scores(mut self, scores: &str) -> Self {
        for (place, score) in scores.split(' ').enumerate() {
            if score != "-" {
                self = self.day(u32::try_from(place).unwrap() + 1, "trials", score_of(score));
            }
        }
        self
    }

    pub(crate) fn json(&self) -> String {
        json!({"target": self.target, "records": self.records}).to_string()
    }

    pub(crate) fn said(&self) -> Value {
        let text = file::progress(self.json().as_bytes()).unwrap_or_else(|error| panic!("{error}: {}", self.json()));
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) fn points(&self) -> Vec<Value> {
        self.said()["points"].as_array().unwrap().clone()
    }

    /// The only point.
    pub(crate) fn point(&self) -> Value {
        let points = self.points();
        assert_eq!(points.len(), 1, "{points:?}");
        points[0].clone()
    }

    pub(crate) fn values(&self) -> Vec<Value> {
        self.points().iter().map(|point| point["value"].clone()).collect()
    }

    pub(crate) fn mastery(&self) -> Value {
        self.said()["mastery"].clone()
    }

    /// The number of the day on which it was first met.
    pub(crate) fn met_on(&self) -> Option<u32> {
        let mastery = self.mastery();
        let on = mastery["on"].as_str()?;
        assert_eq!(mastery["met"], json!(true), "{mastery}");
        (1..400).find(|day| date(*day) == on)
    }

    pub(crate) fn refused(&self) -> String {
        refused(&self.json())
    }
}

pub(crate) fn refused(text: &str) -> String {
    let error = file::progress(text.as_bytes()).expect_err(text).to_string();
    assert!(!error.is_empty() && !error.contains(['\n', '\r']), "{error:?}");
    error
}

/// The nth day of 2026, so that 1 is 1 January.
pub(crate) fn date(day: u32) -> String {
    progress::day::Day::parse("2025-12-31").unwrap().after(day).to_string()
}

/// `8/10`: eight right and two wrong ones.
pub(crate) fn score_of(score: &str) -> Value {
    let (right, all) = score.split_once('/').unwrap();
    let (right, all): (usize, usize) = (right.parse().unwrap(), all.parse().unwrap());
    json!([vec!["I"; right], vec!["-"; all - right]].concat())
}

/// Tokens with spaces between.
pub(crate) fn tokens(text: &str) -> Value {
    json!(text.split_whitespace().collect::<Vec<_>>())
}
