//! Sentences in both languages of the product, and the words the engine itself speaks.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::points::Points;

/// The language a person reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The language of a tag such as `zh-CN` or `en`; Chinese when it is neither.
    pub fn from_tag(tag: &str) -> Language {
        if tag.starts_with("en") {
            Language::En
        } else {
            Language::Zh
        }
    }
}

/// One text in Chinese and English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in one language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }

    /// Builds both languages with the same recipe.
    pub(super) fn both(recipe: impl Fn(Language) -> String) -> Text {
        Text {
            zh: recipe(Language::Zh),
            en: recipe(Language::En),
        }
    }

    /// Puts values in the place of `{name}` marks; an unknown mark becomes empty.
    pub(super) fn fill(&self, values: &[(&str, &dyn Spoken)]) -> Text {
        Text::both(|language| {
            fill(self.get(language), |mark| {
                values
                    .iter()
                    .find(|(name, _)| *name == mark)
                    .map(|(_, value)| value.spoken(language))
                    .unwrap_or_default()
            })
        })
    }

    /// Strings several texts together with the separator of that name in `words.toml`.
    pub(super) fn join(texts: &[Text], separator: &str) -> Text {
        let separator = say(separator, &[]);
        Text::both(|language| {
            let parts: Vec<&str> = texts.iter().map(|text| text.get(language)).collect();
            parts.join(separator.get(language))
        })
    }

    pub(super) fn is_blank(&self) -> bool {
        self.zh.trim().is_empty() || self.en.trim().is_empty()
    }
}

/// The English text: what a terminal shows.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// Something that can stand inside a sentence.
pub(super) trait Spoken {
    fn spoken(&self, language: Language) -> String;
}

impl Spoken for Text {
    fn spoken(&self, language: Language) -> String {
        self.get(language).to_owned()
    }
}

macro_rules! same_in_every_language {
    ($($kind:ty),*) => {$(
        impl Spoken for $kind {
            fn spoken(&self, _: Language) -> String {
                self.to_string()
            }
        }
    )*};
}
same_in_every_language!(str, &str, String, Points, u32, usize);

static WORDS: LazyLock<BTreeMap<String, Text>> =
    LazyLock::new(|| toml::from_str(include_str!("words.toml")).unwrap_or_default());

/// A sentence of `words.toml` with its `{name}` marks filled.
pub(super) fn say(key: &str, values: &[(&str, &dyn Spoken)]) -> Text {
    match WORDS.get(key) {
        Some(template) => template.fill(values),
        None => Text::both(|_| key.to_owned()),
    }
}

fn fill(template: &str, value: impl Fn(&str) -> String) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, mark)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = mark.split_once('}').unwrap_or((mark, ""));
        filled.push_str(&value(name));
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `say("key", &[("mark", ..)])` of the engine against `words.toml`.
    #[test]
    fn every_sentence_of_the_engine_is_in_both_languages() {
        let sources = [
            include_str!("answers.rs"),
            include_str!("package.rs"),
            include_str!("score.rs"),
            include_str!("explain.rs"),
            include_str!("command.rs"),
            include_str!("registry.rs"),
            include_str!("item_texts.rs"),
            include_str!("check/mod.rs"),
            include_str!("check/sheet.rs"),
            include_str!("check/scoring.rs"),
            include_str!("check/vectors.rs"),
        ];
        let words: BTreeMap<String, Text> =
            toml::from_str(include_str!("words.toml")).unwrap_or_else(|error| panic!("{}", error.message()));
        let quoted = sources.join("\n");
        for (key, text) in &words {
            // Chinese sentences follow each other without a space.
            assert!(key == "sentence" || !text.is_blank(), "{key} lacks a language");
            assert!(quoted.contains(&format!("\"{key}\"")), "{key} is never said");
        }
        let keys_after = |opening: &str, prefix: &'static str| {
            let calls = quoted.split(opening).skip(1).map(str::trim_start);
            let keys = calls.filter_map(|call| call.strip_prefix('"').unwrap_or(call).split('"').next());
            keys.map(|key| format!("{prefix}{key}")).collect::<Vec<_>>()
        };
        let said = [
            keys_after("say(\"", ""),
            keys_after("InputError::new(", ""),
            keys_after("\"fault_", "fault_"),
        ]
        .concat();
        for key in &said {
            assert!(words.contains_key(key) || key.contains(','), "words.toml lacks {key}");
        }
        assert!(said.len() > 80, "only {} sentences were looked at", said.len());
    }

    #[test]
    fn values_are_never_read_as_marks() {
        let text = Text {
            zh: "{a}和{b}".into(),
            en: "{a} and {b}".into(),
        };
        let filled = text.fill(&[("a", &"{b}"), ("b", &"x{")]);
        assert_eq!((filled.zh.as_str(), filled.en.as_str()), ("{b}和x{", "{b} and x{"));
    }
}
