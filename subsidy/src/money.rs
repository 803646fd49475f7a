//! Money in fen and shares in basis points: integers, checked, with one way of rounding.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{
    error::Error,
    text::{Language, Spoken},
};

/// `numerator / denominator`, halves away from zero: the only rounding there is (vectors, *units*). Nothing where the
/// denominator is not above zero.
pub fn rounded(numerator: i128, denominator: i128) -> Option<i128> {
    if denominator <= 0 {
        return None;
    }
    let twice = numerator.unsigned_abs().checked_mul(2)?;
    let whole = twice
        .checked_add(denominator.unsigned_abs())?
        .checked_div(denominator.unsigned_abs().checked_mul(2)?)?;
    let whole = i128::try_from(whole).ok()?;
    Some(if numerator < 0 { -whole } else { whole })
}

/// An amount of money in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Fen(i64);

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// 999,999,999,999.99 yuan: the largest amount that can be written in words (ME).
    pub const LARGEST: Self = Self(99_999_999_999_999);

    /// So many fen.
    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }

    /// How many fen.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Result<Self, Error> {
        self.0.checked_add(other.0).map(Self).ok_or_else(Error::too_large)
    }

    /// The difference.
    pub fn minus(self, other: Self) -> Result<Self, Error> {
        self.0.checked_sub(other.0).map(Self).ok_or_else(Error::too_large)
    }

    /// So many times.
    pub fn times(self, times: u32) -> Result<Self, Error> {
        self.0
            .checked_mul(i64::from(times))
            .map(Self)
            .ok_or_else(Error::too_large)
    }

    /// What is left of it after something was used: never below zero.
    pub fn less(self, used: Self) -> Result<Self, Error> {
        Ok(self.minus(used)?.max(Self::ZERO))
    }

    /// A share of it.
    pub fn share(self, share: Bp) -> Result<Self, Error> {
        self.of(share.0, 10_000)
    }

    /// `part` of `whole` of it; all of it where the whole is nothing.
    pub fn of(self, part: u32, whole: u32) -> Result<Self, Error> {
        if whole == 0 {
            return Ok(self);
        }
        i128::from(self.0)
            .checked_mul(i128::from(part))
            .and_then(|product| rounded(product, i128::from(whole)))
            .and_then(|fen| i64::try_from(fen).ok())
            .map(Self)
            .ok_or_else(Error::too_large)
    }

    /// The sum of all.
    pub fn sum(all: impl IntoIterator<Item = Self>) -> Result<Self, Error> {
        all.into_iter().try_fold(Self::ZERO, Self::plus)
    }
}

/// Yuan with two decimals and separators: 1,234.50.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.unsigned_abs();
        let yuan = (size / 100).to_string();
        let mut grouped = String::new();
        for (at, digit) in yuan.chars().enumerate() {
            if at > 0 && (yuan.len() - at).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "−" } else { "" };
        write!(f, "{sign}{grouped}.{:02}", size % 100)
    }
}

impl Spoken for Fen {
    fn spoken(&self, language: Language) -> String {
        match language {
            Language::Zh => format!("{self} 元"),
            Language::En => format!("{self} yuan"),
        }
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fen = Self(i64::deserialize(deserializer)?);
        if fen > Self::LARGEST || fen < Self(-Self::LARGEST.0) {
            return Err(de::Error::custom(format!(
                "{} fen is larger than any amount of money here (99,999,999,999,999 fen)",
                fen.0
            )));
        }
        Ok(fen)
    }
}

/// A share in basis points: 10,000 is all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Bp(u32);

impl Bp {
    /// All of it.
    pub const ALL: Self = Self(10_000);
    /// Nothing of it.
    pub const NONE: Self = Self(0);

    /// So many basis points; nothing where that is more than all.
    pub fn new(points: u32) -> Option<Self> {
        (points <= 10_000).then_some(Self(points))
    }

    /// How many.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// Per cent: 80 %, 33.33 %.
impl fmt::Display for Bp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 100 {
            0 => write!(f, "{} %", self.0 / 100),
            rest => write!(f, "{}.{rest:02} %", self.0 / 100),
        }
    }
}

impl Spoken for Bp {
    fn spoken(&self, _: Language) -> String {
        self.to_string()
    }
}

impl<'de> Deserialize<'de> for Bp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let points = i64::deserialize(deserializer)?;
        u32::try_from(points)
            .ok()
            .and_then(Self::new)
            .ok_or_else(|| de::Error::custom(format!("a share of {points} basis points is not between 0 and 10000")))
    }
}

/// How many basis points `part` is of `whole`; nothing where the whole is nothing.
pub fn share_of(part: i128, whole: i128) -> Option<i64> {
    let points = rounded(part.checked_mul(10_000)?, whole)?;
    i64::try_from(points).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        let all = [
            (5, 10, 1),
            (4, 10, 0),
            (-5, 10, -1),
            (-4, 10, 0),
            (15, 10, 2),
            (-15, 10, -2),
            (7, 7, 1),
        ];
        for (n, d, whole) in all {
            assert_eq!(rounded(n, d), Some(whole), "{n} / {d}");
        }
        assert_eq!(rounded(1, 0), None);
        assert_eq!(rounded(i128::MIN, 1), None);
    }

    #[test]
    fn money_is_printed_in_yuan() {
        let printed = [
            (0, "0.00"),
            (5, "0.05"),
            (123_456_789, "1,234,567.89"),
            (-100_000, "−1,000.00"),
        ];
        for (fen, text) in printed {
            assert_eq!(Fen::new(fen).to_string(), text);
        }
    }

    #[test]
    fn sums_that_are_too_large_are_an_error_and_no_panic() {
        assert!(Fen::new(i64::MAX).plus(Fen::new(1)).is_err());
        assert!(Fen::new(i64::MIN).minus(Fen::new(1)).is_err());
        assert!(Fen::new(i64::MAX).times(2).is_err());
        assert!(serde_json::from_str::<Fen>("100000000000000").is_err());
        assert!(serde_json::from_str::<Bp>("10001").is_err() && serde_json::from_str::<Bp>("-1").is_err());
    }
}
