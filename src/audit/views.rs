//! The pages of the audit administrator.

use askama::Template;
use chrono::NaiveDate;
use entities::event::event_seal;

use super::{filter::EventQuery, queries::Trail, summary::Summary};
use crate::platform::{Errors, Say, list::COUNTED};
use crate::web::{Choice, List, Page, filters, listing::Kept};

/// The trail.
#[derive(Template)]
#[template(path = "audit/events.html")]
pub struct EventsPage {
    /// What was asked for.
    pub query: EventQuery,
    /// First day shown.
    pub from: String,
    /// Last day shown.
    pub until: String,
    /// What of it cannot be read; nothing is shown then.
    pub errors: Errors,
    /// Organisations to choose from.
    pub organisations: Vec<Choice>,
    /// Kinds to choose from.
    pub groups: Vec<Choice>,
    /// Everything, or only what was refused.
    pub refusals: Vec<Choice>,
    /// The page.
    pub trail: Trail,
    /// Filters that somebody keeps.
    pub kept: Kept,
}

impl Trail {
    /// As far as they are counted.
    fn counted(&self) -> u64 {
        self.total.min(COUNTED)
    }

    /// How many there are.
    fn told(&self) -> Say {
        let key = if self.total > COUNTED {
            "event.total.more"
        } else {
            "event.total"
        };
        Say::new(key).with("n", self.counted())
    }
}

/// The seals.
#[derive(Template)]
#[template(path = "audit/seals.html")]
pub struct SealsPage {
    /// The page that was asked for.
    pub list: List,
    /// Its seals.
    pub page: Page<event_seal::Model>,
    /// The last day that should be sealed by now.
    pub due: NaiveDate,
    /// Sealing is behind.
    pub behind: bool,
}

/// The figures of a year.
#[derive(Template)]
#[template(path = "audit/summary.html")]
pub struct SummaryPage {
    /// The figures.
    pub summary: Summary,
    /// Years to choose from.
    pub years: Vec<Choice>,
}
