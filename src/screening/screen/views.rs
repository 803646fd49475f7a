//! The screen pages.

use askama::Template;
use chrono::NaiveDate;
use entities::{
    OrganisationId, ScreenId,
    age::Age,
    child::child,
    screening::{planned_check, screen},
    words::{AgeUsed, ScreenOutcome},
};

use super::{forms::ScreenForm, queries::Entry, rules::Occasion};
use crate::{
    platform::{Errors, Say},
    screening::{ScreenNotice, instruments::Language as Tongue},
    web::{
        Choice, Ctx, filters,
        paper::{self, Printed as _},
    },
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

impl ScreensPage {
    /// What the family is given in writing, by whoever saw the child.
    fn notice(&self, screen: &screen::Model) -> Option<String> {
        (Some(screen.organisation_id) == self.own && is_told(screen))
            .then(|| paper::address(ScreenNotice::NAME, "", [screen.id]))
    }
}

/// The child was seen: there is something to tell.
pub fn is_told(screen: &screen::Model) -> bool {
    matches!(screen.outcome, ScreenOutcome::Normal | ScreenOutcome::Abnormal)
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
    /// What was typed before is back.
    pub restored: bool,
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

/// The ages of an occasion as pages show them, by the age that was chosen where there is a choice.
pub(super) fn facts(occasion: &Occasion, chosen: Option<AgeUsed>) -> AgeFacts {
    let used = chosen.filter(|_| occasion.has_choice()).unwrap_or(occasion.by_rule);
    AgeFacts {
        chronological: age_in_words(occasion.ages.chronological),
        corrected: occasion.ages.corrected.map(age_in_words),
        check_age: occasion.check_age(used),
        used,
        by_rule: occasion.by_rule,
    }
}

fn age_in_words(age: Age) -> Say {
    let key = if age.years() == 0 {
        "screen.age.infant"
    } else {
        "screen.age.child"
    };
    Say::new(key)
        .with("years", age.years())
        .with("months", age.months_of_year())
        .with("days", age.days)
}

/// The language of the signs.
pub(super) fn tongue(ctx: &Ctx) -> Tongue {
    Tongue::from_tag(ctx.locale)
}
