//! What a screening report is asked for: period, place, rows, way of counting.

use chrono::{Datelike as _, Months, NaiveDate};
pub use entities::day::Part;
use entities::{day, words::UnknownWord};
use serde::{Deserialize, Serialize};

use crate::platform::{
    Actor, Error, Result,
    clock::{day_of, next_day, start_of},
};

/// A calendar month, quarter or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// Year.
    pub year: i32,
    /// What of it.
    pub part: Part,
}

impl Period {
    /// The month in which a day lies.
    pub fn month_of(day: NaiveDate) -> Self {
        Self {
            year: day.year(),
            part: Part::Month(day.month()),
        }
    }

    /// The quarter in which a day lies.
    pub fn quarter_of(day: NaiveDate) -> Self {
        Self {
            year: day.year(),
            part: Part::Quarter(day.month0() / 3 + 1),
        }
    }

    /// Reads a period as people write it ([`day::period`]).
    pub fn parse(text: &str) -> Option<Self> {
        let (year, part) = day::period(text)?;
        (1990..=2100).contains(&year).then_some(Self { year, part })
    }

    /// A month, which has a table of the year to date besides.
    pub fn is_month(self) -> bool {
        matches!(self.part, Part::Month(_))
    }

    /// The first day.
    pub fn from(self) -> NaiveDate {
        let month = match self.part {
            Part::Year => 1,
            Part::Quarter(quarter) => quarter * 3 - 2,
            Part::Month(month) => month,
        };
        NaiveDate::from_ymd_opt(self.year, month, 1).unwrap_or_default()
    }

    /// The first day after it.
    pub fn until(self) -> NaiveDate {
        let months = match self.part {
            Part::Year => 12,
            Part::Quarter(_) => 3,
            Part::Month(_) => 1,
        };
        self.from()
            .checked_add_months(Months::new(months))
            .unwrap_or(NaiveDate::MAX)
    }

    /// The last day.
    pub fn last(self) -> NaiveDate {
        self.until().pred_opt().unwrap_or(NaiveDate::MAX)
    }

    /// The same period of the year before.
    pub fn year_before(self) -> Self {
        Self {
            year: self.year - 1,
            ..self
        }
    }
}

/// `2026-10`, `2026-Q4`, `2026`.
impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.part {
            Part::Year => write!(f, "{:04}", self.year),
            Part::Quarter(quarter) => write!(f, "{:04}-Q{quarter}", self.year),
            Part::Month(month) => write!(f, "{:04}-{month:02}", self.year),
        }
    }
}

impl TryFrom<String> for Period {
    type Error = UnknownWord;
    fn try_from(text: String) -> Result<Self, UnknownWord> {
        Self::parse(&text).ok_or(UnknownWord)
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a period"))
    }
}

/// Which stretch of time a table counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// The month, quarter or year asked for.
    Period,
    /// From 1 January to the end of the month asked for.
    YearToDate,
}

/// How children of later steps are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Numbers of the period beside rates of the cohort: what was done, and how far the same children came.
    #[default]
    Both,
    /// What happened in the period, whoever it happened to: a rate may exceed 100%.
    Period,
    /// The children whose first abnormal screen fell in the period, followed until now: no rate exceeds 100%.
    Cohort,
}

/// What a row of the report is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A street or town; a district where the report covers a city.
    #[default]
    Street,
    /// One of the eleven check ages.
    Age,
    /// A screening site.
    Site,
}

macro_rules! short_names {
    ($($name:ident { $($variant:ident = $text:literal),+ })+) => {$(
        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As it stands in addresses and locale keys.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;
            fn from_str(s: &str) -> Result<Self, UnknownWord> {
                match s { $($text => Ok(Self::$variant),)+ _ => Err(UnknownWord) }
            }
        }
    )+};
}

short_names! {
    Span { Period = "period", YearToDate = "year_to_date" }
    Mode { Both = "both", Period = "period", Cohort = "cohort" }
    By { Street = "street", Age = "age", Site = "site" }
}

/// A screening report as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// When.
    pub period: Period,
    /// Where: a division code, empty for everywhere.
    pub division: String,
    /// How later steps are counted.
    pub mode: Mode,
    /// What the rows are.
    pub by: By,
    /// The day on which the population is counted: the last of the period, or today while it runs.
    pub reference: NaiveDate,
}

/// The query string of the report pages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `2026-10` or `2026`.
    pub month: String,
    /// Division code.
    pub division: String,
    /// `both`, `period` or `cohort`.
    pub mode: String,
    /// `street`, `age` or `site`.
    pub by: String,
}

