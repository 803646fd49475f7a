//! A text as it is typed.

use entities::{agreement::agreement_template, words::AgreementKind};
use serde::{Deserialize, Serialize};

use super::service::NewTemplate;
use crate::{
    agreement::text,
    platform::{Check, Errors, Version},
};

/// Longest title, in characters.
const TITLE: usize = 80;
/// Longest text, in characters.
const BODY: usize = 9_000;

/// A text as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateForm {
    /// The version that was read.
    pub version: String,
    /// What it is about.
    pub kind: String,
    /// What the agreement is called.
    pub title: String,
    /// The text.
    pub body: String,
    /// Every guardian with custody signs.
    pub all_with_custody: String,
    /// `look`: show it on a sample, and keep nothing.
    pub then: String,
}

impl TemplateForm {
    /// What a row says.
    pub fn of(row: &agreement_template::Model) -> Self {
        Self {
            version: row.version.to_string(),
            kind: row.kind.as_str().to_owned(),
            title: row.title.clone(),
            body: row.body.clone(),
            all_with_custody: if row.all_with_custody { "true" } else { "" }.to_owned(),
            then: String::new(),
        }
    }

    /// The version that was read.
    pub fn version(&self) -> Version {
        Version::typed(&self.version)
    }

    /// Only to be looked at.
    pub fn looks(&self) -> bool {
        self.then == "look"
    }

    /// The text.
    pub fn input(&self) -> Result<NewTemplate, Errors> {
        let mut check = Check::default();
        let kind = check.word::<AgreementKind>("kind", &self.kind);
        let title = check.text_within("title", &self.title, TITLE);
        let body = check.note("body", &self.body, BODY);
        if let Some(body) = &body {
            for fault in text::faults(body) {
                check.wrong("body", fault);
            }
        }
        let new = kind.zip(title).zip(body).map(|((kind, title), body)| NewTemplate {
            kind,
            title,
            body,
            all_with_custody: !self.all_with_custody.is_empty(),
        });
        check.done(new)
    }
}
