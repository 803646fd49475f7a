//! The pages of proposals.

use std::collections::BTreeMap;

use askama::Template;
use chrono::{DateTime, Utc};
use entities::AccountId;

use super::queries::Line;
use crate::web::filters;

/// Proposals that the reader made or may decide about.
#[derive(Template)]
#[template(path = "accounts/proposals.html")]
pub struct ProposalsPage {
    /// Those that wait for the reader; or all, the newest first.
    pub lines: Vec<Line>,
    /// All are shown.
    pub all: bool,
    /// How many wait for the reader.
    pub waiting: u64,
    /// Names of those who proposed and decided.
    pub people: BTreeMap<AccountId, String>,
}

impl ProposalsPage {
    fn name(&self, id: &AccountId) -> String {
        self.people.get(id).cloned().unwrap_or_default()
    }
}

/// One proposal.
#[derive(Template)]
#[template(path = "accounts/proposal.html")]
pub struct ProposalPage {
    /// It, with what it is about.
    pub line: Line,
    /// Names of those who proposed and decided.
    pub people: BTreeMap<AccountId, String>,
    /// The first half of a first password, for whoever proposed it.
    pub half: Option<String>,
    /// Until when it waits.
    pub until: DateTime<Utc>,
}

impl ProposalPage {
    fn name(&self, id: &AccountId) -> String {
        self.people.get(id).cloned().unwrap_or_default()
    }
}

/// The half that the second administrator tells, once.
#[derive(Template)]
#[template(path = "accounts/half.html")]
pub struct SecondHalfPage {
    /// To sign in with.
    pub user_name: String,
    /// The second half of the first password.
    pub half: String,
}

impl Line {
    /// Key of its state: one that waited too long has lapsed.
    pub fn state_key(&self) -> &'static str {
        if self.row.state == entities::words::ProposalState::Waiting && !self.waits {
            "proposal.lapsed"
        } else {
            self.row.state.word()
        }
    }
}
