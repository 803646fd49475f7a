//! The working calendar: weekends, public holidays and the weekends worked in exchange (调休).
//!
//! 《全国年节及纪念日放假办法》 fixes the holidays; which weekends become workdays is published for one year at a time by
//! the General Office of the State Council, usually in November. The table of a year is therefore data. A year without
//! a table is answered by the weekend rule **and** a warning that travels with the answer; adjusted workdays are never
//! guessed. All dates are dates in Asia/Shanghai.

mod rows;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};
use entities::configuration::{calendar_day, calendar_year};

pub use self::table::{CalendarDay, CalendarError, CalendarYear, off_by_law};

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
