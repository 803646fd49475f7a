//! What a person ticked: item id -> answer.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::definition::Choice;
use super::points::{self, Points};
use super::text::{Spoken, Text, say};

/// One answer as it is written down: a word (`yes`, `often`, `P`) or a number (`1.5`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A word.
    Word(String),
    /// A number.
    Number(Points),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Word(word) => f.write_str(word),
            Value::Number(points) => points.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        struct WordOrNumber;
        impl de::Visitor<'_> for WordOrNumber {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a number with at most one decimal place")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Value, E> {
                Ok(Value::Word(word.to_owned()))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
                points::read(number).map(Value::Number)
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
                points::read(number).map(Value::Number)
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value, E> {
                points::read(number).map(Value::Number)
            }
        }
        deserializer.deserialize_any(WordOrNumber)
    }
}

/// The answers of one sheet. An item that is absent, or `null` in JSON, has not been answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Answers(BTreeMap<String, Value>);

impl Answers {
    /// More than this is no answer sheet (the longest instrument known has about 500 items).
    pub const MAX_BYTES: usize = 64 * 1024;

    /// Reads one JSON object. Anything else, an item answered twice, or an answer that is neither word nor number is
    /// refused with one line that says where.
    pub fn from_json(json: &str) -> Result<Answers, InputError> {
        if json.len() > Self::MAX_BYTES {
            return Err(InputError(say(
                "answers_too_large",
                &[("limit", &(Self::MAX_BYTES / 1024))],
            )));
        }
        let plain = json.strip_prefix('\u{feff}').unwrap_or(json);
        serde_json::from_str(plain).map_err(|error| InputError(say("answers_not_read", &[("why", &error.to_string())])))
    }

    /// Writes one answer down, replacing an earlier one.
    pub fn set(&mut self, item: impl Into<String>, value: Value) {
        self.0.insert(item.into(), value);
    }

    /// Takes one answer back.
    pub fn clear(&mut self, item: &str) {
        self.0.remove(item);
    }

    /// The answer to an item.
    pub fn get(&self, item: &str) -> Option<&Value> {
        self.0.get(item)
    }

    /// All answers, by item id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(item, value)| (item.as_str(), value))
    }
}

impl FromIterator<(String, Value)> for Answers {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(answers: I) -> Answers {
        Answers(answers.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Answers, D::Error> {
        struct Sheet;
        impl<'de> de::Visitor<'de> for Sheet {
            type Value = Answers;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one object of item and answer")
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Answers, A::Error> {
                let mut answers = BTreeMap::new();
                while let Some(item) = map.next_key::<String>()? {
                    let value = match map.next_value::<serde_json::Value>()? {
                        serde_json::Value::Null => None,
                        serde_json::Value::String(word) => Some(Value::Word(word)),
                        serde_json::Value::Number(number) => Some(Value::Number(number_of(&item, &number)?)),
                        serde_json::Value::Bool(_) | serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
                            return Err(de::Error::custom(format!(
                                "item {} needs a word or a number",
                                shown(&item)
                            )));
                        }
                    };
                    if answers.insert(item.clone(), value).is_some() {
                        return Err(de::Error::custom(format!("item {} is answered twice", shown(&item))));
                    }
                }
                Ok(answers
                    .into_iter()
                    .filter_map(|(item, value)| Some((item, value?)))
                    .collect())
            }
        }
        deserializer.deserialize_map(Sheet)
    }
}

fn number_of<E: de::Error>(item: &str, number: &serde_json::Number) -> Result<Points, E> {
    let text = number.to_string();
    Points::parse(&text).ok_or_else(|| E::custom(format!("item {}: {} is not usable", shown(item), shown(&text))))
}

/// Foreign text made safe for one line of a message: quoted, escaped, shortened.
pub(super) fn shown(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("\"{}{more}\"", short.escape_debug())
}

/// Why answers cannot be scored: one clear line, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InputError(pub(super) Text);

impl InputError {
    pub(super) fn new(key: &str, values: &[(&str, &dyn Spoken)]) -> InputError {
        InputError(say(key, values))
    }

    pub(super) fn unknown_item(code: &str, item: &str) -> InputError {
        InputError::new("unknown_item", &[("code", &code), ("item", &shown(item))])
    }

    pub(super) fn wrong_answer(item: &str, answer: &str, choices: &[Choice]) -> InputError {
        let known: Vec<String> = choices.iter().map(|choice| choice.value.to_string()).collect();
        let known = known.join(", ");
        InputError::new(
            "wrong_answer",
            &[("item", &item), ("answer", &shown(answer)), ("known", &known)],
        )
    }

    /// The line in both languages.
    pub fn text(&self) -> &Text {
        &self.0
    }
}
