//! The pages of claims.

use std::collections::BTreeMap;

use askama::Template;
use entities::{AccountId, words::ProposalState};

use super::queries::Line;
use crate::{platform::Errors, web::filters};

/// All claims that somebody may see.
#[derive(Template)]
#[template(path = "children/claims.html")]
pub struct ClaimsPage {
    /// The claims.
    pub lines: Vec<Line>,
    /// Who made and decided them.
    pub people: BTreeMap<AccountId, String>,
}

/// One claim.
#[derive(Template)]
#[template(path = "children/claim.html")]
pub struct ClaimPage {
    /// The claim.
    pub line: Line,
    /// Where the child lives, by name.
    pub home: String,
    /// Who asked and decided.
    pub people: BTreeMap<AccountId, String>,
    /// Why not, as typed.
    pub note: String,
    /// What is wrong with the decision.
    pub errors: Errors,
}

impl ClaimPage {
    fn person(&self, id: &AccountId) -> &str {
        self.people.get(id).map_or("", String::as_str)
    }
}

impl ClaimsPage {
    fn person(&self, id: &AccountId) -> &str {
        self.people.get(id).map_or("", String::as_str)
    }
}

/// Colour and icon of a state.
pub fn look(state: &ProposalState) -> (&'static str, &'static str) {
    match state {
        ProposalState::Waiting => ("warning", "waiting"),
        ProposalState::Done => ("success", "done"),
        ProposalState::Refused => ("danger", "close"),
        ProposalState::Withdrawn => ("neutral", "undo"),
    }
}
