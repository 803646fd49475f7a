//! The home page and the first week.

use askama::Template;
use entities::communication::notice;

use super::{
    first_week::{self, Step},
    tiles::Group,
};
use crate::{pathway::pipeline::Place, platform::Say, referral::work_list::Line, web::filters};

/// The first week of a district.
#[derive(Template)]
#[template(path = "home/first_week.html")]
pub(crate) struct FirstWeekPage {
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
#[template(path = "home/show.html")]
pub(crate) struct HomePage {
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
pub(crate) struct ResultLine {
    /// The notice.
    pub notice: notice::Model,
    /// The child's name.
    pub name: String,
    /// What it says, in words.
    pub text: Say,
    /// When it came.
    pub when: String,
}
