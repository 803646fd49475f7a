//! The home page and the lists.

use askama::Template;
use entities::{communication::notice, work::saved_filter};

use super::{
    first_week::{self, Step},
    home::Group,
    pipeline,
    queries::Row,
    saved::FilterForm,
};
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
    fn look(&self) -> (&'static str, &'static str) {
        state_look(self.row.state)
    }

    fn icon(&self) -> &'static str {
        kind_icon(self.row.kind)
    }
}

/// The first week of a district.
#[derive(Template)]
#[template(path = "referral/first_week.html")]
pub struct FirstWeekPage {
    /// In the order of the set-up.
    pub lines: Vec<first_week::Line>,
    /// Sets the district up.
    pub may_tick: bool,
    /// Opens accounts.
    pub may_open_accounts: bool,
    /// Brings rosters in.
    pub may_import: bool,
    /// Reads instruments.
    pub may_see_instruments: bool,
}

impl FirstWeekPage {
    fn open(&self) -> usize {
        self.lines.iter().filter(|line| !line.done).count()
    }

    /// The reader can open the page where it is done.
    fn opens(&self, line: &first_week::Line) -> bool {
        match line.step {
            Step::Accounts => self.may_open_accounts,
            Step::Roster => self.may_import,
            Step::Instruments => self.may_see_instruments,
            Step::Divisions
            | Step::Organisations
            | Step::Calendar
            | Step::OpeningDay
            | Step::Rules
            | Step::Mail
            | Step::Backup
            | Step::Restore => self.may_tick,
        }
    }
}

/// The home page.
#[derive(Template)]
#[template(path = "referral/home.html")]
pub struct HomePage {
    /// Whose it is.
    pub name: String,
    /// Organisation and day.
    pub lead: String,
    /// Lines of the first week that are open, for whoever sets the district up.
    pub first_week: usize,
    /// Numbers.
    pub groups: Vec<Group>,
    /// What is our turn, the longest due first.
    pub first: Vec<Line>,
    /// The reader takes part in the chain.
    pub takes_part: bool,
    /// Children that are stuck, for those who look on.
    pub stuck: Vec<Place>,
    /// The reader looks on.
    pub looks_on: bool,
    /// Results that came back and were not opened.
    pub results: Vec<ResultLine>,
    /// Years whose calendar nobody entered.
    pub warnings: Vec<Say>,
}

/// A result that came back.
#[derive(Clone, Debug)]
pub struct ResultLine {
    /// The notice.
    pub notice: notice::Model,
    /// The child's name.
    pub name: String,
    /// What it says, in words.
    pub text: Say,
    /// When it came.
    pub when: String,
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

/// A child and where it stands, with its words.
#[derive(Clone, Debug)]
pub struct Place {
    /// The row.
    pub row: pipeline::Row,
    /// Street, by name.
    pub street: String,
    /// How the due day lies.
    pub due: Option<Say>,
    /// Past its day.
    pub overdue: bool,
}

/// Children by stage.
#[derive(Template)]
#[template(path = "referral/pipeline.html")]
pub struct PipelinePage {
    /// What is asked for.
    pub list: List,
    /// What was found.
    pub page: Page<Place>,
    /// Stages: address, name, current, how many.
    pub stages: Vec<(String, String, bool, String)>,
    /// The chosen stage, kept by the filter form.
    pub stage: String,
    /// Streets to filter by.
    pub streets: Vec<Choice>,
    /// Only overdue ones, or all.
    pub overdue: Vec<Choice>,
}
