//! The fields of a form. The macros of `templates/ui/form.html` call these, so that the markup of a field is compiled
//! once and not wherever a form has one. Labels and hints are finished text; what is empty says nothing.

use std::fmt::Display;

use askama::{Template, filters::HtmlSafe};

use super::{
    Choice,
    filters::{self, Said},
};
use crate::platform::Errors;

/// A block of `ui/fields.html` and the function that fills it, argument by argument as a template hands them over.
macro_rules! component {
    ($what:literal, $name:ident, $function:ident, $block:literal, $($part:ident: $kind:ty),+) => {
        #[doc = $what]
        #[derive(Template)]
        #[template(path = "ui/fields.html", block = $block)]
        pub struct $name<'a> {
            $($part: $kind),+
        }

        #[doc = $what]
        pub fn $function<'a>($($part: $kind),+) -> $name<'a> {
            $name { $($part),+ }
        }

        // Templates escape what they are given.
        impl HtmlSafe for $name<'_> {}
    };
}

component!(
    "One line of text: `kind` is that of the element, `width` short, middle or long.",
    Input, input, "input",
    kind: &'a str, field: &'a str, label: Said, value: &'a dyn Display, errors: &'a Errors, hint: Said,
    required: &'a bool, width: &'a str, autocomplete: &'a str, inputmode: &'a str, min: &'a str, max: &'a str,
    step: &'a str, maxlength: &'a str
);

component!(
    "A day, typed as people write it; `assets/js/dates.js` puts the picker beside it.",
    DateInput, date, "date",
    field: &'a str, label: Said, value: &'a dyn Display, errors: &'a Errors, hint: Said, required: &'a bool,
    min: &'a str, max: &'a str
);

component!(
    "A day in a small form that a page shows once for every row: the id tells them apart.",
    DayInRow, day_in_row, "day_in_row",
    id: &'a str, field: &'a str, label: Said, value: &'a dyn Display
);

component!(
    "A text that narrows a list, and is read.",
    FilterInput, filter, "filter",
    field: &'a str, label: Said, value: &'a dyn Display, errors: &'a Errors
);

component!(
    "Several lines of text.",
    TextArea, textarea, "textarea",
    field: &'a str, label: Said, value: &'a dyn Display, errors: &'a Errors, hint: Said, required: &'a bool,
    rows: &'a usize
);

component!(
    "One of many, in a list that opens; `empty` is the first entry when nothing is chosen.",
    Select, select, "select",
    field: &'a str, label: Said, options: &'a [Choice], errors: &'a Errors, hint: Said, required: &'a bool,
    empty: Said, width: &'a str
);

component!(
    "A place, typed by name or code.",
    PlaceInput, place, "place",
    field: &'a str, label: Said, value: &'a dyn Display, errors: &'a Errors, hint: Said, required: &'a bool
);

component!(
    "One of a few (`radio`), or any of a few (`checkbox`).",
    Options, options, "options",
    kind: &'a str, field: &'a str, label: Said, options: &'a [Choice], errors: &'a Errors, hint: Said,
    required: &'a bool
);

component!(
    "Yes or not yes.",
    Checkbox, checkbox, "checkbox",
    field: &'a str, label: Said, checked: &'a bool, errors: &'a Errors, hint: Said
);

component!(
    "A file to be sent; `accept` lists the endings that are taken.",
    File, file, "file",
    field: &'a str, label: Said, errors: &'a Errors, accept: &'a str, hint: Said, required: &'a bool
);

component!(
    "What describes a field that a page draws itself.",
    About, about, "about",
    field: &'a str, errors: &'a Errors, hint: Said
);

component!("Everything that is wrong with a form.", Summary, summary, "summary", errors: &'a Errors);
