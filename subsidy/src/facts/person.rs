//! A child, as far as money asks, and what it became over time.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{Code, Codes, Facts};
use crate::{
    calendar::{Days, Month, read_day, read_first},
    error::Error,
    json::without_nulls,
};

/// A paper that somebody holds: a word, or with its days and who issued it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "WrittenPaper")]
pub struct Paper {
    /// Which.
    pub kind: Code,
    /// From when to when it is valid.
    pub valid: Days,
    /// Who issued it, where somebody wrote that down.
    pub issuer: Option<Code>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenPaper {
    Kind(Code),
    Whole {
        kind: Code,
        #[serde(flatten)]
        valid: Days,
        #[serde(default)]
        issuer: Option<Code>,
    },
}

impl From<WrittenPaper> for Paper {
    fn from(written: WrittenPaper) -> Self {
        match written {
            WrittenPaper::Kind(kind) => Self {
                kind,
                ..Self::default()
            },
            WrittenPaper::Whole { kind, valid, issuer } => Self { kind, valid, issuer },
        }
    }
}

/// Several papers; one alone is a list of one.
fn papers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Paper>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Many(Vec<Paper>),
        One(Paper),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::Many(many) => many,
        Written::One(one) => vec![one],
    })
}

/// A test that somebody answers for with a reason (issue 16, 1.3): enrolment decides, settlement follows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Override {
    /// Which test, by its code.
    pub test: Code,
    /// Why.
    pub reason: String,
    /// From when to when.
    #[serde(flatten)]
    pub days: Days,
    /// Of an age: the band that the child counts in.
    #[serde(default)]
    pub band: Option<Code>,
}

/// A child, as far as money asks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Person {
    /// The day of birth.
    #[serde(deserialize_with = "read_day")]
    pub birth: NaiveDate,
    /// The category of disability in which it is helped.
    #[serde(default)]
    pub category: Option<Code>,
    /// The grade, 1 is the most severe.
    #[serde(default)]
    pub grade: Option<Code>,
    /// The situation of the family.
    #[serde(default = "ordinary")]
    pub economy: Codes,
    /// Proofs of the disability.
    #[serde(default, deserialize_with = "papers")]
    pub proof: Vec<Paper>,
    /// Other papers, such as one that school is deferred (PL2).
    #[serde(default, deserialize_with = "papers")]
    pub certificates: Vec<Paper>,
    /// Household, permit, months of tax and insurance.
    #[serde(default)]
    pub residence: Facts,
    /// The mode, where no rule makes one of minutes.
    #[serde(default)]
    pub mode: Option<Code>,
    /// The day of the application.
    #[serde(default, deserialize_with = "read_first")]
    pub applied_on: Option<NaiveDate>,
    /// Tests that somebody answers for.
    #[serde(default)]
    pub overrides: Vec<Override>,
}

fn ordinary() -> Codes {
    Codes(vec![Code::new("ordinary")])
}

/// The day of an application, under whatever name files have it: `application`, `applied`, `application_day`.
pub(crate) fn application(map: &Map<String, Value>) -> Option<Value> {
    let is_day = |text: &str| crate::calendar::day(text).is_some() || Month::parse(text).is_some();
    let mut days = map
        .iter()
        .filter(|(key, value)| key.starts_with("appl") && value.as_str().is_some_and(is_day));
    map.get("applied_on")
        .or_else(|| days.next().map(|(_, day)| day))
        .cloned()
}

impl Person {
    /// A child of which only birth and category are known.
    pub fn born(birth: NaiveDate, category: &str) -> Self {
        Self {
            birth,
            category: Some(Code::new(category)),
            grade: None,
            economy: ordinary(),
            proof: Vec::new(),
            certificates: Vec::new(),
            residence: Facts::default(),
            mode: None,
            applied_on: None,
            overrides: Vec::new(),
        }
    }

    fn read(map: &Map<String, Value>) -> Result<Self, Error> {
        let mut map = map.clone();
        if let Some(day) = application(&map) {
            map.insert("applied_on".to_owned(), day);
        }
        Self::deserialize(without_nulls(&Value::Object(map))).map_err(|error| Error::unreadable(&error).at("child"))
    }
}

/// A child over time: what it was, and what it became from which month on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    first: Person,
    later: Vec<(Month, Person)>,
}

impl History {
    /// A child that does not change.
    pub fn new(person: Person) -> Self {
        Self {
            first: person,
            later: Vec::new(),
        }
    }

    /// From this month on it is otherwise.
    #[must_use]
    pub fn and_from(mut self, month: Month, person: Person) -> Self {
        let at = self.later.partition_point(|(from, _)| *from <= month);
        self.later.insert(at, (month, person));
        self
    }

    /// What it is in a month.
    pub fn at(&self, month: Month) -> &Person {
        let at = self.later.partition_point(|(from, _)| *from <= month);
        at.checked_sub(1)
            .and_then(|at| self.later.get(at))
            .map_or(&self.first, |(_, person)| person)
    }

    /// A child and its changes, as they stand in a file: each sets facts anew from a month on.
    pub fn read(child: &Map<String, Value>, changes: &[Change]) -> Result<Self, Error> {
        let mut changes: Vec<&Change> = changes.iter().collect();
        changes.sort_by_key(|change| change.from);
        let mut facts = child.clone();
        let mut history = Self::new(Person::read(&facts)?);
        for change in changes {
            facts.extend(change.set.clone());
            let person = Person::read(&facts).map_err(|error| error.at(format!("changes from {}", change.from)))?;
            history.later.push((change.from, person));
        }
        Ok(history)
    }
}

/// Facts that are otherwise from a month on.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Change {
    /// From when.
    pub from: Month,
    /// The facts.
    #[serde(default)]
    pub set: Map<String, Value>,
}
