//! Days, months, settlement years and ages, by the parameters that places differ in.

use std::fmt;

use chrono::{Datelike as _, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::text::{Language, Spoken};

/// Years that somebody can mean.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// A day as it stands in files: 2026-03-01.
pub fn day(text: &str) -> Option<NaiveDate> {
    let [year, month, day] = numbers(text, [4, 2, 2])?;
    let year = i32::try_from(year).ok().filter(|year| YEARS.contains(year))?;
    NaiveDate::from_ymd_opt(year, month, day)
}

/// Groups of digits of these lengths between hyphens.
fn numbers<const N: usize>(text: &str, lengths: [usize; N]) -> Option<[u32; N]> {
    let mut found = [0; N];
    let mut parts = text.split('-');
    for (number, length) in found.iter_mut().zip(lengths) {
        let part = parts.next()?;
        if part.len() != length || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

/// The same day so many months later; a day without a counterpart there falls on the last of that month (vectors,
/// *device*).
pub fn months_later(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    day.checked_add_months(Months::new(months))
}

/// A month of settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(NaiveDate);

impl Month {
    /// The month that a day lies in.
    pub fn of(day: NaiveDate) -> Self {
        Self(day.with_day(1).unwrap_or(day))
    }

    /// A month as it stands in files: 2026-03.
    pub fn parse(text: &str) -> Option<Self> {
        let [year, month] = numbers(text, [4, 2])?;
        let year = i32::try_from(year).ok().filter(|year| YEARS.contains(year))?;
        NaiveDate::from_ymd_opt(year, month, 1).map(Self)
    }

    /// Its first day.
    pub fn first(self) -> NaiveDate {
        self.0
    }

    /// Its last day.
    pub fn last(self) -> NaiveDate {
        self.plus(1).eve()
    }

    /// The last day of the month before.
    pub fn eve(self) -> NaiveDate {
        self.0.pred_opt().unwrap_or(self.0)
    }

    /// So many months later.
    #[must_use]
    pub fn plus(self, months: u32) -> Self {
        Self(months_later(self.0, months).unwrap_or(self.0))
    }

    /// The year it lies in.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// 1 to 12.
    pub fn number(self) -> u32 {
        self.0.month()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl Spoken for Month {
    fn spoken(&self, language: Language) -> String {
        match language {
            Language::Zh => format!("{}年{}月", self.year(), self.number()),
            Language::En => self.to_string(),
        }
    }
}

impl Spoken for NaiveDate {
    fn spoken(&self, language: Language) -> String {
        match language {
            Language::Zh => format!("{}年{}月{}日", self.year(), self.month(), self.day()),
            Language::En => self.to_string(),
        }
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// `2026-03`; of a day, the month that it lies in.
impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .or_else(|| day(&text).map(Self::of))
            .ok_or_else(|| de::Error::custom(format!("{text:?} is no month (YYYY-MM, 1900 to 2199)")))
    }
}

fn no_day<E: de::Error>(text: &str) -> E {
    E::custom(format!("{text:?} is no day (YYYY-MM-DD, 1900 to 2199)"))
}

/// A day in a file that nobody has looked at.
pub(crate) fn read_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(deserializer)?;
    day(&text).ok_or_else(|| no_day(&text))
}

/// A day that need not be there; of a month, its first.
pub(crate) fn read_first<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let read = |text: String| {
        let found = day(&text).or_else(|| Month::parse(&text).map(Month::first));
        found.ok_or_else(|| no_day(&text))
    };
    text.map(read).transpose()
}

/// A day that need not be there; of a month, its last.
pub(crate) fn read_last<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let read = |text: String| {
        let found = day(&text).or_else(|| Month::parse(&text).map(Month::last));
        found.ok_or_else(|| no_day(&text))
    };
    text.map(read).transpose()
}

/// Several days.
pub(crate) fn read_days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<NaiveDate>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| day(text).ok_or_else(|| no_day(text))).collect()
}

/// From a day to a day, both counted; open where one is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Days {
    /// The first; of a month, its first.
    #[serde(default, deserialize_with = "read_first")]
    pub from: Option<NaiveDate>,
    /// The last; of a month, its last.
    #[serde(default, deserialize_with = "read_last")]
    pub to: Option<NaiveDate>,
}

impl Days {
    /// Whether the day lies inside.
    pub fn hold(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether any day from `first` to `last` lies inside.
    pub fn meet(&self, first: NaiveDate, last: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= last) && self.to.is_none_or(|to| first <= to)
    }
}

/// The day of the year on which a settlement year begins (MB).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearStart {
    month: u32,
    day: u32,
}

impl Default for YearStart {
    fn default() -> Self {
        Self { month: 1, day: 1 }
    }
}

