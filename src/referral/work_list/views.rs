//! The list of referrals.

use askama::Template;
use entities::words::ReferralState;

use super::queries::{Row, View};
use crate::{
    platform::{Errors, Say},
    referral::{states, views::kind_icon},
    web::{
        Choice, List, Page, filters,
        listing::{Kept, Prints},
    },
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
    /// It was sent: there is a slip of it.
    pub fn is_sent(&self) -> bool {
        self.row.state != ReferralState::Proposed
    }

    /// How its state looks: tone and icon.
    pub fn look(&self) -> (&'static str, &'static str) {
        states::of(self.row.state).meaning.look
    }

    /// The icon of what it asks for.
    pub fn icon(&self) -> &'static str {
        kind_icon(self.row.kind)
    }
}

impl ReferralsPage {
    fn shows_all(&self) -> bool {
        View::of(self.list.filter("view")) == View::All
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
    /// Rows can be accepted together.
    pub can_accept: bool,
    /// The list can be taken out.
    pub can_export: bool,
    /// Papers that can be printed of its rows.
    pub papers: Vec<Prints>,
    /// What of the filters cannot be read.
    pub errors: Errors,
    /// Filters that somebody keeps.
    pub kept: Kept,
}
