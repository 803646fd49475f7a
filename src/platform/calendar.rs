//! The working calendar: weekends, public holidays and the weekends worked in exchange (调休).
//!
//! 《全国年节及纪念日放假办法》 fixes the holidays; which weekends become workdays is published for one year at a time by
//! the General Office of the State Council, usually in November. The table of a year is therefore data. A year without
//! a table is answered by the weekend rule **and** a warning that travels with the answer; adjusted workdays are never
//! guessed. All dates are dates in Asia/Shanghai.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::{Datelike, NaiveDate, Weekday};
use entities::{
    configuration::{calendar_day, calendar_year},
    words::DayKind,
};
use serde::{Deserialize, Serialize};

/// One day that differs from the plain week. In JSON it has the shape of the holiday-cn collection:
/// `{"name": "春节", "date": "2026-02-14", "isOffDay": false}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CalendarDay {
    /// The holiday it belongs to.
    pub name: String,
    /// The day.
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
        let file: DataFile = toml::from_str(include_str!("calendar_data.toml"))
            .map_err(|error| CalendarError::Format(error.to_string()))?;
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataFile {
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

/// The calendar of all years that were published so far.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    sources: BTreeMap<i32, String>,
    days: BTreeMap<NaiveDate, CalendarDay>,
}

/// The year has no table: its holidays and adjusted workdays are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct YearMissing(pub i32);

impl YearMissing {
    /// Key of the warning, with `%{year}`.
    pub fn key(self) -> &'static str {
        "calendar.year_missing"
    }
}

/// What is known of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// Whether offices work.
    pub working: bool,
    /// The holiday because of which the day is off, or is worked although it is a weekend.
    pub holiday: Option<&'a str>,
    /// Set when only the weekend rule was left to answer with.
    pub warning: Option<YearMissing>,
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

impl Calendar {
    /// The calendar of the rows that were read.
    pub fn from_rows(
        years: impl IntoIterator<Item = calendar_year::Model>,
        days: impl IntoIterator<Item = calendar_day::Model>,
    ) -> Self {
        Self {
            sources: years.into_iter().map(|year| (year.year, year.source)).collect(),
            days: days.into_iter().map(|day| (day.day, day.into())).collect(),
        }
    }

    /// Builds the calendar from published tables. Where two tables speak of one day, the table of the later year has the last word: its
    /// notice is the newer one.
    pub fn new(tables: impl IntoIterator<Item = CalendarYear>) -> Self {
        let mut tables: Vec<CalendarYear> = tables.into_iter().collect();
        tables.sort_by_key(|table| table.year);
        let mut calendar = Self::default();
        for table in tables {
            calendar.sources.insert(table.year, table.source);
            calendar.days.extend(table.days.into_iter().map(|day| (day.date, day)));
        }
        calendar
    }

    /// The notice the table of a year was taken from; `None` when the year has no table.
    pub fn source(&self, year: i32) -> Option<&str> {
        self.sources.get(&year).map(String::as_str)
    }

