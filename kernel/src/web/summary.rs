//! What is wrong with a form, on top of it: every line names its field as the page does, with its row and its child where
//! it is one of many, and leads there.
//!
//! Fields say what they are called while they are written (`named`). The summary stands before them, so a page with one
//! is written twice (`Ctx::part`).

use std::cell::{Cell, RefCell};

use askama::Values;

use entities::words::Language;

use crate::platform::{Errors, Say};

/// Under which templates find the [`Labels`].
pub const LABELS: &str = "labels";

/// The fields of a form that is not right, as the page calls them, in its order.
#[derive(Debug, Default)]
pub struct Labels {
    known: RefCell<Vec<Known>>,
    group: RefCell<String>,
    wanted: Cell<bool>,
}

/// A field of the page.
#[derive(Debug)]
struct Known {
    field: String,
    label: String,
    /// The heading of the fields that it belongs to; empty where there is none.
    group: String,
}

impl Labels {
    fn tell(&self, field: &str, label: &str) {
        let mut known = self.known.borrow_mut();
        if !known.iter().any(|one| one.field == field) {
            known.push(Known {
                field: field.to_owned(),
                label: label.to_owned(),
                group: self.group.borrow().clone(),
            });
        }
    }

    fn place(&self, field: &str) -> Option<usize> {
        self.known.borrow().iter().position(|one| one.field == field)
    }

    /// What a field is called; with its heading where another heading has a field of the same name.
    fn label(&self, field: &str) -> Option<String> {
        let known = self.known.borrow();
        let found = known.iter().find(|one| one.field == field)?;
        let is_ambiguous = known
            .iter()
            .any(|one| one.label == found.label && one.group != found.group);
        Some(if is_ambiguous && !found.group.is_empty() {
            format!("{} · {}", found.group, found.label)
        } else {
            found.label.clone()
        })
    }

    /// A summary asked for them before they were known.
    pub fn are_wanted(&self) -> bool {
        self.wanted.get()
    }
}

/// One line of a summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The field's id; empty where the page has no such field.
    pub field: String,
    /// In the reader's words.
    pub text: String,
}

/// A field of the page says what it is called; writes nothing.
pub fn named(field: &str, errors: &Errors, label: &str, values: &dyn Values) -> askama::Result<&'static str> {
    if !errors.is_empty() {
        askama::get_value::<Labels>(values, LABELS)?.tell(field, label);
    }
    Ok("")
}

/// The fields that follow stand under this heading, or under none; writes nothing.
pub fn group(heading: &str, values: &dyn Values) -> askama::Result<&'static str> {
    let labels = askama::get_value::<Labels>(values, LABELS)?;
    heading.clone_into(&mut labels.group.borrow_mut());
    Ok("")
}

/// The lines of a summary: about the form as a whole first, then field by field in the order of the page.
pub fn lines(errors: &Errors, language: Language, values: &dyn Values) -> askama::Result<Vec<Line>> {
    let labels = askama::get_value::<Labels>(values, LABELS)?;
    labels.wanted.set(true);
    let mut all = errors.all();
    // A field that is nowhere on the page comes last.
    all.sort_by_key(|(field, _)| {
        (
            !field.is_empty(),
            labels.place(field).map_or((1, 0), |place| (0, place)),
        )
    });
    let line = |(field, say): (&str, &Say)| match labels.label(field) {
        None => Line {
            field: String::new(),
            text: alone(field, say).in_words(language),
        },
        Some(label) => Line {
            field: field.to_owned(),
            text: about(label, say).in_words(language),
        },
    };
    let mut told: Vec<Line> = all.into_iter().map(line).collect();
    told.dedup();
    Ok(told)
}

/// What is wrong with a field that the page does not show. What every field may be told says nothing without one: the form
/// is gone because somebody else dealt with the matter meanwhile.
fn alone(field: &str, say: &Say) -> Say {
    if !field.is_empty() && say.key().starts_with("form.") {
        return "ui.form.gone".into();
    }
    say.clone()
}

/// What is wrong with a field, with its name.
fn about(label: String, say: &Say) -> Say {
    match say.key() {
        "form.required" => Say::new("ui.form.missing").with("field", label),
        _ => Say::new("ui.form.wrong")
            .with_word("what", say.clone())
            .with("field", label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_one_name_are_told_apart_by_their_headings() {
        let labels = Labels::default();
        for (group, field, label) in [
            ("监护人一", "guardian1_name", "姓名"),
            ("监护人二", "guardian2_name", "姓名"),
            ("监护人二", "guardian2_phone", "电话"),
            ("", "note", "备注"),
        ] {
            group.clone_into(&mut labels.group.borrow_mut());
            labels.tell(field, label);
        }
        let label = |field: &str| labels.label(field).unwrap_or_default();
        assert_eq!(label("guardian1_name"), "监护人一 · 姓名");
        assert_eq!(label("guardian2_name"), "监护人二 · 姓名");
        assert_eq!(label("guardian2_phone"), "电话");
        assert_eq!(labels.label("elsewhere"), None);
        assert_eq!((labels.place("note"), labels.place("elsewhere")), (Some(3), None));
    }

    #[test]
    fn what_is_missing_and_what_is_wrong_name_the_field() {
        let said = |say: Say| about("出生日期".to_owned(), &say).in_words(Language::Chinese);
        assert_eq!(said("form.required".into()), "“出生日期”未填写。");
        assert!(said("form.future".into()).starts_with("出生日期：日期不能晚于今天"));
        let wrong = said(
            Say::new("form.date.time")
                .with("day", "2026-11-02")
                .with("time", "08:00:00"),
        );
        assert!(wrong.starts_with("出生日期：") && wrong.contains("08:00:00"), "{wrong}");
    }
}
