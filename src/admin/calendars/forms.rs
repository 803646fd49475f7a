//! What the calendar pages send.

use chrono::{Datelike as _, NaiveDate};
use entities::words::DayKind;
use serde::Deserialize;
use validator::Validate;

use crate::platform::{
    Check, Errors, Say,
    calendar::{CalendarDay, CalendarError, CalendarYear},
    day, form, text,
};

/// One day of a year; for a new year also the notice.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct DayForm {
    /// The day.
    pub day: String,
    /// Off or worked.
    pub kind: String,
    /// Holiday it belongs to.
    #[validate(length(max = 40, message = "calendars.too_long"))]
    pub name: String,
    /// Notice of a new year.
    #[validate(length(max = 200, message = "calendars.too_long"))]
    pub notice: String,
}

impl DayForm {
    /// The day, in the year of its page. Weekdays are worked and weekends are off anyhow; only differences are entered.
    pub fn input(&self, year: i32) -> Result<CalendarDay, Errors> {
        let mut check = Check::of(self);
        let day = check.date("day", &self.day);
        let kind = check.word::<DayKind>("kind", &self.kind);
        let name = check.text("name", &self.name);
        if day.is_some_and(|day| day.year() != year) {
            check.wrong("day", Say::new("calendars.day.other_year").with("year", year));
        }
        if let Some((day, kind)) = day.zip(kind)
            && kind == DayKind::Work
            && !is_weekend(day)
        {
            check.wrong("kind", "calendars.day.worked_anyhow");
        }
        let input = day.zip(kind).zip(name).map(|((date, kind), name)| CalendarDay {
            name,
            date,
            is_off_day: kind == DayKind::Off,
        });
        check.done(input)
    }

    /// The notice of a new year, and its first day: whose year is the year of the table.
    pub fn first(&self) -> Result<(String, CalendarDay), Errors> {
        let day = self.input(day::parse(&self.day).map_or(0, |day| day.year()))?;
        let mut check = Check::default();
        let notice = check.text("notice", &self.notice);
        Ok((check.done(notice)?, day))
    }
}

/// Saturday or Sunday.
pub fn is_weekend(day: NaiveDate) -> bool {
    day.weekday().num_days_from_monday() >= 5
}

/// A table to be read in: the file, or its text.
#[derive(Clone, Debug, Default)]
pub struct ImportForm {
    /// Content of the file that was chosen.
    pub file: String,
    /// The same, pasted.
    pub text: String,
    /// Notice, when the file names none.
    pub source: String,
    /// Replace the table of the year if there is one.
    pub replace: bool,
}

impl ImportForm {
    /// The table.
    pub fn input(&self) -> Result<CalendarYear, Errors> {
        let json = if self.file.trim().is_empty() {
            &self.text
        } else {
            &self.file
        };
        let mut errors = Errors::default();
        if json.trim().is_empty() {
            errors.add("file", "form.required");
            return Err(errors);
        }
        let table = CalendarYear::from_holiday_cn(json, self.source.trim());
        let field = if self.file.trim().is_empty() { "text" } else { "file" };
        match table {
            Ok(table) if table.source.is_empty() => {
                errors.add("source", "calendars.source.required");
                Err(errors)
            }
            Ok(table) if !is_plain(&table) => {
                errors.add(field, "calendars.unreadable_words");
                Err(errors)
            }
            Ok(table) => Ok(table),
            Err(error) => {
                errors.add(field, told(&error));
                Err(errors)
            }
        }
    }
}

/// A file may hold anything in its words, also what no form lets through.
fn is_plain(table: &CalendarYear) -> bool {
    let plain = |words: &str, longest| {
        !text::is_refused(words) && !words.contains(['\n', '\r']) && form::allowed(words, longest).is_ok()
    };
    plain(&table.source, 1000) && table.days.iter().all(|day| plain(&day.name, 40))
}

fn told(error: &CalendarError) -> Say {
    match error {
        CalendarError::OtherYear(day) => Say::new("calendars.other_year").with("day", day),
        CalendarError::Contradiction(day) => Say::new("calendars.contradiction").with("day", day),
        CalendarError::Format(_) | CalendarError::Empty => Say::new(error.key()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(day: &str, kind: &str) -> Option<String> {
        let form = DayForm {
            day: day.to_owned(),
            kind: kind.to_owned(),
            name: "元旦".to_owned(),
            ..DayForm::default()
        };
        let errors = form.input(2027).err()?;
        errors.all().first().map(|(_, say)| say.key().to_owned())
    }

    #[test]
    fn only_days_that_differ_from_the_week_are_entered() {
        assert_eq!(key("2027-01-01", "off"), None);
        assert_eq!(key("2027-01-02", "work"), None);
        assert_eq!(
            key("2027-01-04", "work").as_deref(),
            Some("calendars.day.worked_anyhow")
        );
        assert_eq!(key("2026-12-31", "off").as_deref(), Some("calendars.day.other_year"));
        assert_eq!(key("2027-02-30", "off").as_deref(), Some("form.date"));
    }

    #[test]
    fn a_table_needs_its_notice() {
        let mut form = ImportForm {
            text: r#"[{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]"#.to_owned(),
            ..ImportForm::default()
        };
        let errors = form.input().unwrap_err();
        assert_eq!(errors.get("source")[0].key(), "calendars.source.required");
        form.source = "国办发明电〔2026〕1号".to_owned();
        assert_eq!(form.input().unwrap().year, 2027);
        form.file = "not a table".to_owned();
        assert_eq!(form.input().unwrap_err().get("file")[0].key(), "calendar.format");
    }
}
