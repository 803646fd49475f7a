//! What templates do to values. `ctx` comes from the page's runtime values.

use std::{
    fmt::{self, Write as _},
    ops::Deref,
};

use askama::{FastWritable, Values, filters::Safe};
use chrono::{DateTime, NaiveDate, Utc};

use super::{Ctx, markup, summary};
use crate::platform::{Errors, Page, Say, clock, words::Phrase};

/// In the reader's language: a key, a sentence, a word of a vocabulary.
#[askama::filter_fn]
pub fn t(phrase: impl Phrase, values: &dyn Values) -> askama::Result<Said> {
    let ctx = askama::get_value::<Ctx>(values, "ctx")?;
    Ok(Said(phrase.phrase(ctx.language)))
}

/// What a key says. A type of its own, because pages write thousands of them: writing one is a call and not the whole
/// of escaping again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said(String);

impl Deref for Said {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Said {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Said {
    #[inline(never)]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FastWritable for Said {
    #[inline(never)]
    fn write_into(&self, to: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        Ok(to.write_str(&self.0)?)
    }
}

/// What a field is called, for the summary of its form; writes nothing.
#[askama::filter_fn]
pub fn named<F: AsRef<str>, E: AsRef<Errors>, L: AsRef<str>>(
    field: F,
    values: &dyn Values,
    errors: E,
    label: L,
) -> askama::Result<&'static str> {
    summary::named(field.as_ref(), errors.as_ref(), label.as_ref(), values)
}

/// The heading under which the fields that follow stand; writes nothing.
#[askama::filter_fn]
pub fn grouped_under(heading: impl AsRef<str>, values: &dyn Values) -> askama::Result<&'static str> {
    summary::group(heading.as_ref(), values)
}

/// The lines of a summary of errors.
#[askama::filter_fn]
pub fn lines(errors: impl AsRef<Errors>, values: &dyn Values) -> askama::Result<Vec<summary::Line>> {
    let ctx = askama::get_value::<Ctx>(values, "ctx")?;
    summary::lines(errors.as_ref(), ctx.language, values)
}

/// A calendar date.
#[askama::filter_fn]
pub fn date(day: &NaiveDate, _: &dyn Values) -> askama::Result<String> {
    Ok(day.to_string())
}

/// A calendar date or a dash.
#[askama::filter_fn]
pub fn date_or_dash(day: &Option<NaiveDate>, _: &dyn Values) -> askama::Result<String> {
    Ok(day.map_or_else(|| "—".to_owned(), |day| day.to_string()))
}

/// An instant as the users' clocks show it.
#[askama::filter_fn]
pub fn datetime(at: &DateTime<Utc>, _: &dyn Values) -> askama::Result<String> {
    Ok(clock::shown(*at))
}

/// A count with thousands apart.
#[askama::filter_fn]
pub fn number(n: impl std::fmt::Display, _: &dyn Values) -> askama::Result<String> {
    Ok(grouped(&n.to_string()))
}

impl<T> Page<T> {
    /// Which of how many rows a page holds.
    pub fn counted(&self) -> Say {
        let key = if self.uncounted {
            "ui.list.uncounted"
        } else {
            "ui.list.counted"
        };
        let say = Say::new(key).with("first", grouped(&self.first.to_string()));
        say.with("last", grouped(&self.last.to_string()))
            .with("total", grouped(&self.total.to_string()))
    }
}

fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |d| ("-", d));
    let mut out = String::from(sign);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Text or a dash.
#[askama::filter_fn]
pub fn dash(text: &Option<String>, _: &dyn Values) -> askama::Result<String> {
    Ok(text.clone().filter(|t| !t.is_empty()).unwrap_or_else(|| "—".to_owned()))
}

/// The rows of a table, whose cells say the heads of their columns.
#[askama::filter_fn]
pub fn labelled(rows: impl fmt::Display, _: &dyn Values) -> askama::Result<Safe<String>> {
    Ok(Safe(markup::labelled(&written(rows)?)))
}

/// The fields of a filter behind a line that says how many of them narrow the list; `region` is the list's. Small screens show
/// the line alone until somebody opens it, or one of the fields cannot be read.
#[askama::filter_fn]
pub fn folded(fields: impl fmt::Display, values: &dyn Values, region: &str) -> askama::Result<Safe<String>> {
    let ctx = askama::get_value::<Ctx>(values, "ctx")?;
    let fields = written(fields)?;
    let (narrow, wrong) = markup::narrowed(&fields);
    let say = if narrow == 0 {
        Say::new("ui.list.filters")
    } else {
        Say::new("ui.list.filters.active").with("n", narrow)
    };
    let open = if wrong { " open" } else { "" };
    let line = say.in_words(ctx.language);
    Ok(Safe(format!(
        "<details class=\"fold\"{open}><summary class=\"btn\"><span id=\"{region}-active\">{line}</span></summary></details>{fields}"
    )))
}

fn written(html: impl fmt::Display) -> askama::Result<String> {
    let mut text = String::new();
    write!(text, "{html}")?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_stand_apart() {
        for (n, text) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1234567", "-1,234,567"),
        ] {
            assert_eq!(grouped(n), text);
        }
    }
}
