//! The states of a referral (转介) and the moves between them.
//!
//! ```text
//! Proposed ─> Sent ─> Accepted ─> Appointed ─> Completed
//!    │         │         │  └────────┤  ↑
//!    │         ├─> Declined, Recalled,  NoShow
//!    │         └─> Forwarded            │
//!    └───── Cancelled (the child left) ─┴─> Lost
//! ```

use entities::words::ReferralState;

/// The states that a referral in `from` can move to.
pub const fn moves(from: ReferralState) -> &'static [ReferralState] {
    use ReferralState::{
        Accepted, Appointed, Cancelled, Completed, Declined, Forwarded, Lost, NoShow, Proposed, Recalled, Sent,
    };
    match from {
        Proposed => &[Sent, Recalled, Cancelled],
        // A child that was seen without an appointment or an answer was seen all the same.
        Sent => &[
            Accepted, Appointed, Completed, Declined, Recalled, Forwarded, Lost, Cancelled,
        ],
        Accepted => &[Appointed, Completed, Declined, Recalled, Forwarded, Lost, Cancelled],
        Appointed => &[
            Appointed, NoShow, Completed, Declined, Recalled, Forwarded, Lost, Cancelled,
        ],
        NoShow => &[Appointed, Completed, Declined, Recalled, Forwarded, Lost, Cancelled],
        // The family turned up after all.
        Lost => &[Accepted, Appointed, Completed, Cancelled],
        Completed | Declined | Recalled | Forwarded | Cancelled => &[],
    }
}

/// Whether a referral may move from one state to another.
pub fn may_move(from: ReferralState, to: ReferralState) -> bool {
    moves(from).contains(&to)
}

/// Somebody still has to do something about it.
pub const fn is_open(state: ReferralState) -> bool {
    match state {
        ReferralState::Proposed
        | ReferralState::Sent
        | ReferralState::Accepted
        | ReferralState::Appointed
        | ReferralState::NoShow => true,
        ReferralState::Completed
        | ReferralState::Declined
        | ReferralState::Recalled
        | ReferralState::Forwarded
        | ReferralState::Lost
        | ReferralState::Cancelled => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_states() {
        let mut table = String::new();
        for from in ReferralState::ALL {
            table.push_str(&format!("{:>10}:", from.as_str()));
            for to in ReferralState::ALL {
                if may_move(*from, *to) {
                    table.push(' ');
                    table.push_str(to.as_str());
                }
            }
            table.push('\n');
        }
        let expected = "  proposed: sent recalled cancelled
      sent: accepted appointed completed declined recalled forwarded lost cancelled
  accepted: appointed completed declined recalled forwarded lost cancelled
 appointed: appointed no_show completed declined recalled forwarded lost cancelled
   no_show: appointed completed declined recalled forwarded lost cancelled
 completed:
  declined:
  recalled:
 forwarded:
      lost: accepted appointed completed cancelled
 cancelled:
";
        assert_eq!(table, expected);
    }

    #[test]
    fn what_is_closed_stays_closed_unless_it_was_only_lost() {
        for state in ReferralState::ALL {
            let ends = moves(*state).is_empty();
            let open = is_open(*state);
            assert_eq!(ends, !open && *state != ReferralState::Lost, "{state:?}");
            assert!(!may_move(*state, ReferralState::Proposed));
        }
    }
}
