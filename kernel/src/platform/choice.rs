//! What can be chosen: the options of a select, a radio group or a group of checkboxes.

use entities::words::{Language, Vocabulary};

use super::words;

/// One option of a select, a radio group or a group of checkboxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read, in the reader's language.
    pub label: String,
    /// Chosen.
    pub selected: bool,
}

impl Choice {
    /// An option.
    pub fn new(value: impl ToString, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.to_string();
        let selected = value == chosen;
        Self {
            value,
            label: label.into(),
            selected,
        }
    }
}

/// A field for a place: one of a list, or typed where the list would be too long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceField {
    /// What can be chosen.
    pub options: Vec<Choice>,
    /// What stands in the field; none: it is a list.
    pub typed: Option<String>,
}

/// The words of a vocabulary as options.
pub fn choices<W: Vocabulary>(language: Language, chosen: &str) -> Vec<Choice> {
    W::ALL
        .iter()
        .map(|w| Choice::new(w.as_str(), words::raw(language, w.word()), chosen))
        .collect()
}
