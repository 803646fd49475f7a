//! Words and figures of the data.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};

/// A word of the data: a category, a mode, an institution. Numbers count as what they look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Code(String);

impl Code {
    /// This word.
    pub fn new(word: impl Into<String>) -> Self {
        Self(word.into())
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            Value::Null => Ok(Self::default()),
            other => Err(de::Error::custom(format!("{other} is neither a word nor a number"))),
        }
    }
}

/// Several words; one alone is a list of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes(pub Vec<Code>);

impl Codes {
    /// Whether one of them is among the others.
    pub fn meet(&self, others: &Self) -> bool {
        self.0.iter().any(|code| others.0.contains(code))
    }

    /// Whether it is among them.
    pub fn hold(&self, code: Option<&Code>) -> bool {
        code.is_some_and(|code| self.0.contains(code))
    }
}

impl<'de> Deserialize<'de> for Codes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Many(Vec<Code>),
            One(Code),
        }
        Ok(Self(match Written::deserialize(deserializer)? {
            Written::Many(many) => many,
            Written::One(one) if one.as_str().is_empty() => Vec::new(),
            Written::One(one) => vec![one],
        }))
    }
}

/// A fact that is asked for: that something holds, or how much of it there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fact {
    /// Whether it holds.
    Yes(bool),
    /// How much there is.
    Number(i64),
}

/// Facts by name: residence, or the figures of a timetable. What is neither yes or no nor a whole number is passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(pub BTreeMap<String, Fact>);

impl Facts {
    /// Whether what is asked for is there: at least so many, or as it is asked for; what nobody said does not hold.
    pub fn meet(&self, key: &str, need: &Fact) -> bool {
        match (need, self.like(key, need)) {
            (Fact::Yes(need), Fact::Yes(have)) => *need == have,
            (Fact::Number(need), Fact::Number(have)) => have >= *need,
            (Fact::Yes(_) | Fact::Number(_), Fact::Yes(_) | Fact::Number(_)) => false,
        }
    }

    /// What is there, in the kind that is asked for; no or nothing where nobody said.
    pub fn like(&self, key: &str, need: &Fact) -> Fact {
        match (need, self.0.get(key)) {
            (_, Some(fact)) => *fact,
            (Fact::Yes(_), None) => Fact::Yes(false),
            (Fact::Number(_), None) => Fact::Number(0),
        }
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = Map::<String, Value>::deserialize(deserializer)?;
        let known = map
            .into_iter()
            .filter_map(|(key, value)| Fact::deserialize(value).ok().map(|fact| (key, fact)));
        Ok(Self(known.collect()))
    }
}
