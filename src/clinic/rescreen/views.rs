//! The re-screen page.

use askama::Template;

use super::forms::RescreenForm;
use crate::{
    clinic::case::Case,
    platform::Errors,
    web::{Choice, filters},
};

/// The form of a re-screen.
#[derive(Template)]
#[template(path = "clinic/rescreen.html")]
pub struct RescreenPage {
    /// What it stands on.
    pub(in crate::clinic) case: Case,
    /// What was typed.
    pub form: RescreenForm,
    /// What is wrong.
    pub errors: Errors,
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
}