/// The divisions whose numbers an actor may see: those that begin with this code.
pub fn reach(by: &Actor) -> &str {
    // Numbers go down to the street; somebody of a village reads the street's.
    by.coverage().get(..9).unwrap_or(by.coverage())
}

impl Asked {
    /// What is asked for, with the defaults filled in: the running month, the whole of the actor's division.
    ///
    /// # Errors
    /// What is no period, at its field; [`Error::Unreadable`] for what is no mode or row; [`Error::NotFound`] for another
    /// division.
    pub fn request(&self, by: &Actor) -> Result<Request> {
        let unreadable = |what: &str| Error::Unreadable(format!("report: {what}"));
        let today = by.today();
        let period = match self.month.trim() {
            "" => Period::month_of(today),
            text => Period::parse(text).ok_or_else(|| Error::field("month", "form.period"))?,
        };
        let division = self.division(by)?;
        let named = |text: &str, default: &'static str| {
            if text.is_empty() {
                default.to_owned()
            } else {
                text.to_owned()
            }
        };
        Ok(Request {
            period,
            division,
            mode: named(&self.mode, Mode::default().as_str())
                .parse()
                .map_err(|_| unreadable("mode"))?,
            by: named(&self.by, "street").parse().map_err(|_| unreadable("rows"))?,
            reference: reference(period, today),
        })
    }
}

impl Asked {
    fn division(&self, by: &Actor) -> Result<String> {
        let division = match self.division.trim() {
            "" => reach(by),
            code => code,
        };
        let digits = division.bytes().all(|c| c.is_ascii_digit());
        if !digits || !matches!(division.len(), 0 | 2 | 4 | 6 | 9) || !division.starts_with(reach(by)) {
            return Err(Error::NotFound);
        }
        Ok(division.to_owned())
    }
}

/// The last day of a period, or today while it runs.
fn reference(period: Period, today: NaiveDate) -> NaiveDate {
    period.last().min(today.max(period.from()))
}

impl Request {
    /// The stretches of time that the report has a table for.
    pub fn spans(&self) -> &'static [Span] {
        if self.period.is_month() {
            &[Span::Period, Span::YearToDate]
        } else {
            &[Span::Period]
        }
    }

    /// The first day of a span.
    pub fn from(&self, span: Span) -> NaiveDate {
        match span {
            Span::Period => self.period.from(),
            Span::YearToDate => Period {
                part: Part::Year,
                ..self.period
            }
            .from(),
        }
    }

    /// The first day after any span.
    pub fn until(&self) -> NaiveDate {
        self.period.until()
    }

    /// The moment at which what was still open counts as open: the end of the reference day.
    pub fn closing(&self) -> chrono::DateTime<chrono::Utc> {
        start_of(next_day(self.reference))
    }

    /// The same for the year before.
    pub fn year_before(&self) -> Self {
        let period = self.period.year_before();
        Self {
            period,
            reference: reference(period, self.reference),
            ..self.clone()
        }
    }

    /// The rows are districts: the report covers more than one.
    pub fn is_city(&self) -> bool {
        self.division.len() < 6
    }

    /// The query string that asks for it.
    pub fn query(&self) -> String {
        format!(
            "month={}&division={}&mode={}&by={}",
            self.period,
            self.division,
            self.mode.as_str(),
            self.by.as_str()
        )
    }

    /// Still running on a day.
    pub fn runs_on(&self, now: chrono::DateTime<chrono::Utc>) -> bool {
        day_of(now) < self.until()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn periods_are_read_and_written() {
        for text in ["2026-10", "2026-01", "2026-Q3", "2026"] {
            assert_eq!(Period::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "", "2026-13", "2026-00", "26-10", "2026-1x", "20261", "oct", "0001", "2026-Q0", "2026-Q5", "2026-Q",
            "2026-Q12",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
        let october = Period::parse("2026-10").unwrap();
        assert_eq!(
            (october.from(), october.until()),
            (day("2026-10-01"), day("2026-11-01"))
        );
        let quarter = Period::parse("2026-q3").unwrap();
        assert_eq!((quarter.from(), quarter.last()), (day("2026-07-01"), day("2026-09-30")));
        assert_eq!(Period::quarter_of(day("2026-12-31")).to_string(), "2026-Q4");
        let year = Period::parse("2026").unwrap();
        assert_eq!((year.from(), year.until()), (day("2026-01-01"), day("2027-01-01")));
    }

    #[test]
    fn the_population_is_counted_on_the_last_day_or_today() {
        let october = Period::parse("2026-10").unwrap();
        assert_eq!(reference(october, day("2026-11-02")), day("2026-10-31"));
        assert_eq!(reference(october, day("2026-10-12")), day("2026-10-12"));
        assert_eq!(reference(october, day("2026-09-12")), day("2026-10-01"));
    }
}
