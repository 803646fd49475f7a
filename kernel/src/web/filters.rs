//! What templates do to values. `ctx` comes from the page's runtime values.

use std::{fmt, ops::Deref};

use askama::{FastWritable, Values};
use chrono::{DateTime, NaiveDate, Utc};

use super::Ctx;
use crate::platform::{clock, words::Phrase};

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
