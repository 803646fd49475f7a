//! What stands on a paper, before it is drawn.

use chrono::{Datelike as _, NaiveDate};
use entities::words::Language;
use serde::Serialize;

use crate::platform::{Say, event::Subject};

/// One paper about one child.
#[derive(Clone, Debug, Serialize)]
pub struct Paper {
    /// What it is called.
    pub title: String,
    /// Which of its kind ([`number`]).
    pub number: String,
    /// How often the row that it is made of has been changed.
    pub version: i32,
    /// The row, for the event.
    #[serde(skip)]
    pub subject: Subject,
    /// The child's name, for the way back.
    #[serde(skip)]
    pub name: String,
    /// Where the row is read.
    #[serde(skip)]
    pub origin: String,
    /// It does not hold any more, or not yet.
    pub mark: Option<Mark>,
    /// From top to bottom.
    pub blocks: Vec<Block>,
    /// What is torn off, signed and kept, or sent back.
    pub receipt: Option<Receipt>,
}

/// What is written across a paper that does not hold any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Its locale key, for the event.
    #[serde(skip)]
    pub key: &'static str,
    /// The word.
    pub word: String,
    /// What became of it, as a sentence.
    pub told: String,
}

impl Block {
    /// The place for the stamp of an organisation, above a day.
    pub fn seal(language: Language, place: impl Into<String>, day: impl Into<String>) -> Self {
        Self::Seal {
            place: place.into(),
            stamp: Say::new("paper.stamp").in_words(language),
            day: day.into(),
        }
    }

    /// A heading by its key.
    pub fn heading(language: Language, key: &'static str) -> Self {
        Self::Heading {
            text: Say::new(key).in_words(language),
        }
    }

    /// A paragraph.
    pub fn text(language: Language, say: impl Into<Say>) -> Self {
        Self::Text {
            text: say.into().in_words(language),
        }
    }
}

impl Mark {
    /// A mark by the key of its word, and what became of the paper.
    pub fn new(language: Language, key: &'static str, told: &'static str) -> Self {
        Self {
            key,
            word: Say::new(key).in_words(language),
            told: Say::new(told).in_words(language),
        }
    }
}

/// A piece of a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// A form: one or two labels with what they hold in a row.
    Facts {
        /// Row by row.
        rows: Vec<Vec<Fact>>,
    },
    /// What the next blocks are about.
    Heading {
        /// Its words.
        text: String,
    },
    /// Sentences.
    Text {
        /// One paragraph.
        text: String,
    },
    /// Sentences one below the other.
    Points {
        /// In order.
        items: Vec<String>,
    },
    /// A table.
    Table {
        /// Heads of its columns.
        head: Vec<String>,
        /// Its rows.
        rows: Vec<Vec<String>>,
    },
    /// Room to write by hand.
    Lines {
        /// What is written there.
        label: String,
        /// So many lines.
        count: usize,
    },
    /// Places for signatures, side by side.
    Signatures {
        /// What each is for.
        labels: Vec<String>,
    },
    /// Signatures that were given, one below the other.
    Signed {
        /// In order.
        rows: Vec<Signed>,
    },
    /// Whose paper it is: organisation, stamp, day.
    Seal {
        /// The organisation.
        place: String,
        /// Where the stamp (公章) goes.
        stamp: String,
        /// The day.
        day: String,
    },
}

/// A signature that was given, or the place of one that is still to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// For whom: guardian, centre.
    pub label: String,
    /// Who signed.
    pub name: String,
    /// What was drawn, as a path within [`Signed::WIDTH`] by [`Signed::HEIGHT`]; none where the name was typed or nobody signed yet.
    pub path: Option<String>,
    /// How: time, check of identity, level, hash.
    pub told: Vec<String>,
}

impl Signed {
    /// Width of the field that a path lies in.
    pub const WIDTH: i32 = 400;
    /// Its height.
    pub const HEIGHT: i32 = 160;
}

/// What hangs at the foot of a paper: the line to cut along, and blocks that stay together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// What stands on the line.
    pub cut: String,
    /// What it is called.
    pub title: String,
    /// From top to bottom.
    pub blocks: Vec<Block>,
}

/// A label and what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// The text; where it is empty there is room to write.
    pub text: String,
}

/// A label and what it holds.
pub fn fact(label: impl Into<String>, text: impl Into<String>) -> Fact {
    Fact {
        label: label.into(),
        text: text.into(),
    }
}

/// The number of a paper: its district, its kind, its row. The same row has the same number whenever it is printed.
pub fn number(district: &str, code: &str, id: i64) -> String {
    format!("{district}-{code}-{id:06}")
}

/// A day as papers write it.
pub fn day(language: Language, on: NaiveDate) -> String {
    match language {
        Language::Chinese => Say::new("paper.day")
            .with("year", on.year())
            .with("month", on.month())
            .with("day", on.day())
            .in_words(language),
        Language::English => on.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_by_their_row_and_do_not_change() {
        assert_eq!(number("330211", "ZJ", 12), "330211-ZJ-000012");
        assert_eq!(number("330211", "ZJ", 12_345_678), "330211-ZJ-12345678");
    }

    #[test]
    fn a_block_says_what_it_is() {
        let block = Block::Facts {
            rows: vec![vec![fact("姓名", "王小雨")]],
        };
        assert_eq!(
            serde_json::to_value(&block).unwrap(),
            serde_json::json!({ "kind": "facts", "rows": [[{ "label": "姓名", "text": "王小雨" }]] })
        );
    }
}
