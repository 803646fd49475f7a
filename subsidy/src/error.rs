//! What is wrong with an input, in both languages.

use std::fmt;

use crate::text::{Spoken, Text, say};

/// Why an input cannot be worked with: one line, with the place where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    place: Vec<String>,
    text: Text,
}

impl Error {
    /// A sentence of `words.toml` whose key begins with `error_`.
    pub(crate) fn new(key: &str, values: &[(&str, &dyn Spoken)]) -> Self {
        Self {
            place: Vec::new(),
            text: say(&format!("error_{key}"), values),
        }
    }

    /// A sum beyond every amount that can be meant.
    pub(crate) fn too_large() -> Self {
        Self::new("too_large", &[])
    }

    /// What the reader of JSON has to say.
    pub(crate) fn unreadable(error: &serde_json::Error) -> Self {
        let what: String = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        Self::new("unreadable", &[("what", &line(&what, 200))])
    }

    /// The same, at this place.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.place.insert(0, line(&place.to_string(), 200));
        self
    }

    /// The sentence with its place: one line in each language.
    pub fn text(&self) -> Text {
        let place = self.place.join(": ");
        let whole = |colon: &str, text: &str| match place.as_str() {
            "" => line(text, 600),
            place => line(&format!("{place}{colon}{text}"), 600),
        };
        Text {
            zh: whole("：", &self.text.zh),
            en: whole(": ", &self.text.en),
        }
    }
}

/// The English line, which a terminal shows.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for Error {}

/// One line of at most so many characters.
fn line(text: &str, most: usize) -> String {
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = line.take(most).collect();
    if text.chars().nth(most).is_some() {
        short.push('…');
    }
    short
}
