//! The states of an offer, and what each means.

use entities::words::OfferState;

use crate::platform::states::{Machine, Meaning};

/// The states of offers.
#[derive(Clone, Copy, Debug)]
pub struct States;

impl Machine for States {
    type State = OfferState;
    fn of(state: OfferState) -> Meaning<OfferState> {
        of(state)
    }
}

/// The table. Whatever ends an offer ends it for good: the next one is another.
pub const fn of(state: OfferState) -> Meaning<OfferState> {
    use OfferState::{Accepted, Cancelled, Deferred, Expired, Kept, Left, Open, Withdrawn};
    const fn ended(look: (&'static str, &'static str)) -> Meaning<OfferState> {
        Meaning {
            open: false,
            moves: &[],
            look,
        }
    }
    match state {
        Open => Meaning {
            open: true,
            moves: &[Accepted, Kept, Left, Deferred, Expired, Withdrawn, Cancelled],
            look: ("info", "waiting"),
        },
        Accepted => ended(("success", "done")),
        Kept => ended(("neutral", "declined")),
        Left => ended(("neutral", "recall")),
        Deferred => ended(("info", "calendar")),
        Expired => ended(("warning", "overdue")),
        Withdrawn => ended(("neutral", "undo")),
        Cancelled => ended(("neutral", "cancelled")),
    }
}

/// What a family may answer.
pub const ANSWERS: [OfferState; 4] = [
    OfferState::Accepted,
    OfferState::Kept,
    OfferState::Deferred,
    OfferState::Left,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_stays_ended() {
        for state in OfferState::ALL.iter().filter(|state| **state != OfferState::Open) {
            assert!(!States::is_open(*state) && of(*state).moves.is_empty(), "{state:?}");
        }
        assert!(ANSWERS.iter().all(|answer| States::may(OfferState::Open, *answer)));
        assert!(!States::may(OfferState::Open, OfferState::Open));
    }
}
