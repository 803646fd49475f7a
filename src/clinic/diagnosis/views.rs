//! The diagnosis page.

use askama::Template;
use entities::{child::child, screening::referral};

use super::forms::DiagnosisForm;
use crate::{
    platform::Errors,
    web::{Choice, filters},
};

/// The form of a diagnosis.
#[derive(Template)]
#[template(path = "clinic/diagnosis.html")]
pub struct DiagnosisPage {
    /// The referral that asks for it.
    pub referral: referral::Model,
    /// The child.
    pub child: child::Model,
    /// Age in words.
    pub age: String,
    /// The institution: the actor's own.
    pub institution: String,
    /// What was typed.
    pub form: DiagnosisForm,
    /// What is wrong.
    pub errors: Errors,
    /// What was typed before is back.
    pub restored: bool,
    /// Diagnoses to tick.
    pub codes: Vec<Choice>,
    /// Finished instruments to attach.
    pub assessments: Vec<Choice>,
    /// Today as the browser wants it.
    pub today: String,
}
