//! Weeks of pregnancy at birth, as the maternity ward writes them.

use std::fmt;

use serde::{Deserialize, Serialize};

use unicode_normalization::UnicodeNormalization as _;

use crate::half_width::compact;

/// Completed weeks of pregnancy at birth, 20 to 44; what lies outside is a slip of the pen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct GestationalWeeks(u8);

/// The number of weeks is not plausible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GestationalWeeksError;

impl GestationalWeeksError {
    /// Key of the sentence that tells it.
    pub fn key(self) -> &'static str {
        "gestational_weeks.range"
    }
}

/// Digits at the head of a text, two at most, and what follows them.
fn leading(text: &str) -> Option<(u8, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = (1..=2).contains(&digits).then(|| text.get(..digits)?.parse().ok())?;
    number.zip(text.get(digits..))
}

fn unit<'a>(text: &'a str, names: &[&str]) -> &'a str {
    names.iter().find_map(|name| text.strip_prefix(name)).unwrap_or(text)
}

impl fmt::Display for GestationalWeeksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
impl std::error::Error for GestationalWeeksError {}

impl GestationalWeeks {
    /// # Errors
    /// Fewer than 20 or more than 44 weeks.
    pub fn new(weeks: u8) -> Result<Self, GestationalWeeksError> {
        if (20..=44).contains(&weeks) {
            Ok(Self(weeks))
        } else {
            Err(GestationalWeeksError)
        }
    }

    /// Reads weeks as people write them, with days beyond them or not: `32`, `32周`, `32+3`, `38+5周`, `32周+3天`, `孕38周`,
    /// `32w3d`, `38⁺⁵`, `38周整`. Completed weeks count.
    ///
    /// # Errors
    /// What says no weeks, and what [`GestationalWeeks::new`] refuses.
    pub fn parse(text: &str) -> Result<Self, GestationalWeeksError> {
        // Days stand above the line in a printed record: 38⁺⁵.
        let text = compact(&text.nfkc().collect::<String>());
        let text = ["孕龄", "孕周", "胎龄", "孕", "G"]
            .iter()
            .find_map(|name| text.strip_prefix(name))
            .unwrap_or(&text);
        let (weeks, rest) = leading(text).ok_or(GestationalWeeksError)?;
        let rest = unit(rest, &["孕周", "周整", "周", "WEEKS", "WEEK", "W"]);
        let days = rest.strip_prefix(['+', '又', '零']).unwrap_or(rest);
        if days.is_empty() {
            return if rest.is_empty() {
                Self::new(weeks)
            } else {
                Err(GestationalWeeksError)
            };
        }
        let (days, end) = leading(days).ok_or(GestationalWeeksError)?;
        // 38+5周: what is counted in weeks and days together.
        let end = unit(end, &["天", "日", "周", "DAYS", "DAY", "D"]);
        if days < 7 && end.is_empty() {
            Self::new(weeks)
        } else {
            Err(GestationalWeeksError)
        }
    }

    /// Completed weeks.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for GestationalWeeks {
    type Error = GestationalWeeksError;
    fn try_from(weeks: u8) -> Result<Self, Self::Error> {
        Self::new(weeks)
    }
}

/// Weeks as the child's row holds them.
impl TryFrom<i32> for GestationalWeeks {
    type Error = GestationalWeeksError;
    fn try_from(weeks: i32) -> Result<Self, Self::Error> {
        u8::try_from(weeks)
            .map_err(|_| GestationalWeeksError)
            .and_then(Self::new)
    }
}

impl From<GestationalWeeks> for u8 {
    fn from(weeks: GestationalWeeks) -> Self {
        weeks.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_as_the_ward_writes_them() {
        for (text, weeks) in [
            ("32", 32),
            ("32周", 32),
            ("32+3", 32),
            ("38+5周", 38),
            ("38周+5", 38),
            ("32周+3天", 32),
            ("32周3天", 32),
            ("32周零3天", 32),
            ("孕39周", 39),
            ("G39+6", 39),
            ("40w+1d", 40),
            (" ３８＋５ 周 ", 38),
            ("41 + 0", 41),
            ("38⁺⁵", 38),
            ("36⁺⁶周", 36),
            ("38周整", 38),
        ] {
            assert_eq!(
                GestationalWeeks::parse(text).map(GestationalWeeks::get),
                Ok(weeks),
                "{text}"
            );
        }
        for text in [
            "",
            "周",
            "32+7",
            "32+",
            "32.5",
            "19+6",
            "45",
            "320",
            "32+3+1",
            "32-33",
            "足月",
            "三十二周",
            "32周前",
            "-32",
            "⁺⁵",
            "38整",
        ] {
            assert_eq!(GestationalWeeks::parse(text), Err(GestationalWeeksError), "{text}");
        }
    }
}
