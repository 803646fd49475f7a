//! The confirmation.

use askama::Template;
use entities::{child::child, screening::referral};

use super::forms::SendingForm;
use crate::{
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
    /// Who is told, and how.
    pub told: Vec<Told>,
}

/// A guardian after an abnormal screen.
#[derive(Clone, Debug)]
pub struct Told {
    /// Name.
    pub name: String,
    /// Relation, as a locale key.
    pub kinship: &'static str,
    /// Phone, masked.
    pub phone: Option<String>,
    /// A message goes out; otherwise somebody has to call.
    pub by_message: bool,
}