impl YearStart {
    /// `09-01`. Every year must have the day.
    pub fn parse(text: &str) -> Option<Self> {
        let [month, day] = numbers(text, [2, 2])?;
        NaiveDate::from_ymd_opt(2001, month, day)?;
        Some(Self { month, day })
    }

    /// The first day of the settlement year that a day lies in.
    pub fn before(self, day: NaiveDate) -> NaiveDate {
        let start = |year| NaiveDate::from_ymd_opt(year, self.month, self.day).unwrap_or(day);
        let this = start(day.year());
        if this <= day { this } else { start(day.year() - 1) }
    }

    /// The first day of the settlement year that a month belongs to: by its first day.
    pub fn of(self, month: Month) -> NaiveDate {
        self.before(month.first())
    }
}

impl<'de> Deserialize<'de> for YearStart {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(format!("{text:?} is no day of every year (MM-DD)")))
    }
}

/// When a year of age is complete (MB, *birthday trap*: one day decides 24,000 yuan under a "1 January" rule).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// On the birthday itself.
    #[default]
    OnBirthday,
    /// On the day after it.
    DayAfter,
}

/// Where a birthday on 29 February lies in other years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Leap {
    /// On 1 March.
    #[default]
    Mar1,
    /// On 28 February.
    Feb28,
}

/// How years of age are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// When one is complete.
    pub turn: Turn,
    /// Where 29 February lies in other years.
    pub leap: Leap,
}

impl Count {
    /// The first day on which somebody counts as so many years old.
    pub fn turns_on(self, birth: NaiveDate, years: u32) -> Option<NaiveDate> {
        let year = birth.year().checked_add(i32::try_from(years).ok()?)?;
        let other = match self.leap {
            Leap::Mar1 => NaiveDate::from_ymd_opt(year, 3, 1),
            Leap::Feb28 => NaiveDate::from_ymd_opt(year, 2, 28),
        };
        let birthday = NaiveDate::from_ymd_opt(year, birth.month(), birth.day()).or(other)?;
        match self.turn {
            Turn::OnBirthday => Some(birthday),
            Turn::DayAfter => birthday.succ_opt(),
        }
    }

    /// Completed years on a day; nothing before the birth.
    pub fn age(self, birth: NaiveDate, day: NaiveDate) -> Option<u32> {
        if day < birth {
            return None;
        }
        let years = u32::try_from(day.year() - birth.year()).ok()?;
        let turned = self.turns_on(birth, years).is_some_and(|turned| turned <= day);
        Some(if turned { years } else { years.saturating_sub(1) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_are_read_strictly() {
        for wrong in [
            "2026-13",
            "2026-00",
            "2026-1",
            "26-01",
            "2026-01-01",
            "9999-01",
            "",
            "２０２６-01",
            "2026-0１",
        ] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
        for wrong in [
            "2026-02-29",
            "2026-2-1",
            "2026-02-30",
            "2026-02",
            "+026-02-01",
            "2026-02-01 ",
        ] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
        assert!(YearStart::parse("02-29").is_none() && YearStart::parse("02-28").is_some());
    }

    #[test]
    fn a_birthday_on_29_february_lies_where_the_place_says() {
        let birth = day("2020-02-29").unwrap();
        let age = |turn, leap, on| Count { turn, leap }.age(birth, day(on).unwrap()).unwrap();
        assert_eq!(age(Turn::OnBirthday, Leap::Mar1, "2027-02-28"), 6);
        assert_eq!(age(Turn::OnBirthday, Leap::Mar1, "2027-03-01"), 7);
        assert_eq!(age(Turn::OnBirthday, Leap::Feb28, "2027-02-27"), 6);
        assert_eq!(age(Turn::OnBirthday, Leap::Feb28, "2027-02-28"), 7);
        assert_eq!(age(Turn::DayAfter, Leap::Feb28, "2027-02-28"), 6);
        assert_eq!(age(Turn::DayAfter, Leap::Feb28, "2027-03-01"), 7);
        assert_eq!(age(Turn::DayAfter, Leap::Mar1, "2027-03-01"), 6);
        assert_eq!(age(Turn::OnBirthday, Leap::Mar1, "2028-02-29"), 8);
        assert_eq!(age(Turn::DayAfter, Leap::Mar1, "2020-02-29"), 0);
        assert_eq!(Count::default().age(birth, day("2020-02-28").unwrap()), None);
    }

    #[test]
    fn a_settlement_year_begins_where_the_place_says() {
        let september = YearStart::parse("09-01").unwrap();
        let starts = |month| september.of(Month::parse(month).unwrap()).to_string();
        assert_eq!(starts("2026-08"), "2025-09-01");
        assert_eq!(starts("2026-09"), "2026-09-01");
        assert_eq!(Month::parse("2026-02").unwrap().last().to_string(), "2026-02-28");
        assert_eq!(Month::parse("2026-01").unwrap().eve().to_string(), "2025-12-31");
    }
}
