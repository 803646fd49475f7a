//! Consents.

use chrono::NaiveDate;
use entities::words::{ConsentPurpose, Kinship};
use serde::Deserialize;

use super::{LINE, past_date, person_name};
use crate::{
    children::consents::NewConsent,
    platform::{Check, Errors},
};

/// A consent that was given.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ConsentForm {
    pub purpose: String,
    pub text_version: String,
    pub signer: String,
    pub kinship: String,
    pub signed_on: String,
}

impl ConsentForm {
    /// The consent.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn input(&self, today: NaiveDate) -> Result<NewConsent, Errors> {
        let mut check = Check::default();
        let purpose = check.word::<ConsentPurpose>("purpose", &self.purpose);
        let text_version = check.text_within("text_version", &self.text_version, LINE);
        let signer = person_name(&mut check, "signer", &self.signer);
        let kinship = check.word::<Kinship>("kinship", &self.kinship);
        let signed_on = past_date(&mut check, "signed_on", &self.signed_on, today);
        let input = || {
            Some(NewConsent {
                purpose: purpose?,
                text_version: text_version?,
                signer: signer?,
                kinship: kinship?,
                signed_on: signed_on?,
            })
        };
        let input = input();
        check.done(input)
    }
}

/// One date.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct DayForm {
    pub on: String,
}

impl DayForm {
    /// The day, not in the future.
    ///
    /// # Errors
    /// No date, or one to come.
    pub fn input(&self, today: NaiveDate) -> Result<NaiveDate, Errors> {
        let mut check = Check::default();
        let day = past_date(&mut check, "on", &self.on, today);
        check.done(day)
    }
}
