//! The confirmation.

use askama::Template;
use entities::{child::child, screening::referral};

use super::forms::SendingForm;
use crate::{
    children::Phone,
    platform::Errors,
    web::{Choice, filters},
};

/// What is proposed, to whom it goes, and whom to call.
#[derive(Template)]
#[template(path = "referral/sending.html")]
pub struct SendingPage {
    /// The child.
    pub child: child::Model,
    /// The referral.
    pub referral: referral::Model,
    /// What was typed.
    pub form: SendingForm,
    /// What is wrong.
    pub errors: Errors,
    /// Hospitals that cover where the child lives.
    pub receivers: Vec<Choice>,
    /// Where a call is written down.
    pub record: Option<String>,
    /// Who is told, and how.
    pub told: Vec<Told>,
}

/// A guardian after an abnormal screen.
#[derive(Clone, Debug)]
pub struct Told {
    /// Who, and the number.
    pub phone: Phone,
    /// A message goes out; otherwise somebody has to call.
    pub by_message: bool,
}
