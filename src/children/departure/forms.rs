//! What the departure page sends.

use entities::words::DepartureReason;
use serde::Deserialize;

use super::service::NewDeparture;
use crate::platform::{Check, Errors};

/// Longest note, in characters.
const NOTE: usize = 500;

/// A departure; also the query that fills the form in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct DepartureForm {
    /// Why.
    pub reason: String,
    /// The day.
    pub left_on: String,
    /// Anything else.
    pub note: String,
}

impl DepartureForm {
    /// The typed input.
    pub fn input(&self) -> Result<NewDeparture, Errors> {
        let mut check = Check::default();
        let reason = check.word::<DepartureReason>("reason", &self.reason);
        let left_on = check.date("left_on", &self.left_on);
        let note = check.optional_note("note", &self.note, NOTE);
        let input = reason
            .zip(left_on)
            .map(|(reason, left_on)| NewDeparture { reason, left_on, note });
        check.done(input)
    }
}
