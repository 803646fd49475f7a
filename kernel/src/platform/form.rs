//! From what a browser or a spreadsheet sends (text) to what services accept (types), with errors by field.

use std::{collections::BTreeMap, str::FromStr};

use chrono::NaiveDate;
use entities::{
    day::Unread,
    half_width::{half_width, narrow},
    words::Vocabulary,
};
use validator::{Validate, ValidationErrors};

use super::{
    day,
    error::Error,
    text::{LONGEST, REFUSED},
    words::Say,
};

/// Longest line of text that has no limit of its own, in characters.
pub const LINE: usize = 200;

/// What is wrong with a form, by field; the empty field name is the form as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(BTreeMap<String, Vec<Say>>);

impl Errors {
    /// One about the form as a whole.
    pub fn whole(say: impl Into<Say>) -> Self {
        let mut errors = Self::default();
        errors.add_form(say);
        errors
    }

    /// One of one field.
    pub fn field(field: impl Into<String>, say: impl Into<Say>) -> Self {
        let mut errors = Self::default();
        errors.add(field, say);
        errors
    }

    /// One more.
    pub fn add(&mut self, field: impl Into<String>, say: impl Into<Say>) {
        self.0.entry(field.into()).or_default().push(say.into());
    }

    /// One more about the form as a whole.
    pub fn add_form(&mut self, say: impl Into<Say>) {
        self.add("", say);
    }

    /// Those of one field.
    pub fn get(&self, field: &str) -> &[Say] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// Those of one field, which has them no more.
    pub fn take(&mut self, field: &str) -> Vec<Say> {
        self.0.remove(field).unwrap_or_default()
    }

    /// Those of the form as a whole.
    pub fn form(&self) -> &[Say] {
        self.get("")
    }

