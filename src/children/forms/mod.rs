//! What the pages of a file send, and how it becomes checked input.

mod child;
mod consent;
mod guardian;
mod residence;

use chrono::NaiveDate;
use entities::{
    division_code::{DivisionCode, DivisionLevel},
    text,
};

pub use self::{
    child::{ChildForm, blank},
    consent::{ConsentForm, DayForm},
    guardian::{GuardianForm, SharedGuardianForm},
    residence::MoveForm,
};
use crate::{
    organisations::forms as organisations,
    person::hanzi,
    platform::{Check, Say},
};

/// A field whose record says something else than was typed: its label, and what is there now.
pub type Difference = (&'static str, String);

/// Longest name of a person (GB/T 2261 exchange files keep 50 characters).
const NAME: usize = 50;
/// Longest free text of a line.
const LINE: usize = 120;

/// A person's name: letters of any script, with the signs that names have.
pub fn person_name(check: &mut Check, field: &'static str, text: &str) -> Option<String> {
    let name = check.text_within(field, &hanzi::tidy_name(text), NAME)?;
    if let Some(odd) = odd_one(text) {
        check.wrong(field, odd);
        return None;
    }
    if !name.chars().any(char::is_alphabetic) {
        check.wrong(field, "form.name");
        return None;
    }
    Some(name)
}

/// The first character that no name has, and where it stands.
fn odd_one(typed: &str) -> Option<Say> {
    let fits = |c: char| {
        c.is_alphanumeric() || text::is_mark(c) || matches!(c, '·' | ' ' | '\'' | '’' | '-' | '.' | '\u{f0b}')
    };
    let typed = typed.trim();
    let (at, odd) = typed
        .chars()
        .enumerate()
        .find(|(_, c)| !hanzi::tidy_name(&c.to_string()).chars().all(fits))?;
    let say = Say::new("form.name.character").with("place", at + 1);
    Some(
        say.with("character", odd)
            .with("code", format!("U+{:04X}", u32::from(odd))),
    )
}

fn line(check: &mut Check, field: &'static str, text: &str) -> Option<String> {
    check.optional_text(field, text, LINE)
}

fn past_date(check: &mut Check, field: &'static str, text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let day = check.date(field, text)?;
    if day > today {
        check.wrong(field, "form.future");
        return None;
    }
    Some(day)
}

fn division(text: &str) -> Result<DivisionCode, Say> {
    organisations::code(text).map_err(Say::new)
}

/// A place to live in: a street or a village.
fn place(check: &mut Check, field: &'static str, text: &str) -> Option<DivisionCode> {
    let text = check.text(field, text)?;
    let code = check.take(field, division(&text))?;
    if matches!(code.level(), DivisionLevel::Street | DivisionLevel::Village) {
        return Some(code);
    }
    check.wrong(field, "child.division_level");
    None
}

fn is_address(text: &str) -> bool {
    text.chars().count() <= 254 && validator::ValidateEmail::validate_email(&text)
}
