//! Calendar days and periods as they come in, and no day that nobody means. Both databases keep these; days far outside
//! are refused by one and turned round by the other.
//!
//! People write days in many ways: [`written()`] reads all of them, on pages and in files alike. Addresses and data files
//! have the one form `2026-01-31`: [`exact`].

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::Error as _};

pub use crate::{
    period::{Part, period},
    written_day::{Unread, of_moment, written},
    years::{YEARS, is_meant},
};

/// Reads `2026-01-31`, with blanks around it, and nothing else.
pub fn exact(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    shaped.then(|| text.parse().ok())?.filter(is_meant)
}

/// The day that somebody wrote, where it does not matter why there is none: see [`written()`].
pub fn parse(text: &str) -> Option<NaiveDate> {
    written(text).ok()
}

/// A day in an address: what is none is not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub NaiveDate);

impl FromStr for Day {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        exact(text).map(Self).ok_or("not a day like 2026-01-31")
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// For days in files: `#[serde(deserialize_with = "day::read")]`.
///
/// # Errors
/// What is no day like 2026-01-31.
pub fn read<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    Day::deserialize(from).map(|day| day.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_somebody_can_mean() {
        for text in ["1900-01-01", "2200-12-31", "2024-02-29", " 2026-11-02 "] {
            assert_eq!(exact(text).unwrap().to_string(), text.trim());
        }
        for text in [
            "",
            "2026-1-2",
            "2026/01/02",
            "2026-02-30",
            "0001-01-01",
            "1899-12-31",
            "2201-01-01",
            "9999-12-31",
            "-4713-01-01",
            "+262142-12-31",
            "-262143-01-01",
            "2026-01-02T00:00",
            "２０２６-01-02",
            "2026-01-0\0",
        ] {
            assert_eq!(exact(text), None, "{text:?}");
        }
        assert_eq!(
            serde_json::from_str::<Day>("\"2026-11-02\"").unwrap().to_string(),
            "2026-11-02"
        );
        assert!(serde_json::from_str::<Day>("\"9999-12-31\"").is_err());
        assert!(serde_json::from_str::<Day>("\"2026/11/2\"").is_err());
    }
}