    /// All, field by field.
    pub fn all(&self) -> Vec<(&str, &Say)> {
        self.0
            .iter()
            .flat_map(|(f, says)| says.iter().map(move |s| (f.as_str(), s)))
            .collect()
    }

    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl AsRef<Self> for Errors {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl From<ValidationErrors> for Errors {
    fn from(found: ValidationErrors) -> Self {
        let mut errors = Self::default();
        for (field, list) in found.field_errors() {
            for one in list {
                let key = one.message.clone().unwrap_or_else(|| one.code.clone());
                let mut say = Say::new(key);
                for name in ["min", "max"] {
                    if let Some(value) = one.params.get(name) {
                        say = say.with(name, value);
                    }
                }
                errors.add(field.to_string(), say);
            }
        }
        errors
    }
}

/// Reads fields one by one and collects what is wrong, so that the user sees everything at once.
#[derive(Debug, Default)]
pub struct Check(Errors);

impl Check {
    /// Start with what the form's own `validate` finds.
    pub fn of(form: &impl Validate) -> Self {
        Self(form.validate().map_err(Errors::from).err().unwrap_or_default())
    }

    /// One more error.
    pub fn wrong(&mut self, field: &'static str, say: impl Into<Say>) {
        self.0.add(field, say);
    }

    /// A line of text, trimmed; empty is an error.
    pub fn text(&mut self, field: &'static str, value: &str) -> Option<String> {
        self.text_within(field, value, LINE)
    }

    /// A line of text of so many characters at most; empty is an error.
    pub fn text_within(&mut self, field: &'static str, value: &str, longest: usize) -> Option<String> {
        if optional(value).is_none() {
            self.required(field);
        }
        self.optional_text(field, value, longest)
    }

    /// A line of text of so many characters at most, or nothing.
    pub fn optional_text(&mut self, field: &'static str, value: &str, longest: usize) -> Option<String> {
        let line = self.optional_note(field, value, longest)?;
        if line.contains('\n') {
            self.wrong(field, "form.one_line");
            return None;
        }
        Some(line)
    }

    /// Text of several lines, of so many characters at most; empty is an error.
    pub fn note(&mut self, field: &'static str, value: &str, longest: usize) -> Option<String> {
        if optional(value).is_none() {
            self.required(field);
        }
        self.optional_note(field, value, longest)
    }

    /// Text of several lines, of so many characters at most, or nothing.
    pub fn optional_note(&mut self, field: &'static str, value: &str, longest: usize) -> Option<String> {
        let text = optional(value)?;
        match allowed(&text, longest) {
            Ok(()) => Some(text),
            Err(say) => {
                if self.0.get(field).is_empty() {
                    self.wrong(field, say);
                }
                None
            }
        }
    }

    /// A day as people write it ([`day::written()`]); empty is an error.
    pub fn date(&mut self, field: &'static str, value: &str) -> Option<NaiveDate> {
        if value.trim().is_empty() {
            self.required(field);
        }
        self.optional_date(field, value)
    }

    /// A date or nothing.
    pub fn optional_date(&mut self, field: &'static str, value: &str) -> Option<NaiveDate> {
        let text = optional(value)?;
        self.take(field, day_of(&text))
    }

    /// A line of text that is a number or a code: half-width, in one piece, without what nobody sees; or nothing.
    pub fn optional_code(&mut self, field: &'static str, value: &str, longest: usize) -> Option<String> {
        let text = optional(&narrow(value))?;
        let code: String = text.split_whitespace().collect();
        self.optional_text(field, &code, longest)
    }

    /// Anything that parses (numbers, ids); empty is an error.
    pub fn parse<T: FromStr>(&mut self, field: &'static str, value: &str) -> Option<T> {
        if value.trim().is_empty() {
            self.required(field);
        }
        self.optional_parse(field, value)
    }

    /// Anything that parses, or nothing.
    pub fn optional_parse<T: FromStr>(&mut self, field: &'static str, value: &str) -> Option<T> {
        let text = optional(&half_width(value))?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.wrong(field, "form.unreadable");
        }
        parsed
    }

    /// A word of a vocabulary; empty is an error.
    pub fn word<W: Vocabulary>(&mut self, field: &'static str, value: &str) -> Option<W> {
        if value.trim().is_empty() {
            self.required(field);
            return None;
        }
        let word = value.trim().parse().ok();
        if word.is_none() {
            self.wrong(field, "form.choice");
        }
        word
    }

    /// Take a checked result, or its error.
    pub fn take<T, E: Into<Say>>(&mut self, field: &'static str, result: Result<T, E>) -> Option<T> {
        result.map_err(|e| self.wrong(field, e)).ok()
    }

    /// Nothing is wrong so far.
    pub fn is_clean(&self) -> bool {
        self.0.is_empty()
    }

    /// The end: `input` when everything was right. A field that gave nothing without an error is our fault.
    pub fn done<T>(self, input: Option<T>) -> Result<T, Errors> {
        match input {
            Some(input) if self.0.is_empty() => Ok(input),
            _ if self.0.is_empty() => {
                let mut errors = self.0;
                errors.add_form("form.unreadable");
                Err(errors)
            }
            _ => Err(self.0),
        }
    }

    fn required(&mut self, field: &'static str) {
        if self.0.get(field).is_empty() {
            self.wrong(field, "form.required");
        }
    }
}

/// The day that a text says.
///
/// # Errors
/// The sentence for its field.
pub fn day_of(text: &str) -> Result<NaiveDate, Say> {
    day::written(text).map_err(|unread| match unread {
        Unread::NotADay => Say::new("form.date"),
        Unread::TimeOfDay(moment) => Say::new("form.date.time")
            .with("day", moment.date())
            .with("time", moment.format("%H:%M:%S")),
    })
}

/// What text of a form has to be, whatever it is about: without what [`super::text::cleaned`] marked, and not longer than
/// its field. Forms whose fields are made while they are read ask here; all others ask [`Check`].
///
/// # Errors
/// The sentence for the field.
pub fn allowed(text: &str, longest: usize) -> Result<(), Say> {
    let longest = longest.min(LONGEST);
    if let Some(at) = text.chars().position(|c| c == REFUSED) {
        Err(Say::new("form.characters").with("place", at + 1))
    } else if text.chars().count() > longest {
        Err(Say::new("form.too_long").with("max", longest))
    } else {
        Ok(())
    }
}

/// Trimmed text; nothing when empty. For what is looked for; what is kept goes through [`Check`].
pub fn optional(value: &str) -> Option<String> {
    let text = value.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

impl From<Errors> for Error {
    fn from(errors: Errors) -> Self {
        Self::Invalid(Box::new(errors))
    }
}
