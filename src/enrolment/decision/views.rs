//! The page of a decision.

use askama::Template;
use entities::{child::child, enrolment::enrolment_decision};

use super::forms::DecisionForm;
use crate::{
    platform::{Choice, Errors, Say},
    web::filters,
};

/// A decision.
#[derive(Template)]
#[template(path = "enrolment/decision.html")]
pub struct DecisionPage {
    /// The row.
    pub row: enrolment_decision::Model,
    /// The child.
    pub child: child::Model,
    /// Number, sex, age.
    pub lead: String,
    /// The centre.
    pub centre: String,
    /// Hours of service in a week; empty where nobody settled them.
    pub hours: String,
    /// Who decided.
    pub decided_by: String,
    /// Colour and icon of its outcome.
    pub look: (&'static str, &'static str),
    /// The address of its paper.
    pub paper: String,
    /// The reader may print it.
    pub may_print: bool,
    /// The reader may record that it was read.
    pub may_record: bool,
    /// How long the family may object.
    pub appeal: Say,
    /// The reader may say what came of the trial.
    pub may_conclude: bool,
    /// What may come of a trial.
    pub outcomes: Vec<Choice>,
    /// How the child attends.
    pub modes: Vec<Choice>,
    /// What was typed.
    pub form: DecisionForm,
    /// What is wrong with it.
    pub errors: Errors,
}
