//! The calendar pages.

use askama::Template;
use chrono::{Datelike as _, NaiveDate};
use entities::{
    configuration::calendar_day,
    words::{DayKind, Language},
};

use super::{
    forms::{DayForm, ImportForm},
    queries::{MonthRow, YearRow},
};
use crate::{
    platform::{Errors, Say},
    web::{Choice, choices, filters},
};

/// All years.
#[derive(Template)]
#[template(path = "calendars/index.html")]
pub struct CalendarsPage {
    /// Years with a table.
    pub years: Vec<YearRow>,
    /// Years without one that need one.
    pub missing: Vec<i32>,
    /// The reader may change what every district counts by.
    pub may_change: bool,
}

/// A year.
#[derive(Template)]
#[template(path = "calendars/show.html")]
pub struct YearPage {
    /// The year.
    pub year: i32,
    /// The notice.
    pub source: String,
    /// Month by month.
    pub months: Vec<MonthRow>,
    /// Entered days.
    pub days: Vec<calendar_day::Model>,
    /// A day that was typed.
    pub form: DayForm,
    /// What is wrong with it.
    pub errors: Errors,
    /// The reader may change what every district counts by.
    pub may_change: bool,
}

impl YearPage {
    fn kinds(&self, language: Language) -> Vec<Choice> {
        choices::<DayKind>(language, &self.form.kind)
    }

    fn working(&self) -> usize {
        self.months.iter().map(|month| month.working).sum()
    }

    fn weekday_key(day: NaiveDate) -> String {
        format!("calendars.weekday.{}", day.weekday().num_days_from_monday() + 1)
    }
}

/// A new year, read in or typed.
#[derive(Template)]
#[template(path = "calendars/new.html")]
pub struct NewYearPage {
    /// What was pasted.
    pub import: ImportForm,
    /// What is wrong with it.
    pub import_errors: Errors,
    /// What was typed.
    pub form: DayForm,
    /// What is wrong with it.
    pub errors: Errors,
}

impl NewYearPage {
    fn kinds(&self, language: Language) -> Vec<Choice> {
        choices::<DayKind>(language, &self.form.kind)
    }
}
