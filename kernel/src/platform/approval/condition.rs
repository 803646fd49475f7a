//! When a step is called for: conditions over what is known of an entry.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Something that is known of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fact {
    /// A figure.
    Number(i64),
    /// A word of the trade.
    Word(String),
}

/// What is known of an entry, as it was entered: whoever decides later goes by the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(pub BTreeMap<String, Fact>);

impl Facts {
    /// With a figure besides.
    #[must_use]
    pub fn number(mut self, name: &str, value: i64) -> Self {
        self.0.insert(name.to_owned(), Fact::Number(value));
        self
    }

    /// With a word besides.
    #[must_use]
    pub fn word(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), Fact::Word(value.to_owned()));
        self
    }
}

/// How a fact is asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Is {
    /// More than.
    #[default]
    Over,
    /// As much or more.
    AtLeast,
    /// Less than.
    Under,
    /// As much or less.
    AtMost,
    /// One of some words or figures.
    OneOf,
    /// None of them.
    NoneOf,
}

impl Is {
    /// Every way, in the order of the list.
    pub const ALL: [Self; 6] = [
        Self::Over,
        Self::AtLeast,
        Self::Under,
        Self::AtMost,
        Self::OneOf,
        Self::NoneOf,
    ];

    /// As it is kept.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::AtLeast => "at_least",
            Self::Under => "under",
            Self::AtMost => "at_most",
            Self::OneOf => "one_of",
            Self::NoneOf => "none_of",
        }
    }

    /// Its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Over => "approval.is.over",
            Self::AtLeast => "approval.is.at_least",
            Self::Under => "approval.is.under",
            Self::AtMost => "approval.is.at_most",
            Self::OneOf => "approval.is.one_of",
            Self::NoneOf => "approval.is.none_of",
        }
    }

    /// By its name in forms.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|is| is.as_str() == text)
    }

    const fn counts(self) -> bool {
        match self {
            Self::Over | Self::AtLeast | Self::Under | Self::AtMost => true,
            Self::OneOf | Self::NoneOf => false,
        }
    }
}

/// A condition: what is known, how it is asked about, and about which figure or words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Which fact.
    pub fact: String,
    /// How.
    pub is: Is,
    /// A figure, or words with commas between them.
    pub value: String,
}

/// A fact that conditions of a kind of chain may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub code: &'static str,
    /// Locale key of its name for people.
    pub label: &'static str,
    /// What it is.
    pub kind: KnownKind,
}

/// What a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownKind {
    /// A figure.
    Number,
    /// One of these words, each with its locale key.
    Word(&'static [(&'static str, &'static str)]),
}

impl Condition {
    /// Whether it holds. What is not known holds nothing, and is none of some words.
    pub fn holds(&self, facts: &Facts) -> bool {
        let fact = facts.0.get(&self.fact);
        if !self.is.counts() {
            let text = match fact {
                Some(Fact::Word(word)) => word.clone(),
                Some(Fact::Number(number)) => number.to_string(),
                None => return self.is == Is::NoneOf,
            };
            let among = self.words().any(|word| word == text);
            return among == (self.is == Is::OneOf);
        }
        let (Some(Fact::Number(have)), Some(asked)) = (fact, self.figure()) else {
            return false;
        };
        match self.is {
            Is::Over => *have > asked,
            Is::AtLeast => *have >= asked,
            Is::Under => *have < asked,
            Is::AtMost => *have <= asked,
            Is::OneOf | Is::NoneOf => false,
        }
    }

    /// The figure that is asked about.
    pub fn figure(&self) -> Option<i64> {
        self.value.trim().parse().ok()
    }

    /// The words that are asked about.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.value
            .split([',', '，', '、'])
            .map(str::trim)
            .filter(|word| !word.is_empty())
    }

    /// It asks for something that is known, in a way that fits it.
    pub fn is_about(&self, known: &[Known]) -> bool {
        let Some(one) = known.iter().find(|one| one.code == self.fact) else {
            return false;
        };
        let mut words = self.words().peekable();
        let some = words.peek().is_some();
        match (one.kind, self.is.counts()) {
            (KnownKind::Number, true) => self.figure().is_some(),
            (KnownKind::Number, false) => some && words.all(|word| word.parse::<i64>().is_ok()),
            (KnownKind::Word(_), true) => false,
            (KnownKind::Word(all), false) => some && words.all(|word| all.iter().any(|(code, _)| *code == word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(fact: &str, is: Is, value: &str) -> Condition {
        Condition {
            fact: fact.to_owned(),
            is,
            value: value.to_owned(),
        }
    }

    #[test]
    fn figures_and_words_are_asked_about() {
        let facts = Facts::default().number("age_months", 72).word("mode", "half_day");
        for (is, asked, holds) in [
            (Is::Over, "72", false),
            (Is::Over, "71", true),
            (Is::AtLeast, "72", true),
            (Is::Under, "73", true),
            (Is::Under, "72", false),
            (Is::AtMost, " 72 ", true),
            (Is::OneOf, "60, 72", true),
            (Is::NoneOf, "60，72", false),
            (Is::Over, "viele", false),
        ] {
            assert_eq!(
                condition("age_months", is, asked).holds(&facts),
                holds,
                "{is:?} {asked}"
            );
        }
        assert!(condition("mode", Is::OneOf, "full_day、half_day").holds(&facts));
        assert!(!condition("mode", Is::Over, "1").holds(&facts), "a word is no figure");
        assert!(!condition("card", Is::OneOf, "yes").holds(&facts));
        assert!(
            condition("card", Is::NoneOf, "yes").holds(&facts),
            "what nobody knows is none of them"
        );
    }

    #[test]
    fn a_condition_fits_what_it_asks_for() {
        let known = [
            Known {
                code: "age_months",
                label: "x",
                kind: KnownKind::Number,
            },
            Known {
                code: "mode",
                label: "y",
                kind: KnownKind::Word(&[("full_day", "a"), ("half_day", "b")]),
            },
        ];
        for (one, fits) in [
            (condition("age_months", Is::Over, "72"), true),
            (condition("age_months", Is::Over, "six"), false),
            (condition("age_months", Is::OneOf, ""), false),
            (condition("mode", Is::OneOf, "full_day,half_day"), true),
            (condition("mode", Is::OneOf, "at_night"), false),
            (condition("mode", Is::Over, "1"), false),
            (condition("colour", Is::OneOf, "red"), false),
        ] {
            assert_eq!(one.is_about(&known), fits, "{one:?}");
        }
    }
}
