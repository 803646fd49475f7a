//! The re-screen page.

use askama::Template;
use entities::{child::child, screening::referral};

use super::forms::RescreenForm;
use crate::{
    platform::Errors,
    web::{Choice, filters},
};

/// The form of a re-screen.
#[derive(Template)]
#[template(path = "clinic/rescreen.html")]
pub struct RescreenPage {
    /// The referral that asks for it.
    pub referral: referral::Model,
    /// The child.
    pub child: child::Model,
    /// Age in words.
    pub age: String,
    /// What was typed.
    pub form: RescreenForm,
    /// What is wrong.
    pub errors: Errors,
    /// What was typed before is back.
    pub restored: bool,
    /// Findings to tick.
    pub findings: Vec<Choice>,
    /// Finished instruments to attach.
    pub assessments: Vec<Choice>,
    /// Yes or no.
    pub scale_at_risk: Vec<Choice>,
    /// Yes or no.
    pub development_deviates: Vec<Choice>,
    /// Hospitals to refer to.
    pub hospitals: Vec<Choice>,
    /// Months until the child is looked at again when nothing is found.
    pub recheck_months: u32,
    /// Today as the browser wants it: no later day can be chosen.
    pub today: String,
}
