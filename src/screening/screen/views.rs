//! The screen pages.

use askama::Template;
use chrono::NaiveDate;
use entities::{
    OrganisationId, ScreenId,
    child::child,
    screening::{planned_check, screen},
    words::{AgeUsed, ScreenOutcome},
};

use super::{forms::ScreenForm, queries::Entry};
use crate::{
    platform::{Errors, Say},
    web::{Choice, filters},
};

/// The screens of a child, and the checks that are still to be done.
#[derive(Template)]
#[template(path = "screening/screens.html")]
pub struct ScreensPage {
    /// The child.
    pub child: child::Model,
    /// Newest first.
    pub entries: Vec<Entry>,
    /// Still to be done, or missed.
    pub checks: Vec<planned_check::Model>,
    /// Today.
    pub today: NaiveDate,
    /// May record screens.
    pub may_screen: bool,
    /// May take a child out of the pipeline.
    pub may_depart: bool,
    /// Own organisation.
    pub own: Option<OrganisationId>,
}

impl ScreensPage {
    /// The reader's organisation may correct this one.
    pub fn may_correct(&self, screen: &screen::Model) -> bool {
        self.may_screen && screen.withdrawn_at.is_none() && Some(screen.organisation_id) == self.own
    }
}

/// The numbers of the signs as text.
pub fn sign_numbers(screen: &screen::Model) -> String {
    screen
        .signs
        .0
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("、")
}

/// One question of the checklist.
#[derive(Clone, Debug)]
pub struct Question {
    /// Name of the field.
    pub field: &'static str,
    /// Number or mark in front.
    pub number: String,
    /// What is asked.
    pub sentence: String,
    /// Present or absent.
    pub choices: Vec<SignAnswer>,
}

/// An answer to it, with the key of the checklist: a sign that is present scores 1.
#[derive(Clone, Debug)]
pub struct SignAnswer {
    /// What is typed to enter it.
    pub key: String,
    /// What is sent.
    pub value: &'static str,
    /// What is read.
    pub label: String,
    /// Chosen.
    pub selected: bool,
}

/// The ages of the child on the day of the screen.
#[derive(Clone, Debug)]
pub struct AgeFacts {
    /// Since birth.
    pub chronological: Say,
    /// Since full term.
    pub corrected: Option<Say>,
    /// The check age, when the programme has one for the day.
    pub check_age: Option<u32>,
    /// The age it goes by.
    pub used: AgeUsed,
    /// What the rule chooses.
    pub by_rule: AgeUsed,
}

/// One screen to be filled in.
#[derive(Template)]
#[template(path = "screening/screen.html")]
pub struct ScreenPage {
    /// The child.
    pub child: child::Model,
    /// What was typed.
    pub form: ScreenForm,
    /// What is wrong.
    pub errors: Errors,
    /// Both ages; none while the day is not readable or not possible.
    pub ages: Option<AgeFacts>,
    /// The two ages to choose from; empty for a child with one.
    pub age_choices: Vec<Choice>,
    /// The checklist of the check age.
    pub questions: Vec<Question>,
    /// Why the child may not have been seen.
    pub not_seen: Vec<Choice>,
    /// The record that is corrected.
    pub corrects: Option<ScreenId>,
    /// Where the form goes.
    pub action: String,
    /// Where the day is changed.
    pub address: String,
}

/// What will be recorded, in words, before it is.
#[derive(Template)]
#[template(path = "screening/preview.html")]
pub struct PreviewPage {
    /// The child.
    pub child: child::Model,
    /// What was typed.
    pub form: ScreenForm,
    /// Both ages.
    pub ages: AgeFacts,
    /// By the rule.
    pub outcome: ScreenOutcome,
    /// The signs present, in words.
    pub present: Vec<String>,
    /// Done in its window, entered after it closed.
    pub entered_late: bool,
    /// What happens when it is saved.
    pub consequences: Vec<Say>,
    /// Where the form goes.
    pub action: String,
    /// The record is a correction.
    pub correcting: bool,
}
