//! Is a package sound? Every fault is found and named with its place, then the test vectors are executed.

mod scoring;
mod sheet;
mod vectors;

use std::collections::BTreeSet;
use std::fmt;

use super::definition::Definition;
use super::text::{Spoken, Text, say};

/// Checks the structure; when that is sound, executes the vectors.
pub(super) fn verify(package: &Definition) -> Result<(), PackageError> {
    let mut faults = Faults::default();
    sheet::check(package, &mut faults);
    scoring::check(package, &mut faults);
    if faults.problems.is_empty() {
        vectors::check(package, &mut faults);
    }
    if faults.problems.is_empty() {
        return Ok(());
    }
    Err(PackageError {
        package: package.code.clone(),
        problems: faults.problems,
    })
}

/// Why a package is rejected: every problem with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageError {
    /// Code of the package; empty when the file could not be read that far.
    pub package: String,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
}

/// One fault in a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: a line and column, or a path such as `cutoffs.nhc2010.strong`.
    pub place: String,
    /// What, in both languages.
    pub message: Text,
}

impl PackageError {
    pub(super) fn one(place: &str, message: Text) -> PackageError {
        PackageError {
            package: String::new(),
            problems: vec![Problem {
                place: place.to_owned(),
                message,
            }],
        }
    }

    /// A file that is no TOML, or has fields a package does not know.
    pub(super) fn syntax(toml: &str, error: &toml::de::Error) -> PackageError {
        let before = error.span().and_then(|span| toml.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) + 1;
        let why = why(error.message());
        PackageError::one(&format!("{line}:{column}"), say("package_not_read", &[("why", &why)]))
    }
}

/// What the reader of TOML found, as one says it to whoever wrote the file: its own words are those of programmers.
fn why(message: &str) -> Text {
    let quoted = message.split('`').nth(1).unwrap_or_default();
    let key = if message.starts_with("missing field") {
        "toml_field_missing"
    } else if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        "toml_field_unknown"
    } else if message.starts_with("duplicate") {
        "toml_field_twice"
    } else if message.starts_with("invalid type") || message.starts_with("invalid value") {
        "toml_value_wrong"
    } else if message.ends_with("at most one decimal place") {
        "toml_number"
    } else if message.starts_with("a rule is") {
        "rule_shape"
    } else {
        "toml_unsound"
    };
    say(key, &[("field", &quoted)])
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems: Vec<String> = self.problems.iter().map(Problem::to_string).collect();
        let package = if self.package.is_empty() {
            "the file"
        } else {
            &self.package
        };
        write!(f, "instrument package {package} is not sound: {}", problems.join("; "))
    }
}

impl std::error::Error for PackageError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            self.message.fmt(f)
        } else {
            write!(f, "{}: {}", self.place, self.message)
        }
    }
}

/// Collects the problems of a package.
#[derive(Default)]
struct Faults {
    problems: Vec<Problem>,
}

impl Faults {
    fn add(&mut self, place: &str, key: &str, values: &[(&str, &dyn Spoken)]) {
        self.problems.push(Problem {
            place: place.to_owned(),
            message: say(key, values),
        });
    }

    /// Adds the problem unless the condition holds.
    fn unless(&mut self, holds: bool, place: &str, key: &str, values: &[(&str, &dyn Spoken)]) {
        if !holds {
            self.add(place, key, values);
        }
    }

    /// A text must be there in both languages.
    fn text(&mut self, place: &str, text: &Text) {
        self.unless(!text.is_blank(), place, "fault_text_blank", &[]);
    }

    /// Ids must be well formed and must not repeat.
    fn ids<'a>(&mut self, place: &str, ids: impl IntoIterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for id in ids {
            self.unless(
                is_id(id),
                place,
                "fault_id_malformed",
                &[("id", &super::answers::shown(id))],
            );
            self.unless(seen.insert(id), place, "fault_id_twice", &[("id", &id)]);
        }
    }
}

/// Ids travel through files, addresses and form fields.
fn is_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=32).contains(&id.len()) && id.bytes().all(allowed)
}
