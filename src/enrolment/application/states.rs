//! The states of an application, and what each means.
//!
//! ```text
//! Draft ─> InReview ─> Admitted, Trial, Waiting, ReferredOn, Refused
//!   │        │  ↑
//!   │        └─> Returned
//!   └── Withdrawn (the family), Cancelled (the child left) from all that are open
//! ```

use entities::words::{ApplicationState, ReviewOutcome};

use crate::platform::states::{Machine, Meaning};

/// The states of applications.
#[derive(Clone, Copy, Debug)]
pub struct States;

impl Machine for States {
    type State = ApplicationState;
    fn of(state: ApplicationState) -> Meaning<ApplicationState> {
        of(state)
    }
}

/// The table.
pub const fn of(state: ApplicationState) -> Meaning<ApplicationState> {
    use ApplicationState::{
        Admitted, Cancelled, Draft, InReview, ReferredOn, Refused, Returned, Trial, Waiting, Withdrawn,
    };
    const fn meaning(
        open: bool,
        moves: &'static [ApplicationState],
        look: (&'static str, &'static str),
    ) -> Meaning<ApplicationState> {
        Meaning { open, moves, look }
    }
    match state {
        Draft => meaning(true, &[InReview, Withdrawn, Cancelled], ("neutral", "draft")),
        InReview => meaning(
            true,
            &[
                InReview, Returned, Admitted, Trial, Waiting, ReferredOn, Refused, Withdrawn, Cancelled,
            ],
            ("info", "waiting"),
        ),
        Returned => meaning(true, &[InReview, Withdrawn, Cancelled], ("warning", "undo")),
        Admitted => meaning(false, &[], ("success", "done")),
        // What came of the trial is a decision of its own.
        Trial => meaning(false, &[Admitted, Trial, ReferredOn, Refused], ("success", "calendar")),
        // A place may become free.
        Waiting => meaning(false, &[InReview, Admitted, Withdrawn, Cancelled], ("info", "due")),
        ReferredOn => meaning(false, &[], ("neutral", "referral")),
        Refused => meaning(false, &[], ("danger", "declined")),
        Withdrawn => meaning(false, &[], ("neutral", "recall")),
        Cancelled => meaning(false, &[], ("neutral", "cancelled")),
    }
}

/// Where an application stands when its review came to something.
pub const fn after(outcome: ReviewOutcome) -> ApplicationState {
    match outcome {
        ReviewOutcome::Approved => ApplicationState::InReview,
        ReviewOutcome::Admitted => ApplicationState::Admitted,
        ReviewOutcome::Trial => ApplicationState::Trial,
        ReviewOutcome::Waiting => ApplicationState::Waiting,
        ReviewOutcome::ReferredOn => ApplicationState::ReferredOn,
        ReviewOutcome::Returned => ApplicationState::Returned,
        ReviewOutcome::Refused => ApplicationState::Refused,
    }
}

/// It can be changed by whoever enters applications.
pub const fn is_with_intake(state: ApplicationState) -> bool {
    matches!(state, ApplicationState::Draft | ApplicationState::Returned)
}

/// It led to a place.
pub fn is_enrolled(state: ApplicationState) -> bool {
    [ApplicationState::Admitted, ApplicationState::Trial].contains(&state)
}

/// Colour and icon of an outcome.
pub const fn look(outcome: ReviewOutcome) -> (&'static str, &'static str) {
    match outcome {
        ReviewOutcome::Approved => ("success", "check"),
        ReviewOutcome::Admitted
        | ReviewOutcome::Trial
        | ReviewOutcome::Waiting
        | ReviewOutcome::ReferredOn
        | ReviewOutcome::Returned
        | ReviewOutcome::Refused => of(after(outcome)).look,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_states() {
        let mut table = String::new();
        for from in ApplicationState::ALL {
            table.push_str(&format!("{:>11}:", from.as_str()));
            for to in ApplicationState::ALL.iter().filter(|to| States::may(*from, **to)) {
                table.push(' ');
                table.push_str(to.as_str());
            }
            table.push('\n');
        }
        let expected = "      draft: in_review withdrawn cancelled
  in_review: in_review returned admitted trial waiting referred_on refused withdrawn cancelled
   returned: in_review withdrawn cancelled
   admitted:
      trial: admitted trial referred_on refused
    waiting: in_review admitted withdrawn cancelled
referred_on:
    refused:
  withdrawn:
  cancelled:
";
        assert_eq!(table, expected);
    }
}
