//! What the tests came to, in words.

use chrono::NaiveDate;
use entities::words::Language;
use subsidy::Text;

use super::Test;
use crate::platform::Say;

/// A sentence: ours, or one of the subsidy's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Ours.
    Say(Say),
    /// The subsidy's.
    Text(Text),
}

impl Told {
    /// In a language.
    pub fn in_words(&self, language: Language) -> String {
        match (self, language) {
            (Self::Say(say), _) => say.in_words(language),
            (Self::Text(text), Language::Chinese) => text.get(subsidy::Language::Zh).to_owned(),
            (Self::Text(text), Language::English) => text.get(subsidy::Language::En).to_owned(),
        }
    }
}

/// What one test came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub test: Test,
    /// It holds.
    pub met: bool,
    /// Why it is let pass although it does not hold.
    pub because: Option<String>,
    /// The rule, its date, the figures.
    pub said: Told,
    /// What would change it.
    pub change: Option<Told>,
}

impl Line {
    /// It holds, or somebody answers for it.
    pub const fn passes(&self) -> bool {
        self.met || self.because.is_some()
    }

    /// Colour and icon.
    pub const fn look(&self) -> (&'static str, &'static str) {
        match (self.met, self.because.is_some()) {
            (true, _) => ("success", "done"),
            (false, true) => ("info", "edit"),
            (false, false) => ("warning", "danger"),
        }
    }

    /// Locale key of its word.
    pub const fn word(&self) -> &'static str {
        match (self.met, self.because.is_some()) {
            (true, _) => "eligibility.met",
            (false, true) => "eligibility.overridden",
            (false, false) => "eligibility.unmet",
        }
    }
}

/// All tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The day whose age counts.
    pub day: NaiveDate,
    /// The age in completed years on it.
    pub age: Option<u32>,
    /// Test by test; those that depend on a band of age are not asked where there is none.
    pub lines: Vec<Line>,
}

impl Judged {
    /// All hold, or somebody answers for those that do not.
    pub fn passes(&self) -> bool {
        self.lines.iter().all(Line::passes)
    }
}
