//! The fields of a form. The macros of `templates/ui/form.html` call these, so that the markup of a field is compiled
//! once and not wherever a form has one. Labels and hints are finished text; no hint is the empty one.

use std::fmt::Display;

use askama::{Template, filters::HtmlSafe};

use super::{
    Choice,
    filters::{self, Said},
};
use crate::platform::Errors;

/// One line of text of any kind.
#[derive(Template)]
#[template(path = "ui/fields.html", block = "input")]
pub struct Input<'a> {
    kind: &'a str,
    field: &'a str,
    label: Said,
    value: &'a dyn Display,
    errors: &'a Errors,
    hint: Said,
    required: bool,
    width: &'a str,
    autocomplete: &'a str,
    inputmode: &'a str,
    min: &'a str,
    max: &'a str,
    step: &'a str,
    maxlength: &'a str,
}

/// One line of text: `kind` is that of the element, `width` short, middle or long.
pub fn input<'a>(
    kind: &'a str,
    field: &'a str,
    label: Said,
    value: &'a dyn Display,
    errors: &'a Errors,
    hint: Said,
    required: &bool,
    width: &'a str,
    autocomplete: &'a str,
) -> Input<'a> {
    Input {
        kind,
        field,
        label,
        value,
        errors,
        hint,
        required: *required,
        width,
        autocomplete,
        inputmode: "",
        min: "",
        max: "",
        step: "",
        maxlength: "",
    }
}

impl<'a> Input<'a> {
    /// With what may be typed; what is empty says nothing.
    #[must_use]
    pub fn within(mut self, inputmode: &'a str, min: &'a str, max: &'a str, step: &'a str, maxlength: &'a str) -> Self {
        (self.inputmode, self.min, self.max) = (inputmode, min, max);
        (self.step, self.maxlength) = (step, maxlength);
        self
    }
}

/// Several lines of text.
#[derive(Template)]
#[template(path = "ui/fields.html", block = "textarea")]
pub struct TextArea<'a> {
    field: &'a str,
    label: Said,
    value: &'a dyn Display,
    errors: &'a Errors,
    hint: Said,
    required: bool,
    rows: usize,
}

/// Several lines of text.
pub fn textarea<'a>(
    field: &'a str,
    label: Said,
    value: &'a dyn Display,
    errors: &'a Errors,
    hint: Said,
    required: &bool,
    rows: &usize,
) -> TextArea<'a> {
    TextArea {
        field,
        label,
        value,
        errors,
        hint,
        required: *required,
        rows: *rows,
    }
}

/// One of many, in a list that opens.
#[derive(Template)]
#[template(path = "ui/fields.html", block = "select")]
pub struct Select<'a> {
    field: &'a str,
    label: Said,
    options: &'a [Choice],
    errors: &'a Errors,
    hint: Said,
    required: bool,
    empty: Said,
    width: &'a str,
}

/// One of many, in a list that opens; `empty` is the first entry when nothing is chosen.
pub fn select<'a>(
    field: &'a str,
    label: Said,
    options: &'a [Choice],
    errors: &'a Errors,
    hint: Said,
    required: &bool,
    empty: Said,
    width: &'a str,
) -> Select<'a> {
    Select {
        field,
        label,
        options,
        errors,
        hint,
        required: *required,
        empty,
        width,
    }
}

/// One of a few, or any of a few.
#[derive(Template)]
#[template(path = "ui/fields.html", block = "options")]
pub struct Options<'a> {
    kind: &'a str,
    field: &'a str,
    label: Said,
    options: &'a [Choice],
    errors: &'a Errors,
    hint: Said,
    required: bool,
}

/// One of a few (`radio`), or any of a few (`checkbox`).
pub fn options<'a>(
    kind: &'a str,
    field: &'a str,
    label: Said,
    options: &'a [Choice],
    errors: &'a Errors,
    hint: Said,
    required: &bool,
) -> Options<'a> {
    Options {
        kind,
        field,
        label,
        options,
        errors,
        hint,
        required: *required,
    }
}

/// Yes or not yes.
#[derive(Template)]
#[template(path = "ui/fields.html", block = "checkbox")]
pub struct Checkbox<'a> {
    field: &'a str,
    label: Said,
    checked: bool,
    errors: &'a Errors,
    hint: Said,
}

/// Yes or not yes.
pub fn checkbox<'a>(field: &'a str, label: Said, checked: &bool, errors: &'a Errors, hint: Said) -> Checkbox<'a> {
    Checkbox {
        field,
        label,
        checked: *checked,
        errors,
        hint,
    }
}

/// A file to be sent.
#[derive(Template)]
#[template(path = "ui/fields.html", block = "file")]
pub struct File<'a> {
    field: &'a str,
    label: Said,
    errors: &'a Errors,
    accept: &'a str,
    hint: Said,
    required: bool,
}

/// A file to be sent; `accept` lists the endings that are taken.
pub fn file<'a>(
    field: &'a str,
    label: Said,
    errors: &'a Errors,
    accept: &'a str,
    hint: Said,
    required: &bool,
) -> File<'a> {
    File {
        field,
        label,
        errors,
        accept,
        hint,
        required: *required,
    }
}

/// What describes a field that a page draws itself.
#[derive(Template)]
#[template(path = "ui/fields.html", block = "about")]
pub struct About<'a> {
    field: &'a str,
    errors: &'a Errors,
    hint: Said,
}

/// What describes a field that a page draws itself.
pub fn about<'a>(field: &'a str, errors: &'a Errors, hint: Said) -> About<'a> {
    About { field, errors, hint }
}

/// Everything that is wrong with a form.
#[derive(Template)]
#[template(path = "ui/fields.html", block = "summary")]
pub struct Summary<'a> {
    errors: &'a Errors,
}

/// Everything that is wrong with a form.
pub fn summary(errors: &Errors) -> Summary<'_> {
    Summary { errors }
}

// Templates escape what they are given.
impl HtmlSafe for Input<'_> {}
impl HtmlSafe for TextArea<'_> {}
impl HtmlSafe for Select<'_> {}
impl HtmlSafe for Options<'_> {}
impl HtmlSafe for Checkbox<'_> {}
impl HtmlSafe for File<'_> {}
impl HtmlSafe for About<'_> {}
impl HtmlSafe for Summary<'_> {}
