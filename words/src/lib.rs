//! What people read: keys in the locale files, with parameters, in their language.

mod catalogue;

use std::{borrow::Cow, fmt::Write as _};

use entities::words::Language;

pub use catalogue::{Broken, load, sources};

/// A sentence to be said: a key of the locale files with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Say {
    key: Cow<'static, str>,
    params: Vec<(&'static str, Param)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Param {
    Text(String),
    Say(Say),
}

impl Say {
    /// A sentence by its key.
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self {
            key: key.into(),
            params: Vec::new(),
        }
    }

    /// With a value as it is.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.push((name, Param::Text(value.to_string())));
        self
    }

    /// With a value that is itself to be translated.
    #[must_use]
    pub fn with_word(mut self, name: &'static str, say: impl Into<Say>) -> Self {
        self.params.push((name, Param::Say(say.into())));
        self
    }

    /// Its key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// In words.
    pub fn in_words(&self, language: Language) -> String {
        let mut text = raw(language, &self.key).into_owned();
        for (name, value) in &self.params {
            let value = match value {
                Param::Text(text) => Cow::Borrowed(text.as_str()),
                Param::Say(say) => Cow::Owned(say.in_words(language)),
            };
            text = text.replace(&format!("%{{{name}}}"), &value);
        }
        text
    }
}

impl From<&'static str> for Say {
    fn from(key: &'static str) -> Self {
        Self::new(key)
    }
}

impl From<String> for Say {
    fn from(key: String) -> Self {
        Self::new(key)
    }
}

/// Anything a page can say in the reader's language: a key or a sentence. Words of a vocabulary give their key by `word()`.
pub trait Phrase {
    /// In words.
    fn phrase(&self, language: Language) -> String;
}

impl Phrase for str {
    fn phrase(&self, language: Language) -> String {
        raw(language, self).into_owned()
    }
}

impl Phrase for String {
    fn phrase(&self, language: Language) -> String {
        raw(language, self).into_owned()
    }
}

impl Phrase for Say {
    fn phrase(&self, language: Language) -> String {
        self.in_words(language)
    }
}

impl<P: Phrase + ?Sized> Phrase for &P {
    fn phrase(&self, language: Language) -> String {
        (**self).phrase(language)
    }
}

/// The text of a key; Chinese when a language lacks it, the key itself when nobody has it.
pub fn raw(language: Language, key: &str) -> Cow<'_, str> {
    catalogue::text(language, key).unwrap_or(Cow::Borrowed(key))
}

/// Words joined as the language joins a list: 、 in Chinese, commas in English.
pub fn joined(language: Language, parts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let separator = raw(language, "ui.list_separator");
    parts
        .into_iter()
        .enumerate()
        .fold(String::new(), |mut text, (i, part)| {
            let _ = write!(text, "{}{}", if i == 0 { "" } else { &separator }, part.as_ref());
            text
        })
}
