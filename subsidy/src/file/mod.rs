//! Files of rule sets and cases: what `starbridge settle` reads and prints (issue 19, 6).

mod kinds;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{compare::agrees, error::Error, facts::Code, json::without_nulls, rules::RuleSet};

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseResult {
    /// Its name.
    pub id: Value,
    /// What came out; nothing of a kind that is not known.
    pub got: Value,
    /// Whether that is what was expected; nothing where nothing was, or of a kind that is not known.
    pub ok: Option<bool>,
}

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Case by case.
    pub results: Vec<CaseResult>,
}

impl Outcome {
    /// Whether something is otherwise than expected.
    pub fn differs(&self) -> bool {
        self.results.iter().any(|result| result.ok == Some(false))
    }
}

/// The rule sets of a file, by name: those of settlement and acceptance. Others are of kinds that are not known here.
pub(crate) struct Rules(BTreeMap<String, RuleSet>);

impl Rules {
    fn read(file: &Value) -> Result<Self, Error> {
        let mut rules = BTreeMap::new();
        let sets = match file.get("rule_sets") {
            None | Some(Value::Null) => &[],
            Some(sets) => list(sets, "rule_sets")?,
        };
        for set in sets {
            let kind = set.get("kind").and_then(Value::as_str);
            if !matches!(kind, None | Some("settle" | "period" | "correction")) {
                continue;
            }
            let read = RuleSet::read(set)?;
            let id = read.id.clone();
            if rules.insert(id.clone(), read).is_some() {
                return Err(Error::new("twice", &[("id", &id)]));
            }
        }
        Ok(Self(rules))
    }

    /// The one that a case names.
    pub(crate) fn of(&self, case: &Value) -> Result<&RuleSet, Error> {
        let id = case.get("rule_set").cloned().unwrap_or_default();
        let id = serde_json::from_value::<Code>(id).map_err(|error| Error::unreadable(&error))?;
        self.0
            .get(id.as_str())
            .ok_or_else(|| Error::new("no_rules", &[("id", &id.as_str())]))
    }
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a [Value], Error> {
    match value {
        Value::Array(list) => Ok(list),
        _ => Err(Error::new("no_list", &[("key", &key)])),
    }
}

/// Settles every case of a file.
pub fn run(json: &str) -> Result<Outcome, Error> {
    let json = json.strip_prefix('\u{feff}').unwrap_or(json);
    let file: Value = serde_json::from_str(json).map_err(|error| {
        let what = error.to_string();
        Error::new("not_json", &[("what", &what)])
    })?;
    let rules = Rules::read(&file)?;
    let cases = list(file.get("cases").unwrap_or(&Value::Null), "cases")?;
    let results: Result<Vec<CaseResult>, Error> = cases
        .iter()
        .enumerate()
        .map(|(number, case)| {
            let id = case.get("id").cloned().unwrap_or(Value::Null);
            let name = id.as_str().map_or_else(|| (number + 1).to_string(), str::to_owned);
            let got = kinds::got(&rules, &without_nulls(case)).map_err(|error| error.at(format!("case {name}")))?;
            // What is expected may be null: it is compared as it stands.
            let expected = case.get("expect").filter(|expected| !expected.is_null());
            let ok = got.as_ref().zip(expected).map(|(got, expected)| agrees(expected, got));
            Ok(CaseResult {
                id,
                got: got.unwrap_or(Value::Null),
                ok,
            })
        })
        .collect();
    Ok(Outcome { results: results? })
}

/// What `starbridge settle` prints, and whether something differs; or the line that says what is wrong.
pub fn settle_command(json: &str) -> Result<(String, bool), String> {
    let outcome = run(json).map_err(|error| error.to_string())?;
    let text = serde_json::to_string(&outcome).map_err(|error| error.to_string())?;
    Ok((text, outcome.differs()))
}
