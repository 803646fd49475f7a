//! What the referral page sends. One struct for all its forms: each sends only its own fields.

use chrono::{DateTime, TimeDelta, Utc};
use entities::OrganisationId;
use serde::Deserialize;

use super::appointments::Anyway;
use crate::{
    platform::{Check, Errors, Version},
    task::{Attempt, Tried, moment},
};

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
    /// What the page asked about the appointment ([`super::appointments::asked()`]).
    pub appointment_asked: String,
    /// `true`: all the same.
    pub appointment_anyway: String,
    /// Why all the same.
    pub appointment_why: String,
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
    /// `true`: it is written down as it happens, from the number that was called.
    pub at_once: String,
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
    /// Somebody was asked about it, and said yes.
    pub anyway: Option<Anyway>,
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
            "appointment_why" => &self.appointment_why,
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
        let anyway = self.anyway(&mut check);
        check.done(at.map(|at| Appointment { at, note, anyway }))
    }

    /// The day and time as they were typed.
    pub fn appointment_typed(&self) -> String {
        let typed = [&self.appointment_on, &self.appointment_time];
        typed.map(|text| text.split_whitespace().collect::<String>()).join("T")
    }

    /// The yes to what was asked about this very day and time; one to another counts for nothing.
    fn anyway(&self, check: &mut Check) -> Option<Anyway> {
        let same = self.appointment_asked.split_whitespace().next() == Some(self.appointment_typed().as_str());
        if self.appointment_anyway != "true" || !same {
            return None;
        }
        let why = check.note("appointment_why", &self.appointment_why, NOTE)?;
        Some(Anyway {
            asked: self.appointment_asked.clone(),
            why,
        })
    }

    /// Written down beside the number, on whichever page that stands.
    pub fn is_at_once(&self) -> bool {
        self.at_once == "true"
    }

    /// The attempt to reach the family.
    pub fn attempt(&self, now: DateTime<Utc>, not_before: DateTime<Utc>) -> Result<Attempt, Errors> {
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
}
