//! The published table of a year: shipped with the program, or read from a file of the holiday-cn collection.

use std::{collections::BTreeMap, fmt, sync::LazyLock};

use chrono::{Datelike, NaiveDate};
use entities::{configuration::calendar_day, words::DayKind};
use serde::{Deserialize, Serialize};

use crate::platform::day;

/// One day that differs from the plain week. In JSON it has the shape of the holiday-cn collection:
/// `{"name": "春节", "date": "2026-02-14", "isOffDay": false}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CalendarDay {
    /// The holiday it belongs to.
    pub name: String,
    /// The day.
    #[serde(deserialize_with = "day::read")]
    pub date: NaiveDate,
    /// Off (true), or worked although it is a weekend (false).
    pub is_off_day: bool,
}

/// The published table of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarYear {
    /// The year the notice is about. Its first or last days may lie in a neighbouring year.
    pub year: i32,
    /// The notice it was taken from.
    pub source: String,
    /// Days that differ from the plain week.
    pub days: Vec<CalendarDay>,
}

/// Why a table was not accepted.
#[derive(Debug)]
pub enum CalendarError {
    /// The text is not of the expected form; the parser's words.
    Format(String),
    /// The table holds no days: the year has not been published yet.
    Empty,
    /// A day lies further away than a neighbouring year.
    OtherYear(NaiveDate),
    /// A day is both off and worked.
    Contradiction(NaiveDate),
}

impl CalendarError {
    /// Key of the sentence that tells it.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Format(_) => "calendar.format",
            Self::Empty => "calendar.empty",
            Self::OtherYear(_) => "calendar.other_year",
            Self::Contradiction(_) => "calendar.contradiction",
        }
    }
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format(words) => write!(f, "{}: {words}", self.key()),
            Self::Empty => f.write_str(self.key()),
            Self::OtherYear(day) | Self::Contradiction(day) => write!(f, "{}: {day}", self.key()),
        }
    }
}

impl std::error::Error for CalendarError {}

impl CalendarYear {
    /// The tables that come with the program.
    ///
    /// # Errors
    /// Never, as long as the tests of this module pass.
    pub fn shipped() -> Result<Vec<Self>, CalendarError> {
        let file: DataFile =
            toml::from_str(include_str!("tables.toml")).map_err(|error| CalendarError::Format(error.to_string()))?;
        file.year.into_iter().map(DataYear::into_table).collect()
    }

    /// Reads a table in the form of the holiday-cn collection: the whole file of a year, or only its array of days.
    /// `source` is what is kept as origin when the file names no notice.
    ///
    /// # Errors
    /// See [`CalendarError`]; an empty table is an error, because it would silence the warning for that year.
    pub fn from_holiday_cn(json: &str, source: &str) -> Result<Self, CalendarError> {
        let file: HolidayCn = serde_json::from_str(json).map_err(|error| CalendarError::Format(error.to_string()))?;
        match file {
            HolidayCn::Year { year, papers, days } => {
                let source = if papers.is_empty() {
                    source.to_owned()
                } else {
                    papers.join(" ")
                };
                Self { year, source, days }.checked()
            }
            HolidayCn::Days(days) => {
                let year = most_common_year(&days).ok_or(CalendarError::Empty)?;
                Self {
                    year,
                    source: source.to_owned(),
                    days,
                }
                .checked()
            }
        }
    }

    fn checked(self) -> Result<Self, CalendarError> {
        if self.days.is_empty() {
            return Err(CalendarError::Empty);
        }
        let mut seen = BTreeMap::new();
        for day in &self.days {
            if (i64::from(day.date.year()) - i64::from(self.year)).abs() > 1 {
                return Err(CalendarError::OtherYear(day.date));
            }
            if seen
                .insert(day.date, day.is_off_day)
                .is_some_and(|before| before != day.is_off_day)
            {
                return Err(CalendarError::Contradiction(day.date));
            }
        }
        Ok(self)
    }
}

fn most_common_year(days: &[CalendarDay]) -> Option<i32> {
    let mut counts: BTreeMap<i32, usize> = BTreeMap::new();
    for day in days {
        *counts.entry(day.date.year()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(year, _)| year)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum HolidayCn {
    Year {
        year: i32,
        #[serde(default)]
        papers: Vec<String>,
        days: Vec<CalendarDay>,
    },
    Days(Vec<CalendarDay>),
}

/// The holiday because of which a day is off by law in every year, also in one whose table nobody has yet.
pub fn off_by_law(day: NaiveDate) -> Option<&'static str> {
    static BY_LAW: LazyLock<Vec<DataByLaw>> = LazyLock::new(|| {
        // A file that cannot be read fails `CalendarYear::shipped`, and so every start.
        toml::from_str(include_str!("tables.toml")).map_or_else(|_| Vec::new(), |file: DataFile| file.by_law)
    });
    let found = BY_LAW
        .iter()
        .find(|off| (off.month, off.day) == (day.month(), day.day()));
    found.map(|off| off.name.as_str())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataByLaw {
    name: String,
    month: u32,
    day: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataFile {
    by_law: Vec<DataByLaw>,
    year: Vec<DataYear>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataYear {
    year: i32,
    source: String,
    off: Vec<DataSpan>,
    work: Vec<DataDay>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataSpan {
    name: String,
    from: NaiveDate,
    until: NaiveDate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataDay {
    name: String,
    on: NaiveDate,
}

impl DataYear {
    fn into_table(self) -> Result<CalendarYear, CalendarError> {
        let off = self.off.into_iter().flat_map(|span| {
            span.from
                .iter_days()
                .take_while(move |date| *date <= span.until)
                .map(move |date| CalendarDay {
                    name: span.name.clone(),
                    date,
                    is_off_day: true,
                })
        });
        let work = self.work.into_iter().map(|day| CalendarDay {
            name: day.name,
            date: day.on,
            is_off_day: false,
        });
        CalendarYear {
            year: self.year,
            source: self.source,
            days: off.chain(work).collect(),
        }
        .checked()
    }
}

impl From<calendar_day::Model> for CalendarDay {
    fn from(row: calendar_day::Model) -> Self {
        Self {
            name: row.name,
            date: row.day,
            is_off_day: row.kind == DayKind::Off,
        }
    }
}

impl From<CalendarDay> for calendar_day::Model {
    fn from(day: CalendarDay) -> Self {
        Self {
            day: day.date,
            kind: if day.is_off_day { DayKind::Off } else { DayKind::Work },
            name: day.name,
        }
    }
}
