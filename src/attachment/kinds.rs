//! What is asked for: one thing, or one of several.

use entities::words::Material;

use crate::platform::{Check, Say};

/// Name of the field; errors stand beside it.
pub(super) const FIELD: &str = "files";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kinds {
    /// One thing.
    One {
        /// A code of whoever asks.
        code: String,
        /// What its files are called in the child's file, where whoever asks is not there to say it.
        name: String,
    },
    /// One of several, which the form lets choose: code and its name in words.
    Choose(Vec<(String, Say)>),
}

impl Kinds {
    /// What families and hospitals bring on paper.
    pub fn materials() -> Self {
        let all = Material::ALL.iter();
        Self::Choose(all.map(|one| (one.as_str().to_owned(), one.word().into())).collect())
    }

    /// What was chosen.
    pub(super) fn read(&self, check: &mut Check, sent: &str) -> Option<String> {
        match self {
            Self::One { code, .. } => Some(code.clone()),
            Self::Choose(all) => {
                let known = all.iter().find(|(code, _)| code == sent);
                if known.is_none() {
                    check.wrong(
                        "kind",
                        if sent.is_empty() {
                            "form.required"
                        } else {
                            "form.unreadable"
                        },
                    );
                }
                known.map(|(code, _)| code.clone())
            }
        }
    }

    pub(super) fn name(&self, code: &str) -> Option<Say> {
        match self {
            Self::One { .. } => None,
            Self::Choose(all) => all.iter().find(|(known, _)| known == code).map(|(_, say)| say.clone()),
        }
    }

    /// What a file is called, where the form does not let say it.
    pub(super) fn title(&self) -> Option<String> {
        match self {
            Self::One { name, .. } => Some(name.clone()),
            Self::Choose(_) => None,
        }
    }
}

/// The fields beside the files, as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// What it is.
    pub kind: String,
    /// In words.
    pub title: String,
}
