//! The page of a paper.

use askama::Template;
use entities::{child::child, enrolment::application_material};

use super::forms::{Asks, ReceiptForm};
use crate::{
    enrolment::application::views::PaperLine,
    platform::{Choice, Errors},
    web::{ctx::Part, filters},
};

/// What was brought for a paper.
#[derive(Template)]
#[template(path = "enrolment/material.html")]
pub(super) struct MaterialPage {
    /// The paper.
    pub(super) paper: application_material::Model,
    /// The child.
    pub(super) child: child::Model,
    /// Number, sex, age.
    pub(super) lead: String,
    /// Its state and its days.
    pub(super) line: PaperLine,
    /// The list of files with its field.
    pub(super) files: Part,
    /// The reader may say that it was received; nobody did yet. Files come without the page being drawn anew, so whether one is
    /// there is asked when it is said.
    pub(super) may_receive: bool,
    /// What is asked of it then.
    pub(super) asks: Asks,
    /// How many months it counts; 0: always.
    pub(super) valid_months: u32,
    /// Who issues certificates.
    pub(super) issuers: Vec<Choice>,
    /// What was typed.
    pub(super) form: ReceiptForm,
    /// What is wrong with what was sent.
    pub(super) errors: Errors,
}
