//! What the page of a task sends, and how an attempt to reach the family is typed anywhere.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use entities::{
    time_of_day,
    words::{ContactMethod, ContactResult},
};
use serde::Deserialize;

use crate::platform::{Check, Errors, Version, clock};

/// Longest note that is accepted, in characters.
const NOTE: usize = 1000;

/// Every field of every form of the page, named apart so that the page has no two fields of one name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TaskForm {
    /// The version of the task that the page showed.
    pub version: String,
    /// How the family was tried.
    pub method: String,
    /// What came of it.
    pub result: String,
    /// On which day.
    pub attempted_on: String,
    /// At what time.
    pub attempted_time: String,
    /// What was said.
    pub contact_note: String,
    /// `true`: it is written down as it happens, from the number that was called.
    pub at_once: String,
    /// What else is known about the lost family.
    pub loss_note: String,
    /// What came of the task.
    pub completion_note: String,
}

/// An attempt to reach the family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// How.
    pub method: ContactMethod,
    /// What came of it.
    pub result: ContactResult,
    /// When.
    pub at: DateTime<Utc>,
    /// What was said.
    pub note: Option<String>,
}

/// An attempt as it is typed, in the fields that every form of attempts has.
#[derive(Debug)]
pub struct Tried<'a> {
    /// `method`.
    pub method: &'a str,
    /// `result`.
    pub result: &'a str,
    /// `attempted_on`.
    pub on: &'a str,
    /// `attempted_time`.
    pub time: &'a str,
    /// `contact_note`.
    pub note: &'a str,
    /// Now, whatever was typed.
    pub at_once: bool,
}

impl Tried<'_> {
    /// The attempt: not in the future, not before the cause.
    pub fn attempt(&self, now: DateTime<Utc>, not_before: DateTime<Utc>) -> Result<Attempt, Errors> {
        let mut check = Check::default();
        let method = check.word("method", self.method);
        let result = check.word("result", self.result);
        let at = if self.at_once {
            Some(now)
        } else {
            let day = check.date("attempted_on", self.on);
            moment(&mut check, "attempted_time", day, self.time)
        };
        if at.is_some_and(|at| at > now) {
            check.wrong("attempted_on", "contact.future");
        }
        // The page shows minutes; the cause is kept to the microsecond.
        if at.is_some_and(|at| at + TimeDelta::minutes(1) < not_before) {
            check.wrong("attempted_on", "contact.too_early");
        }
        let note = check.optional_note("contact_note", self.note, NOTE);
        check.done(method.zip(result).zip(at).map(|((method, result), at)| Attempt {
            method,
            result,
            at,
            note,
        }))
    }

    /// What the form of an attempt begins with: by telephone, now.
    pub fn begin(now: DateTime<Utc>, method: &mut String, on: &mut String, time: &mut String) {
        let now = clock::shown(now);
        let (day, hour) = now.split_once(' ').unwrap_or_default();
        for (field, value) in [(on, day), (time, hour), (method, ContactMethod::Phone.as_str())] {
            if field.is_empty() {
                value.clone_into(field);
            }
        }
    }
}

impl TaskForm {
    /// The version of the page; every page sends one.
    pub(super) fn version(&self) -> Option<Version> {
        Version::sent(&self.version)
    }

    /// Written down beside the number, on whichever page that stands.
    pub(super) fn is_at_once(&self) -> bool {
        self.at_once == "true"
    }

    /// The attempt to reach the family.
    pub(super) fn attempt(&self, now: DateTime<Utc>, not_before: DateTime<Utc>) -> Result<Attempt, Errors> {
        let tried = Tried {
            method: &self.method,
            result: &self.result,
            on: &self.attempted_on,
            time: &self.attempted_time,
            note: &self.contact_note,
            at_once: self.is_at_once(),
        };
        tried.attempt(now, not_before)
    }

    /// What came of it.
    pub(super) fn completion(&self) -> Result<String, Errors> {
        let mut check = Check::default();
        let note = check.note("completion_note", &self.completion_note, NOTE);
        check.done(note)
    }

    /// What else is known about the lost family.
    pub(super) fn loss(&self) -> Result<Option<String>, Errors> {
        let mut check = Check::default();
        let note = check.optional_note("loss_note", &self.loss_note, NOTE);
        check.done(Some(note))
    }
}

/// A day and a time of day as an instant.
pub fn moment(check: &mut Check, field: &'static str, day: Option<NaiveDate>, time: &str) -> Option<DateTime<Utc>> {
    if time.trim().is_empty() {
        check.wrong(field, "form.required");
        return None;
    }
    let Some(time) = time_of_day::written(time) else {
        check.wrong(field, "referral.time");
        return None;
    };
    day.map(|day| clock::start_of(day) + time.signed_duration_since(NaiveTime::MIN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn an_attempt_lies_between_its_cause_and_now() {
        let now = Utc.with_ymd_and_hms(2026, 11, 2, 1, 0, 0).unwrap();
        let form = |day: &str, time: &str| TaskForm {
            method: "phone".into(),
            result: "not_reached".into(),
            attempted_on: day.into(),
            attempted_time: time.into(),
            ..TaskForm::default()
        };
        let since = now - TimeDelta::days(2);
        assert!(form("2026-11-02", "08:59").attempt(now, since).is_ok());
        assert!(form("2026-11-02", "09:01").attempt(now, since).is_err());
        assert!(form("2026-10-30", "09:00").attempt(now, since).is_err());
    }
}
