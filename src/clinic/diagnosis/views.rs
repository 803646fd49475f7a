//! The diagnosis page.

use askama::Template;

use super::forms::DiagnosisForm;
use crate::{
    clinic::case::Case,
    platform::Errors,
    web::{Choice, filters},
};

/// The form of a diagnosis.
#[derive(Template)]
#[template(path = "clinic/diagnosis.html")]
pub struct DiagnosisPage {
    /// What it stands on.
    pub(in crate::clinic) case: Case,
    /// The institution: the actor's own.
    pub institution: String,
    /// What was typed.
    pub form: DiagnosisForm,
    /// What is wrong.
    pub errors: Errors,
    /// Diagnoses to tick.
    pub codes: Vec<Choice>,
    /// Finished instruments to attach.
    pub assessments: Vec<Choice>,
}
