//! Sentences in both languages of the product.

use std::fmt;

/// One text in Chinese and English.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// A text in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// Several pieces one after the other, as one sentence with its full stop.
    pub fn sentence(pieces: &[Self]) -> Self {
        let join = |piece: fn(&Self) -> &str, between: &str| pieces.iter().map(piece).collect::<Vec<_>>().join(between);
        Self {
            zh: join(|p| &p.zh, "；") + "。",
            en: join(|p| &p.en, "; ") + ".",
        }
    }
}

/// The English text: what a terminal shows.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// A number of things in English: 1 day, 2 days.
pub(crate) fn count(n: u64, one: &str) -> String {
    match n {
        1 => format!("1 {one}"),
        _ if one == "person" => format!("{n} people"),
        _ if one.ends_with("ity") => format!("{n} {}ies", one.trim_end_matches('y')),
        _ => format!("{n} {one}s"),
    }
}
