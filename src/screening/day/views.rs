//! The pages of a day.

use askama::Template;
use chrono::NaiveDate;
use entities::{child::child, words::ScreenOutcome};

use super::forms::{DayForm, RowForm};
use crate::{
    platform::{Errors, Say},
    screening::{
        ScreenNotice,
        screen::{queries::Entry, views::is_told},
    },
    web::{
        Choice, filters,
        listing::Prints,
        paper::{self, Printed as _},
    },
};

/// The list to be filled in.
#[derive(Template)]
#[template(path = "screening/day.html")]
pub struct DayPage {
    /// What was typed.
    pub form: DayForm,
    /// What is wrong.
    pub errors: Errors,
    /// Kindergartens to choose from.
    pub kindergartens: Vec<Choice>,
    /// Streets to choose from.
    pub streets: Vec<Choice>,
    /// The children, by check age.
    pub groups: Vec<Group>,
    /// What can be chosen for a child, by the number keys.
    pub results: Vec<Choice>,
    /// Number of children on the page.
    pub count: usize,
    /// There are more than the page holds.
    pub more: bool,
    /// Where the list stands.
    pub address: String,
    /// What was typed before is back.
    pub restored: bool,
}

/// The children of one check age: they are asked about the same signs.
#[derive(Clone, Debug)]
pub struct Group {
    /// Check age in months.
    pub months: i32,
    /// The four signs in words, with their numbers.
    pub signs: Vec<(u8, String)>,
    /// Its children.
    pub rows: Vec<DayRow>,
}

/// One child of the list.
#[derive(Clone, Debug)]
pub struct DayRow {
    /// Its place in the whole list, from 1.
    pub number: usize,
    /// The child.
    pub child: child::Model,
    /// Due day.
    pub due_on: NaiveDate,
    /// By the corrected age.
    pub corrected: bool,
    /// What was typed.
    pub form: RowForm,
    /// What can be chosen.
    pub results: Vec<Choice>,
}

impl DayRow {
    /// A sign is ticked.
    pub fn has(&self, sign: &u8) -> bool {
        self.form.signs.contains(&sign.to_string())
    }

    /// A field of this row, as the summary of errors and screen readers call it.
    pub fn label(&self, field: &'static str) -> Say {
        let row = Say::new("day.row")
            .with("row", self.number)
            .with("child", &self.child.name);
        row.with_word("field", field)
    }

    /// The name of the result field, under which its errors stand.
    pub fn field(&self) -> String {
        format!("result_{}", self.child.id)
    }
}

/// What was done on a day.
#[derive(Template)]
#[template(path = "screening/day_done.html")]
pub struct DayDonePage {
    /// The day.
    pub day: NaiveDate,
    /// The screens with their children.
    pub entries: Vec<(Entry, child::Model)>,
}

impl DayDonePage {
    /// Where notices of ticked rows are printed.
    fn notices(&self) -> String {
        format!("/papers/{}", ScreenNotice::NAME)
    }

    /// The notices of everybody who was seen, in the order of the page.
    fn all_notices(&self) -> String {
        let seen = self.entries.iter().filter(|(entry, _)| is_told(&entry.screen));
        paper::address(ScreenNotice::NAME, "", seen.map(|(entry, _)| entry.screen.id))
    }

    fn ticked(&self) -> Say {
        Prints::of::<ScreenNotice>().ticked_say()
    }

    fn all(&self) -> Say {
        Prints::of::<ScreenNotice>().all_say()
    }

    /// Referrals that wait for confirmation.
    pub fn waiting(&self) -> bool {
        self.entries.iter().any(|(entry, _)| is_proposed(entry))
    }
}

/// The referral of this screen waits for confirmation.
pub fn is_proposed(entry: &Entry) -> bool {
    entry
        .referral
        .as_ref()
        .is_some_and(|r| r.state == entities::words::ReferralState::Proposed)
}
