//! What comes of a case of each kind, shaped as its `expect`.

use chrono::NaiveDate;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::Rules;
use crate::{
    advance::{self, Advances},
    anomaly::{self, Given},
    budget::Budget,
    calendar::read_day,
    correction::correction,
    error::Error,
    money::Fen,
    period::length,
    rules::{Funder, RuleSet},
    settle::{Case, Line, Settlement, settle},
    split::split,
    words,
};

/// What comes out; nothing of a kind that is not known.
pub(super) fn got(rules: &Rules, case: &Value) -> Result<Option<Value>, Error> {
    let got = match case.get("kind").and_then(Value::as_str) {
        Some("settle") => settled(rules, case)?,
        Some("correction") => corrected(rules, case)?,
        Some("period") => accepted(rules, case)?,
        Some("advance") => to_json(&advance::clear(&read::<Advances>(case)?)?)?,
        Some("split") => divided(case)?,
        Some("words") => in_words(case)?,
        Some("date_words") => date_in_words(case)?,
        Some("budget") => to_json(&read::<Budget>(case)?.forecast()?)?,
        Some("anomaly") => return looked(case),
        Some(_) | None => return Ok(None),
    };
    Ok(Some(got))
}

fn read<T: DeserializeOwned>(case: &Value) -> Result<T, Error> {
    T::deserialize(case).map_err(|error| Error::unreadable(&error))
}

fn to_json(value: &impl serde::Serialize) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|error| Error::unreadable(&error))
}

fn settled(rules: &Rules, case: &Value) -> Result<Value, Error> {
    let rules = rules.of(case)?;
    let settlement = settle(rules, &Case::read(case)?)?;
    let sum = |of: fn(&Line) -> Fen| Fen::sum(settlement.lines.iter().map(of));
    Ok(json!({
        "lines": lines(rules, &settlement)?,
        "subsidy_fen": settlement.subsidy()?,
        "parent_fen": settlement.parent()?,
        "meal_fen": sum(|line| line.meal)?,
        "allowance_fen": sum(|line| line.allowance)?,
        "award_fen": sum(|line| line.award)?,
    }))
}

fn lines(rules: &RuleSet, settlement: &Settlement) -> Result<Vec<Value>, Error> {
    settlement.lines.iter().map(|line| one_line(rules, line)).collect()
}

fn one_line(rules: &RuleSet, line: &Line) -> Result<Value, Error> {
    let overridden: Vec<&str> = line.overridden.iter().map(|test| test.code()).collect();
    let mut got = json!({
        "month": line.month,
        "institution": line.institution,
        "age": line.age,
        "band": line.band,
        "mode": line.mode,
        "self_paid_fen": line.self_paid,
        "subsidy_fen": line.subsidy,
        "parent_fen": line.parent,
        "limit": line.cut.map(|cut| cut.code()),
        "refusal": line.refusal.as_ref().map(crate::reason::Reason::code),
        "meal_fen": line.meal,
        "allowance_fen": line.allowance,
        "award_fen": line.award,
        "payee": line.payee,
        "fund": line.fund,
        "overridden": overridden,
        "said": line.said(rules),
    });
    if !rules.params.funders.is_empty()
        && let Some(got) = got.as_object_mut()
    {
        let parts = to_json(&split(line.subsidy, &rules.params.funders)?)?;
        got.insert("parts".to_owned(), parts);
    }
    Ok(got)
}

/// The case with what one side says anew.
fn corrected(rules: &Rules, case: &Value) -> Result<Value, Error> {
    let side = |key: &str| -> Result<Settlement, Error> {
        let mut whole: Map<String, Value> = case.as_object().cloned().unwrap_or_default();
        if let Some(Value::Object(own)) = case.get(key) {
            whole.extend(own.clone());
        }
        let whole = Value::Object(whole);
        let settled = Case::read(&whole).and_then(|case| settle(rules.of(&whole)?, &case));
        settled.map_err(|error| error.at(key))
    };
    to_json(&correction(&side("before")?, &side("after")?)?)
}

#[derive(Deserialize)]
struct Training {
    #[serde(deserialize_with = "read_day")]
    from: NaiveDate,
    #[serde(deserialize_with = "read_day")]
    to: NaiveDate,
}

fn accepted(rules: &Rules, case: &Value) -> Result<Value, Error> {
    let min_months = rules
        .of(case)?
        .params
        .min_months
        .ok_or_else(|| Error::new("no_period", &[]))?;
    let training = read::<Training>(case)?;
    to_json(&length(training.from, training.to, min_months))
}

#[derive(Deserialize)]
struct Shared {
    amount_fen: Fen,
    #[serde(default)]
    funders: Vec<Funder>,
}

fn divided(case: &Value) -> Result<Value, Error> {
    let shared = read::<Shared>(case)?;
    Ok(json!({ "parts": split(shared.amount_fen, &shared.funders)? }))
}

#[derive(Deserialize)]
struct Amount {
    fen: Fen,
}

fn in_words(case: &Value) -> Result<Value, Error> {
    let words = words::amount(read::<Amount>(case)?.fen)?;
    Ok(json!({ "words": words.printed, "also": words.also }))
}

#[derive(Deserialize)]
struct Day {
    #[serde(deserialize_with = "read_day")]
    date: NaiveDate,
}

fn date_in_words(case: &Value) -> Result<Value, Error> {
    Ok(json!({ "words": words::date(read::<Day>(case)?.date) }))
}

#[derive(Deserialize)]
struct Suspicion {
    #[serde(default)]
    check: String,
    #[serde(default)]
    given: Given,
    #[serde(default)]
    threshold: Threshold,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Threshold {
    over: Option<i64>,
}

/// A check that is not known says nothing.
fn looked(case: &Value) -> Result<Option<Value>, Error> {
    let suspicion = read::<Suspicion>(case)?;
    let check = anomaly::check(&suspicion.check);
    let found = check.map(|check| check.look(&suspicion.given, suspicion.threshold.over));
    found.map(|found| to_json(&found)).transpose()
}
