//! The home page and the first week.

use askama::Template;

use super::{first_week, tiles::Group};
use crate::{
    platform::Say,
    web::{Ctx, ctx::Part, filters},
};

/// The first week of a district.
#[derive(Template)]
#[template(path = "home/first_week.html")]
pub(crate) struct FirstWeekPage {
    /// In the order of the set-up.
    pub lines: Vec<first_week::Line>,
    /// Sets the district up.
    pub may_tick: bool,
}

impl FirstWeekPage {
    fn open(&self) -> usize {
        self.lines.iter().filter(|line| !line.done).count()
    }

    /// The reader can open the page where it is done.
    fn opens(line: &first_week::Line, ctx: &Ctx) -> bool {
        ctx.may(line.step.can)
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
    /// What stands below them, drawn by its features.
    pub panels: Vec<Part>,
    /// Years whose calendar nobody entered.
    pub warnings: Vec<Say>,
}
