//! Who decides about a number that is taken.

use entities::{
    AccountId,
    child::number_claim,
    words::{ProposalState, Role},
};

use crate::platform::{
    Actor, Error, Result,
    approval::{Bar, Chain, Decision, Entry, Outcome, Step},
};

/// Whoever decides about duplicates decides about numbers, if it is somebody else.
const SECOND: [Chain; 2] = [
    Chain(&[decided_by(Role::FederationOfficer)]),
    Chain(&[decided_by(Role::Supervisor)]),
];

const fn decided_by(role: Role) -> Step {
    Step {
        name: "second_person",
        kind: None,
        role,
        working_days: None,
        outcomes: &[Outcome::Approved, Outcome::Refused],
    }
}

fn decidable(entry: &Entry, by: &Actor) -> Result<(), Bar> {
    let tried = SECOND.map(|chain| chain.decidable(entry, by).map(|_| ()));
    tried[0].or(tried[1])
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
        decisions: Vec::new(),
    };
    decidable(&entry, by).map_err(barred)
}

pub(super) fn may_decide(row: &number_claim::Model, by: &Actor) -> Result<(), Bar> {
    let outcome = match row.state {
        ProposalState::Waiting => None,
        ProposalState::Done => Some(Outcome::Approved),
        ProposalState::Refused | ProposalState::Withdrawn => Some(Outcome::Refused),
    };
    let decision = outcome.zip(row.decided_by).map(|(outcome, by)| Decision {
        by,
        version: 1,
        outcome,
    });
    let entry = Entry {
        by: row.proposed_by,
        version: 1,
        decisions: decision.into_iter().collect(),
    };
    decidable(&entry, by)
}
