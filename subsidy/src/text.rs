//! Sentences in both languages, and the words that the crate itself speaks.

use std::{collections::BTreeMap, fmt, sync::LazyLock};

use serde::{Deserialize, Serialize};

/// The language a person reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// One text in Chinese and English.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

    /// The same in every language.
    pub fn same(text: &str) -> Self {
        Self {
            zh: text.to_owned(),
            en: text.to_owned(),
        }
    }

    pub(crate) fn both(recipe: impl Fn(Language) -> String) -> Self {
        Self {
            zh: recipe(Language::Zh),
            en: recipe(Language::En),
        }
    }

    /// Puts values in the place of `{name}` marks; an unknown mark becomes empty.
    pub(crate) fn fill(&self, values: &[(&str, &dyn Spoken)]) -> Self {
        Self::both(|language| {
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
    pub(crate) fn join(texts: &[Self], separator: &str) -> Self {
        let separator = say(separator, &[]);
        Self::both(|language| {
            let parts: Vec<&str> = texts.iter().map(|text| text.get(language)).collect();
            parts.join(separator.get(language))
        })
    }

    /// The same with another text behind it.
    pub(crate) fn then(&self, other: &Self) -> Self {
        Self::join(&[self.clone(), other.clone()], "sentence")
    }
}

/// The English text: what a terminal shows.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// Something that can stand inside a sentence.
pub(crate) trait Spoken {
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
same_in_every_language!(str, &str, String, i64, u32, usize);

static WORDS: LazyLock<BTreeMap<String, Text>> =
    LazyLock::new(|| toml::from_str(include_str!("words.toml")).unwrap_or_default());

/// A sentence of `words.toml` with its `{name}` marks filled.
pub(crate) fn say(key: &str, values: &[(&str, &dyn Spoken)]) -> Text {
    match WORDS.get(key) {
        Some(template) => template.fill(values),
        None => Text::same(key),
    }
}

/// A sentence of `words.toml`, where there is one.
pub(crate) fn known(key: &str) -> Option<&'static Text> {
    WORDS.get(key)
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

    fn sources() -> String {
        let mut all = String::new();
        let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("text.rs") {
                    all.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        all
    }

    /// Every `say("key", …)` and `Error::new("key", …)` against `words.toml`, and back.
    #[test]
    fn every_sentence_is_there_in_both_languages_and_said() {
        let words: BTreeMap<String, Text> = toml::from_str(include_str!("words.toml")).unwrap();
        let sources = sources();
        for (key, text) in &words {
            assert!(
                key == "sentence" || !(text.zh.trim().is_empty() || text.en.trim().is_empty()),
                "{key}"
            );
            let marks = |text: &str| {
                let mut marks: Vec<String> = text
                    .split('{')
                    .skip(1)
                    .filter_map(|m| Some(m.split_once('}')?.0.to_owned()))
                    .collect();
                marks.sort_unstable();
                marks.dedup();
                marks
            };
            assert_eq!(
                marks(&text.zh),
                marks(&text.en),
                "{key}: both languages say the same figures"
            );
            let bare = key.strip_prefix("error_").unwrap_or(key);
            let made = ["sentence", "name_", "plain_", "title_", "mode_need_"]
                .iter()
                .any(|prefix| key.starts_with(prefix));
            assert!(made || sources.contains(&format!("\"{bare}\"")), "{key} is never said");
        }
        let after = |opening: &str, prefix: &'static str| -> Vec<String> {
            let calls = sources.split(opening).skip(1).map(str::trim_start);
            let keys = calls.filter_map(|call| call.strip_prefix('"')?.split('"').next());
            keys.map(|key| format!("{prefix}{key}")).collect()
        };
        let said = [after("say(", ""), after("Error::new(", "error_")].concat();
        for key in &said {
            assert!(words.contains_key(key), "words.toml lacks {key}");
        }
        assert!(said.len() > 50, "only {} sentences were looked at", said.len());
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