    /// Whether a day is worked. For a year without a table the answer follows the weekend rule and says so.
    pub fn is_working_day(&self, date: NaiveDate) -> Answer<'_> {
        if let Some(day) = self.days.get(&date) {
            return Answer {
                working: !day.is_off_day,
                holiday: Some(&day.name),
                warning: None,
            };
        }
        Answer {
            working: !is_weekend(date),
            holiday: None,
            warning: (!self.sources.contains_key(&date.year())).then_some(YearMissing(date.year())),
        }
    }

    /// The last day of a deadline of `n` working days, with the years whose table was missing on the way. The day it
    /// starts on is not counted (《民法典》 art. 201); no working days leave the day as it is.
    pub fn add_working_days(&self, from: NaiveDate, n: u16) -> (NaiveDate, Vec<i32>) {
        let mut missing = BTreeSet::new();
        let mut left = n;
        let mut day = from;
        while left > 0 {
            let Some(next) = day.succ_opt() else { break };
            day = next;
            let answer = self.is_working_day(day);
            missing.extend(answer.warning.map(|YearMissing(year)| year));
            left -= u16::from(answer.working);
        }
        (day, missing.into_iter().collect())
    }

    /// Working days after `from` up to and including `until`, with the years whose table was missing; 0 when `until` is
    /// not later. So a task due on `from` is that many working days late on `until`.
    pub fn working_days_between(&self, from: NaiveDate, until: NaiveDate) -> (u32, Vec<i32>) {
        let Some(first) = from.succ_opt().filter(|first| *first <= until) else {
            return (0, Vec::new());
        };
        // Weekdays by arithmetic, since some things are years late; then the days that are otherwise.
        let mut count = weekdays_up_to(until) - weekdays_up_to(from);
        for (date, day) in self.days.range(first..=until) {
            match (is_weekend(*date), day.is_off_day) {
                (false, true) => count -= 1,
                (true, false) => count += 1,
                (true, true) | (false, false) => {}
            }
        }
        let missing = (first.year()..=until.year()).filter(|year| {
            let january = NaiveDate::from_ymd_opt(*year, 1, 1).unwrap_or(first).max(first);
            let december = NaiveDate::from_ymd_opt(*year, 12, 31).unwrap_or(until).min(until);
            let days = usize::try_from((december - january).num_days() + 1).unwrap_or(0);
            // Another year's table may speak of single days of this one.
            !self.sources.contains_key(year) && self.days.range(january..=december).count() < days
        });
        (u32::try_from(count).unwrap_or(0), missing.collect())
    }
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Mondays to Fridays since the first day of the era, which was a Monday.
fn weekdays_up_to(date: NaiveDate) -> i32 {
    let days = date.num_days_from_ce();
    days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn shipped() -> Calendar {
        Calendar::new(CalendarYear::shipped().unwrap())
    }

    proptest! {
        #[test]
        fn working_days_are_those_that_one_counts(start in 0i64..2500, length in -3i64..900) {
            let calendar = shipped();
            let from = day("2022-12-20") + chrono::TimeDelta::days(start);
            let until = from + chrono::TimeDelta::days(length);
            let between: Vec<NaiveDate> = from.iter_days().skip(1).take_while(|day| *day <= until).collect();
            let working = between.iter().filter(|day| calendar.is_working_day(**day).working).count();
            let missing: BTreeSet<i32> = between
                .iter()
                .filter_map(|day| calendar.is_working_day(*day).warning.map(|YearMissing(year)| year))
                .collect();
            let counted = calendar.working_days_between(from, until);
            prop_assert_eq!(counted, (u32::try_from(working).unwrap(), missing.into_iter().collect::<Vec<_>>()));
        }
    }

    #[test]
    fn the_shipped_tables_are_the_published_ones() {
        let tables = CalendarYear::shipped().unwrap();
        let figures: Vec<(i32, usize, usize)> = tables
            .iter()
            .map(|table| {
                let off = table.days.iter().filter(|day| day.is_off_day).count();
                (table.year, off, table.days.len() - off)
            })
            .collect();
        assert_eq!(figures, [(2025, 28, 5), (2026, 33, 6)]);
        for table in &tables {
            assert!(table.source.contains("国办发明电"));
            for adjusted in table.days.iter().filter(|day| !day.is_off_day) {
                assert!(
                    adjusted.date.weekday().num_days_from_monday() >= 5,
                    "{adjusted:?} is no weekend"
                );
            }
        }
    }

    #[test]
    fn holidays_and_adjusted_weekends() {
        let calendar = shipped();
        for (date, working) in [
            ("2025-01-26", true),
            ("2025-01-27", true),
            ("2025-01-28", false),
            ("2025-02-04", false),
            ("2025-02-08", true),
            ("2025-02-09", false),
            ("2025-10-08", false),
            ("2025-10-11", true),
            ("2026-01-04", true),
            ("2026-02-14", true),
            ("2026-02-16", false),
            ("2026-05-09", true),
            ("2026-06-19", false),
            ("2026-09-20", true),
            ("2026-11-23", true),
            ("2026-11-28", false),
        ] {
            let answer = calendar.is_working_day(day(date));
            assert_eq!((answer.working, answer.warning), (working, None), "{date}");
        }
        assert_eq!(calendar.is_working_day(day("2026-02-14")).holiday, Some("春节"));
        assert_eq!(calendar.is_working_day(day("2026-11-28")).holiday, None);
    }

    #[test]
    fn a_year_without_a_table_warns_and_does_not_guess() {
        let calendar = shipped();
        let answer = calendar.is_working_day(day("2027-02-06"));
        assert_eq!(
            answer,
            Answer {
                working: false,
                holiday: None,
                warning: Some(YearMissing(2027))
            }
        );
        // New Year's Day of an unknown year is not turned into a day off by us.
        assert!(calendar.is_working_day(day("2027-01-01")).working);
        assert_eq!(
            calendar.add_working_days(day("2026-12-31"), 1),
            (day("2027-01-01"), vec![2027])
        );
        assert_eq!(
            calendar.add_working_days(day("2026-12-30"), 1),
            (day("2026-12-31"), vec![])
        );
        assert_eq!(
            calendar.working_days_between(day("2024-12-30"), day("2025-01-02")),
            (2, vec![2024])
        );
        assert_eq!(calendar.source(2027), None);
    }

    #[test]
    fn deadlines_in_working_days() {
        let calendar = shipped();
        for (from, n, due) in [
            ("2026-02-13", 0, "2026-02-13"),
            ("2026-02-13", 1, "2026-02-14"),
            ("2026-02-13", 2, "2026-02-24"),
            ("2026-02-13", 6, "2026-02-28"),
            ("2026-02-13", 7, "2026-03-02"),
            ("2026-09-30", 1, "2026-10-08"),
            ("2026-09-30", 4, "2026-10-12"),
            ("2025-09-30", 7, "2025-10-16"),
            ("2026-02-18", 1, "2026-02-24"),
        ] {
            assert_eq!(
                calendar.add_working_days(day(from), n),
                (day(due), vec![]),
                "{from} + {n}"
            );
        }
    }

    #[test]
    fn tables_of_the_holiday_cn_form_are_read() {
        let json = r#"{"$schema": "x", "year": 2019, "papers": ["http://www.gov.cn/a", "http://www.gov.cn/b"], "days": [
            {"name": "元旦", "date": "2018-12-29", "isOffDay": false},
            {"name": "元旦", "date": "2019-01-01", "isOffDay": true}]}"#;
        let table = CalendarYear::from_holiday_cn(json, "upload").unwrap();
        assert_eq!((table.year, table.days.len()), (2019, 2));
        assert_eq!(table.source, "http://www.gov.cn/a http://www.gov.cn/b");
        // The notice for 2019 also decides about the last Saturday of 2018, whose own table is missing.
        let calendar = Calendar::new([table]);
        assert_eq!(calendar.is_working_day(day("2018-12-29")).warning, None);
        assert!(calendar.is_working_day(day("2018-12-29")).working);
        assert_eq!(
            calendar.is_working_day(day("2018-12-28")).warning,
            Some(YearMissing(2018))
        );

        let days = r#"[{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]"#;
        let table = CalendarYear::from_holiday_cn(days, "upload").unwrap();
        assert_eq!((table.year, table.source.as_str()), (2027, "upload"));
        let again = serde_json::to_string(&table.days).unwrap();
        assert_eq!(CalendarYear::from_holiday_cn(&again, "upload").unwrap(), table);
    }

    #[test]
    fn bad_tables_are_refused() {
        let key = |json: &str| CalendarYear::from_holiday_cn(json, "upload").unwrap_err().key();
        assert_eq!(key(r#"{"year": 2027, "papers": [], "days": []}"#), "calendar.empty");
        assert_eq!(key("[]"), "calendar.empty");
        assert_eq!(key("<html>"), "calendar.format");
        assert_eq!(
            key(r#"[{"name": "元旦", "date": "2027-02-30", "isOffDay": true}]"#),
            "calendar.format"
        );
        assert_eq!(
            key(r#"{"year": 2027, "days": [{"name": "元旦", "date": "2020-01-01", "isOffDay": true}]}"#),
            "calendar.other_year"
        );
        assert_eq!(
            key(r#"[{"name": "a", "date": "2027-01-02", "isOffDay": true},
                    {"name": "a", "date": "2027-01-02", "isOffDay": false}]"#),
            "calendar.contradiction"
        );
    }

    #[test]
    fn rows_make_the_same_calendar() {
        let tables = CalendarYear::shipped().unwrap();
        let years = tables.iter().map(|table| calendar_year::Model {
            year: table.year,
            source: table.source.clone(),
        });
        let days = tables
            .iter()
            .flat_map(|table| table.days.clone())
            .map(calendar_day::Model::from);
        let calendar = Calendar::from_rows(years, days);
        assert_eq!(calendar.source(2026), shipped().source(2026));
        for date in day("2024-12-25").iter_days().take(800) {
            assert_eq!(calendar.is_working_day(date), shipped().is_working_day(date));
        }
    }

    #[test]
    fn the_later_notice_has_the_last_word() {
        let table = |year, is_off_day| CalendarYear {
            year,
            source: year.to_string(),
            days: vec![CalendarDay {
                name: "元旦".into(),
                date: day("2027-12-31"),
                is_off_day,
            }],
        };
        for tables in [
            [table(2027, false), table(2028, true)],
            [table(2028, true), table(2027, false)],
        ] {
            assert!(!Calendar::new(tables).is_working_day(day("2027-12-31")).working);
        }
    }

    proptest! {
        #[test]
        fn adding_and_counting_are_inverse(start in 0_u64..800, n in 0_u16..120) {
            let calendar = shipped();
            let from = day("2024-12-01") + chrono::Days::new(start);
            let (due, missing) = calendar.add_working_days(from, n);
            prop_assert_eq!(calendar.working_days_between(from, due), (u32::from(n), missing));
            prop_assert!(n == 0 || calendar.is_working_day(due).working);
            // One more is always later.
            prop_assert!(calendar.add_working_days(from, n + 1).0 > due);
        }

        #[test]
        fn a_later_start_is_never_due_earlier(start in 0_u64..800, later in 0_u64..30, n in 0_u16..60) {
            let calendar = shipped();
            let from = day("2024-12-01") + chrono::Days::new(start);
            let due = calendar.add_working_days(from, n).0;
            prop_assert!(calendar.add_working_days(from + chrono::Days::new(later), n).0 >= due);
        }
    }
}
