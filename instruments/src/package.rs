//! A verified package and what can be looked up in it.

use std::ops::Deref;

use super::answers::{Answers, InputError, Value, shown};
use super::check::{self, PackageError};
use super::definition::{Choice, Column, CutoffSet, Definition, Item, Part};
use super::outcome::Outcome;
use super::score::{self, Options};
use super::text::{Spoken, Text, say};

/// One instrument in one version, verified: its structure has been checked and its test vectors have been executed.
/// There is no other way to get one than [`Package::parse`].
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    definition: Definition,
}

impl Package {
    /// A package file is small; anything beyond this is refused before it is read.
    pub const MAX_BYTES: usize = 1024 * 1024;

    /// Reads a package from TOML, checks everything it says and executes its test vectors.
    pub fn parse(toml: &str) -> Result<Package, PackageError> {
        if toml.len() > Self::MAX_BYTES {
            return Err(PackageError::one(
                "",
                say("package_too_large", &[("limit", &(Self::MAX_BYTES / 1024))]),
            ));
        }
        let definition = toml::from_str(toml).map_err(|error| PackageError::syntax(toml, &error))?;
        Package::verified(definition)
    }

    pub(super) fn verified(definition: Definition) -> Result<Package, PackageError> {
        check::verify(&definition)?;
        Ok(Package { definition })
    }

    /// Scores a sheet. An unfinished sheet is no error: its outcome lists what is missing.
    pub fn score(&self, answers: &Answers, options: &Options<'_>) -> Result<Outcome, InputError> {
        score::score(&self.definition, answers, options)
    }

    /// The items this child needs so far, in order: parts not begun and follow-ups not due are left out.
    /// An entry screen shows these.
    pub fn needed(&self, answers: &Answers) -> Result<Vec<&Item>, InputError> {
        Ok(score::Sheet::mark(&self.definition, answers)?.needed().to_vec())
    }
}

impl Package {
    /// Written to show the format or for a demonstration: its results say nothing about a child.
    pub fn is_example(&self) -> bool {
        self.version.starts_with("demo")
    }
}

impl Deref for Package {
    type Target = Definition;
    fn deref(&self) -> &Definition {
        &self.definition
    }
}

impl Definition {
    /// All items with their part, in order.
    pub fn items(&self) -> impl Iterator<Item = (&Part, &Item)> {
        self.parts
            .iter()
            .flat_map(|part| part.items.iter().map(move |item| (part, item)))
    }

    /// One item with its part.
    pub fn item(&self, id: &str) -> Option<(&Part, &Item)> {
        self.items().find(|(_, item)| item.id == id)
    }

    /// What the items of a part can be answered with, in the order of the sheet.
    pub fn choices_of(&self, part: &Part) -> &[Choice] {
        self.choices.get(&part.choices).map_or(&[], Vec::as_slice)
    }

    /// What is read beside an item: its words where there are any for this column, otherwise its neutral name.
    pub fn label(&self, item: &Item, column: Option<&Column>) -> Text {
        let in_column = column.and_then(|column| column.labels.get(&item.id));
        in_column
            .or(item.label.as_ref())
            .cloned()
            .unwrap_or_else(|| self.neutral_label(item))
    }

    /// The name of an item without its words: "item 7".
    pub fn neutral_label(&self, item: &Item) -> Text {
        if let Some(short) = &item.short {
            return short.clone();
        }
        let part = self
            .parts
            .iter()
            .find(|part| part.items.iter().any(|other| other.id == item.id));
        let template = part
            .and_then(|part| part.item_label.as_ref())
            .unwrap_or(&self.item_label);
        template.fill(&[
            ("id", &item.id),
            ("follows", &item.follows.as_deref().unwrap_or_default()),
        ])
    }

    /// The answer a form sent as text, for an item.
    pub fn answer(&self, item: &str, text: &str) -> Result<Value, InputError> {
        let Some((part, _)) = self.item(item) else {
            return Err(InputError::unknown_item(&self.code, item));
        };
        let choices = self.choices_of(part);
        let choice = choices.iter().find(|choice| choice.value.to_string() == text);
        choice
            .map(|choice| choice.value.clone())
            .ok_or_else(|| InputError::wrong_answer(item, text, choices))
    }

    /// The column for an age; none for an instrument without columns.
    pub fn column(&self, age_months: Option<u32>) -> Result<Option<&Column>, InputError> {
        let (Some(first), Some(last)) = (self.columns.first(), self.columns.last()) else {
            return Ok(None);
        };
        let range: [(&str, &dyn Spoken); 3] = [
            ("code", &self.code),
            ("from", &first.from_months),
            ("to", &last.to_months),
        ];
        let Some(age) = age_months else {
            return Err(InputError::new("age_needed", &range));
        };
        let column = self
            .columns
            .iter()
            .find(|column| (column.from_months..=column.to_months).contains(&age));
        column
            .map(Some)
            .ok_or_else(|| InputError::new("age_without_column", &range))
    }

    /// The cut-off set of that id, or the default one; none for an instrument without cut-offs.
    pub fn cutoff_set(&self, id: Option<&str>) -> Result<Option<&CutoffSet>, InputError> {
        let Some(id) = id else {
            return Ok(self.cutoffs.iter().find(|set| set.default));
        };
        if self.cutoffs.is_empty() {
            return Err(InputError::new("no_cutoffs", &[("code", &self.code)]));
        }
        self.cutoffs.iter().find(|set| set.id == id).map(Some).ok_or_else(|| {
            let known: Vec<&str> = self.cutoffs.iter().map(|set| set.id.as_str()).collect();
            InputError::new(
                "unknown_cutoffs",
                &[
                    ("code", &self.code),
                    ("cutoffs", &shown(id)),
                    ("known", &known.join(", ")),
                ],
            )
        })
    }
}
