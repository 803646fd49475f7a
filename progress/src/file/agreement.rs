//! Two observers out of a file.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{agreement::Pairs, number::Amount};

use super::{Refused, numbers::Count, shown};

#[derive(Deserialize)]
pub(super) struct File {
    method: String,
    a: Vec<Value>,
    b: Vec<Value>,
}

#[derive(Serialize)]
struct Out {
    agreement: Option<f64>,
    kappa: Option<f64>,
}

pub(super) fn agreement(file: File) -> Result<String, Refused> {
    let pairs = match file.method.as_str() {
        "total" => Pairs::Totals(all(&file.a, "a", counted)?, all(&file.b, "b", counted)?),
        "duration_total" => Pairs::Totals(all(&file.a, "a", seconds)?, all(&file.b, "b", seconds)?),
        "mean_count" => Pairs::Means(pairs(&file, |value| counted(value).map(Some))?),
        "duration_mean" => Pairs::Means(pairs(&file, |value| seconds(value).map(Some))?),
        "latency" => Pairs::Means(pairs(&file, latency)?),
        "exact_count" => Pairs::Exact(pairs(&file, count)?),
        "interval" => Pairs::Intervals(pairs(&file, flag)?),
        "scored" => Pairs::Scored(pairs(&file, flag)?),
        "unscored" => Pairs::Unscored(pairs(&file, flag)?),
        "trial" => Pairs::Trials(pairs(&file, code)?),
        other => return Err(Refused::at("method", format!("unknown {}", shown(other)))),
    };
    let found = pairs.agreement();
    let out = Out {
        agreement: found.percent.map(|percent| percent.rounded(1)),
        kappa: found.kappa.map(|kappa| kappa.rounded(3)),
    };
    Ok(serde_json::to_string(&out).unwrap_or_default())
}

fn pairs<T>(file: &File, read: impl Fn(&Value) -> Result<T, &'static str> + Copy) -> Result<Vec<(T, T)>, Refused> {
    if file.a.len() != file.b.len() {
        let (a, b) = (file.a.len(), file.b.len());
        return Err(Refused::at("b", format!("has {b} entries, a has {a}")));
    }
    let (a, b) = (all(&file.a, "a", read)?, all(&file.b, "b", read)?);
    Ok(a.into_iter().zip(b).collect())
}

fn all<T>(values: &[Value], name: &str, read: impl Fn(&Value) -> Result<T, &'static str>) -> Result<Vec<T>, Refused> {
    let values = values.iter().enumerate();
    let read = values.map(|(place, value)| {
        read(value).map_err(|wanted| Refused::at(&format!("{name}[{place}]"), format!("must be {wanted}")))
    });
    read.collect()
}

fn count(value: &Value) -> Result<u32, &'static str> {
    let count = value.as_f64().and_then(Count::new);
    count.map(|count| count.0).ok_or("a whole number from 0 to 1000000")
}

fn counted(value: &Value) -> Result<Amount, &'static str> {
    count(value).map(Amount::seconds)
}

fn seconds(value: &Value) -> Result<Amount, &'static str> {
    let seconds = value.as_f64().and_then(Amount::read);
    seconds.ok_or("seconds from 0 to 10000000")
}

fn latency(value: &Value) -> Result<Option<Amount>, &'static str> {
    if value.is_null() {
        return Ok(None);
    }
    seconds(value).map(Some)
}

fn flag(value: &Value) -> Result<bool, &'static str> {
    match value.as_bool().map(u32::from).or_else(|| count(value).ok()) {
        Some(0) => Ok(false),
        Some(1) => Ok(true),
        Some(_) | None => Err("0, 1, false or true"),
    }
}

fn code(value: &Value) -> Result<String, &'static str> {
    match value {
        Value::String(code) => Ok(code.clone()),
        Value::Number(code) => Ok(code.to_string()),
        Value::Bool(code) => Ok(code.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err("the code of a trial"),
    }
}
