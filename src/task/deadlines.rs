//! Until when an answer and a step are due. The norm (国卫办妇幼发〔2022〕12号) makes the finder tell the family, refer, and
//! take the result back; it sets no days. The days are a dated rule, `screening.deadlines`.

use chrono::{Days, NaiveDate};
use entities::words::ReferralKind;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use crate::platform::{Result, parameter, rule::Rule as _};

/// Days that the steps of the chain may take (parameter `screening.deadlines`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines {
    /// Calendar days from the abnormal screen to the re-screen.
    pub rescreen_days: u16,
    /// Calendar days from the abnormal re-screen to the diagnosis.
    pub diagnosis_days: u16,
    /// Working days for an answer.
    pub answer_working_days: u16,
    /// Working days from the diagnosis until the family has been talked to about rehabilitation.
    pub rehab_contact_working_days: u16,
    /// Months from a clear re-screen until the child is looked at again.
    pub recheck_months: u32,
    /// Documented attempts that fail before a child counts as lost.
    pub contact_attempts: u32,
}

impl Deadlines {
    /// Those in force in a division on a day.
    pub async fn on(db: &impl ConnectionTrait, division: &str, day: NaiveDate) -> Result<Self> {
        parameter::get(db, Self::CODE, division, day).await
    }

    /// The day by which the step that a referral asks for is to be completed.
    pub fn step_due(&self, kind: ReferralKind, from: NaiveDate, contact_due: NaiveDate) -> NaiveDate {
        let days = match kind {
            ReferralKind::Rescreen => self.rescreen_days,
            ReferralKind::Diagnosis => self.diagnosis_days,
            ReferralKind::Intake => return contact_due,
        };
        from.checked_add_days(Days::new(days.into())).unwrap_or(from)
    }
}
