//! The page on which a step is decided.

use askama::Template;
use entities::enrolment::application_step;

use super::forms::ReviewForm;
use crate::{
    enrolment::application::views::Overview,
    platform::{Choice, Errors, Say, approval::FieldKind},
    web::filters,
};

/// A field of the step as the page shows it.
#[derive(Clone, Debug)]
pub struct FieldView {
    /// Its name on the page.
    pub name: String,
    /// What it is called.
    pub label: Say,
    /// What it is.
    pub kind: FieldKind,
    /// What was typed.
    pub value: String,
    /// What can be chosen.
    pub options: Vec<Choice>,
    /// It has to be filled in where the step goes on.
    pub required: bool,
}

/// What was filled in at an earlier step.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The step.
    pub title: String,
    /// Label and text.
    pub facts: Vec<(String, String)>,
}

/// Deciding a step.
#[derive(Template)]
#[template(path = "enrolment/step.html")]
pub struct StepPage {
    /// The application.
    pub of: Overview,
    /// The step.
    pub step: application_step::Model,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub place: String,
    /// Why the reader may not decide it.
    pub barred: Option<Say>,
    /// What is filled in.
    pub fields: Vec<FieldView>,
    /// What may come of it.
    pub outcomes: Vec<Choice>,
    /// It may give a place.
    pub gives_place: bool,
    /// How the child attends.
    pub modes: Vec<Choice>,
    /// Papers that can be said to be missing.
    pub missing: Vec<Choice>,
    /// What was filled in before.
    pub answered: Vec<Answered>,
    /// What was typed.
    pub form: ReviewForm,
    /// What is wrong with it.
    pub errors: Errors,
}
