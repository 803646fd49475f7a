//! Who decides about a number that is taken.

use entities::{
    AccountId,
    child::number_claim,
    words::{ProposalState, ReviewOutcome, Role},
};

use crate::platform::{
    Actor, Error, Result,
    approval::{Bar, Chain, Decision, Entry, Facts},
    clock,
};

/// The one step of a claim.
const SECOND: &str = "second_person";

/// Whoever decides about duplicates decides about numbers, if it is somebody else.
fn decidable(entry: &Entry, by: &Actor) -> Result<(), Bar> {
    let chain = Chain::second_person(SECOND, &[Role::FederationOfficer, Role::Supervisor]);
    chain.decidable(entry, &Facts::default(), by).map(|_| ())
}

/// Why somebody may not decide, as the page says it.
pub(super) fn barred(bar: Bar) -> Error {
    Error::refused(match bar {
        Bar::AnotherPerson => "claim.another_person",
        Bar::Over | Bar::Changed => "claim.over",
        Bar::NotTheirs | Bar::NoSuchOutcome => "claim.not_theirs",
    })
}

/// Whoever decides is not the one who entered it.
///
/// # Errors
/// Refused where it is, or where they may not decide about numbers.
pub fn second_person(entered_by: Option<AccountId>, by: &Actor) -> Result<()> {
    let entry = Entry {
        // What a command brought in was nobody's; whoever decides is the second.
        by: entered_by.unwrap_or_default(),
        version: 1,
        since: by.today(),
        decisions: Vec::new(),
    };
    decidable(&entry, by).map_err(barred)
}

pub(super) fn may_decide(row: &number_claim::Model, by: &Actor) -> Result<(), Bar> {
    let outcome = match row.state {
        ProposalState::Waiting => None,
        ProposalState::Done => Some(ReviewOutcome::Approved),
        ProposalState::Refused | ProposalState::Withdrawn => Some(ReviewOutcome::Refused),
    };
    let decision = outcome.zip(row.decided_by).map(|(outcome, by)| Decision {
        by,
        version: 1,
        step: SECOND.to_owned(),
        outcome,
        on: clock::day_of(row.decided_at.unwrap_or(row.proposed_at)),
    });
    let entry = Entry {
        by: row.proposed_by,
        version: 1,
        since: clock::day_of(row.proposed_at),
        decisions: decision.into_iter().collect(),
    };
    decidable(&entry, by)
}
