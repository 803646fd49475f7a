//! Scores, exactly: in tenths of a point, never in floating point.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A number of points, kept in tenths: half-steps such as 29.5 are exact and compare exactly with a cut-off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i64);

impl Points {
    /// No points.
    pub const ZERO: Points = Points(0);
    /// The largest number of points a package or an answer may name; sums stay far from any overflow.
    const LIMIT: i64 = 1_000_000;

    /// Whole points.
    pub fn whole(points: u32) -> Points {
        Points(i64::from(points) * 10)
    }

    /// Reads decimal text with at most one place after the point: `31`, `29.5`, `-1`, `2.0`.
    pub fn parse(text: &str) -> Option<Points> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, tenth) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(tenth) || tenth.len() != 1 {
            return None;
        }
        let whole: i64 = whole.parse().ok().filter(|whole| *whole <= Self::LIMIT)?;
        let tenths = whole * 10 + tenth.parse::<i64>().ok()?;
        Some(Points(if negative { -tenths } else { tenths }))
    }

    /// What an item of this weight contributes.
    pub(super) fn times(self, weight: u32) -> Points {
        Points(self.0 * i64::from(weight))
    }

    /// The distance to the next value a sum can take, if it moves in steps of `self` and of `other`.
    pub(super) fn common_step(self, other: Points) -> Points {
        let (mut a, mut b) = (self.0.abs(), other.0.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Points(a)
    }
}

impl Add for Points {
    type Output = Points;
    fn add(self, other: Points) -> Points {
        Points(self.0 + other.0)
    }
}

impl Sub for Points {
    type Output = Points;
    fn sub(self, other: Points) -> Points {
        Points(self.0 - other.0)
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Points>>(points: I) -> Points {
        points.fold(Points::ZERO, Points::add)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, tenths) = (if self.0 < 0 { "-" } else { "" }, self.0.abs());
        match tenths % 10 {
            0 => write!(f, "{sign}{}", tenths / 10),
            tenth => write!(f, "{sign}{}.{tenth}", tenths / 10),
        }
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 10 == 0 {
            return serializer.serialize_i64(self.0 / 10);
        }
        let decimal: f64 = self.to_string().parse().map_err(serde::ser::Error::custom)?;
        serializer.serialize_f64(decimal)
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Points, D::Error> {
        struct Number;
        impl de::Visitor<'_> for Number {
            type Value = Points;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number with at most one decimal place")
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Points, E> {
                read(number)
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Points, E> {
                read(number)
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Points, E> {
                read(number)
            }
        }
        deserializer.deserialize_any(Number)
    }
}

/// A number of a file, whatever its kind there.
pub(super) fn read<E: de::Error>(number: impl fmt::Display) -> Result<Points, E> {
    let text = number.to_string();
    Points::parse(&text).ok_or_else(|| E::custom(format!("{text} is not a number with at most one decimal place")))
}
