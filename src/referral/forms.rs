//! What the referral page sends. One struct for all its forms: each sends only its own fields.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use entities::{
    OrganisationId,
    half_width::half_width,
    words::{ContactMethod, ContactResult},
};
use serde::Deserialize;

use crate::platform::{Check, Errors, Version, clock};

/// Longest note that is accepted, in characters.
pub const NOTE: usize = 1000;

/// Every field of every form of the page, named apart so that the page has no two fields of one name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MoveForm {
    /// The version of the referral that the page showed.
    pub version: String,
    /// Why declined.
    pub decline_reason: String,
    /// Why taken back.
    pub recall_reason: String,
    /// New receiver.
    pub forward_to: String,
    /// Why passed on.
    pub forward_reason: String,
    /// Day of the appointment.
    pub appointment_on: String,
    /// Time of the appointment.
    pub appointment_time: String,
    /// What the family should know or bring.
    pub appointment_note: String,
    /// What is known about the family not coming.
    pub no_show_note: String,
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
    /// What else is known about the lost family.
    pub loss_note: String,
    /// What the taking over came to.
    pub completion_note: String,
}

/// An appointment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// When.
    pub at: DateTime<Utc>,
    /// What the family should know or bring.
    pub note: Option<String>,
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

impl MoveForm {
    /// The version of the page; every page sends one.
    pub fn version(&self) -> Option<Version> {
        Version::sent(&self.version)
    }

    /// What was typed into a field, for the page that draws it by its name.
    pub fn typed(&self, field: &str) -> &str {
        match field {
            "decline_reason" => &self.decline_reason,
            "recall_reason" => &self.recall_reason,
            "forward_to" => &self.forward_to,
            "forward_reason" => &self.forward_reason,
            "appointment_on" => &self.appointment_on,
            "appointment_time" => &self.appointment_time,
            "appointment_note" => &self.appointment_note,
            "no_show_note" => &self.no_show_note,
            "method" => &self.method,
            "result" => &self.result,
            "attempted_on" => &self.attempted_on,
            "attempted_time" => &self.attempted_time,
            "contact_note" => &self.contact_note,
            "loss_note" => &self.loss_note,
            "completion_note" => &self.completion_note,
            _ => "",
        }
    }

    /// Why it is declined.
    pub fn decline(&self) -> Result<String, Errors> {
        reason("decline_reason", &self.decline_reason)
    }

    /// Why it is taken back.
    pub fn recall(&self) -> Result<String, Errors> {
        reason("recall_reason", &self.recall_reason)
    }

    /// To whom it is passed on, and why.
    pub fn forwarding(&self) -> Result<(OrganisationId, String), Errors> {
        let mut check = Check::default();
        let to = check.parse("forward_to", &self.forward_to);
        let why = check.note("forward_reason", &self.forward_reason, NOTE);
        check.done(to.zip(why))
    }

    /// The appointment: in the future, within a year.
    pub fn appointment(&self, now: DateTime<Utc>) -> Result<Appointment, Errors> {
        let mut check = Check::default();
        let day = check.date("appointment_on", &self.appointment_on);
        let at = moment(&mut check, "appointment_time", day, &self.appointment_time);
        if at.is_some_and(|at| at <= now) {
            check.wrong("appointment_on", "referral.appointment.past");
        }
        if at.is_some_and(|at| at > now + TimeDelta::days(366)) {
            check.wrong("appointment_on", "referral.appointment.far");
        }
        let note = check.optional_note("appointment_note", &self.appointment_note, NOTE);
        check.done(at.map(|at| Appointment { at, note }))
    }

    /// The attempt: not in the future, not before the cause.
    pub fn attempt(&self, now: DateTime<Utc>, not_before: DateTime<Utc>) -> Result<Attempt, Errors> {
        let mut check = Check::default();
        let method = check.word("method", &self.method);
        let result = check.word("result", &self.result);
        let day = check.date("attempted_on", &self.attempted_on);
        let at = moment(&mut check, "attempted_time", day, &self.attempted_time);
        if at.is_some_and(|at| at > now) {
            check.wrong("attempted_on", "contact.future");
        }
        // The page shows minutes; the cause is kept to the microsecond.
        if at.is_some_and(|at| at + TimeDelta::minutes(1) < not_before) {
            check.wrong("attempted_on", "contact.too_early");
        }
        let note = check.optional_note("contact_note", &self.contact_note, NOTE);
        check.done(method.zip(result).zip(at).map(|((method, result), at)| Attempt {
            method,
            result,
            at,
            note,
        }))
    }

    /// A note that may be empty.
    pub fn note(field: &'static str, text: &str) -> Result<Option<String>, Errors> {
        let mut check = Check::default();
        let note = check.optional_note(field, text, NOTE);
        check.done(Some(note))
    }
}

/// A reason: some text, not a novel.
pub fn reason(field: &'static str, text: &str) -> Result<String, Errors> {
    let mut check = Check::default();
    let why = check.note(field, text, NOTE);
    check.done(why)
}

/// A day and a time of day as an instant.
fn moment(check: &mut Check, field: &'static str, day: Option<NaiveDate>, time: &str) -> Option<DateTime<Utc>> {
    if time.trim().is_empty() {
        check.wrong(field, "form.required");
        return None;
    }
    let time = half_width(time);
    let parsed = ["%H:%M", "%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(time.trim(), format).ok());
    let Some(time) = parsed else {
        check.wrong(field, "referral.time");
        return None;
    };
    day.map(|day| clock::start_of(day) + time.signed_duration_since(NaiveTime::MIN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 2, 1, 0, 0).unwrap()
    }

    #[test]
    fn an_appointment_is_a_moment_of_the_users_clocks() {
        let form = MoveForm {
            appointment_on: "2026-11-09".into(),
            appointment_time: "14:30".into(),
            ..MoveForm::default()
        };
        let at = form.appointment(now()).unwrap().at;
        assert_eq!(at, Utc.with_ymd_and_hms(2026, 11, 9, 6, 30, 0).unwrap());
    }

    #[test]
    fn impossible_appointments_are_named() {
        for (day, time, field) in [
            ("2026-11-01", "09:00", "appointment_on"),
            ("2028-11-01", "09:00", "appointment_on"),
            ("2026-13-01", "09:00", "appointment_on"),
            ("2026-11-09", "25:00", "appointment_time"),
            ("2026-11-09", "", "appointment_time"),
            ("", "09:00", "appointment_on"),
        ] {
            let form = MoveForm {
                appointment_on: day.into(),
                appointment_time: time.into(),
                ..MoveForm::default()
            };
            let errors = form.appointment(now()).unwrap_err();
            assert!(!errors.get(field).is_empty(), "{day} {time}: {errors:?}");
        }
    }

    #[test]
    fn an_attempt_lies_between_its_cause_and_now() {
        let form = |day: &str, time: &str| MoveForm {
            method: "phone".into(),
            result: "not_reached".into(),
            attempted_on: day.into(),
            attempted_time: time.into(),
            ..MoveForm::default()
        };
        let since = now() - TimeDelta::days(2);
        assert!(form("2026-11-02", "08:59").attempt(now(), since).is_ok());
        assert!(form("2026-11-02", "09:01").attempt(now(), since).is_err());
        assert!(form("2026-10-30", "09:00").attempt(now(), since).is_err());
    }
}
