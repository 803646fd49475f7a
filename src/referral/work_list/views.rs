//! The list of referrals.

use askama::Template;
use entities::work::saved_filter;

use super::{queries::Row, saved::FilterForm};
use crate::{
    platform::{Errors, Say},
    referral::views::{kind_icon, state_look},
    web::{Choice, List, Page, filters},
};

/// A referral in a list, with its words.
#[derive(Clone, Debug)]
pub struct Line {
    /// The row.
    pub row: Row,
    /// Sender, by name.
    pub from: String,
    /// Receiver, by name.
    pub to: String,
    /// Where the child lives, by name.
    pub street: String,
    /// How the due day lies; none when it has ended.
    pub due: Option<Say>,
    /// Past its day.
    pub overdue: bool,
    /// Can be accepted from the list.
    pub acceptable: bool,
    /// Appointment as the clock shows it; empty when there is none.
    pub appointment: String,
}

impl Line {
    /// How the state looks: tone and icon.
    pub fn look(&self) -> (&'static str, &'static str) {
        state_look(self.row.state)
    }

    /// The icon of what it asks for.
    pub fn icon(&self) -> &'static str {
        kind_icon(self.row.kind)
    }
}

/// The list of referrals.
#[derive(Template)]
#[template(path = "referral/index.html")]
pub struct ReferralsPage {
    /// What is asked for.
    pub list: List,
    /// What was found.
    pub page: Page<Line>,
    /// Views: address, name, current, how many.
    pub views: Vec<(String, String, bool, String)>,
    /// Kinds to filter by.
    pub kinds: Vec<Choice>,
    /// States to filter by.
    pub states: Vec<Choice>,
    /// Streets to filter by.
    pub streets: Vec<Choice>,
    /// In, out.
    pub sides: Vec<Choice>,
    /// Saved filters: row, address, may be removed.
    pub saved: Vec<(saved_filter::Model, String, bool)>,
    /// What was typed to save a filter.
    pub form: FilterForm,
    /// What is wrong with it.
    pub errors: Errors,
    /// Rows can be accepted together.
    pub can_accept: bool,
    /// The list can be taken out.
    pub can_export: bool,
    /// Address of the export.
    pub export: String,
}
