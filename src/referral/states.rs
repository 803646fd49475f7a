//! The states of a referral, and everything that each means: whose turn it is, which day counts, where it can go, how it
//! looks and what is said of it. One table; whoever asks about a state asks here, also for a condition of a query.
//!
//! ```text
//! Proposed ─> Sent ─> Accepted ─> Appointed ─> Completed
//!    │         │         │  └────────┤  ↑
//!    │         ├─> Declined, Recalled,  NoShow
//!    │         └─> Forwarded            │
//!    └───── Cancelled (the child left) ─┴─> Lost
//! ```

use chrono::NaiveDate;
use entities::{
    OrganisationId,
    screening::referral,
    words::{Focus, OrganisationKind, ReferralKind, ReferralState, Role, Stage, What},
};

use crate::{
    platform::states::{Machine, Meaning},
    task::rules::{Link, link},
};

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Whoever found the child.
    Sender,
    /// Whoever it was sent to.
    Receiver,
    /// Nobody: it has ended.
    Nobody,
}

/// Which of its two days counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// The day by which it is to be answered.
    Answer,
    /// The day by which the step itself is to be done.
    Step,
    /// Neither.
    None,
}

/// What became of it, for whoever counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It never came to the receiver, or was taken back.
    Unsent,
    /// It is with the receiver.
    Waiting,
    /// The receiver took it on.
    Taken,
    /// It came back without having been of use.
    Refused,
    /// It ended without the child having been seen.
    Ended,
    /// It was called off with everything else, because the child left.
    Void,
}

/// What a state of a referral means.
#[derive(Clone, Copy, Debug)]
pub struct Of {
    /// What every state means.
    pub meaning: Meaning<ReferralState>,
    /// Whose turn it is.
    pub turn: Turn,
    /// Which day counts.
    pub day: Day,
    /// What became of it.
    pub use_: Use,
    /// Of two open ones for the same thing, the one that has come further stays.
    pub progress: u8,
    /// It came to nothing, and the sender has to find another way while the finding stands.
    pub came_back: bool,
    /// The event of the move that leads here.
    pub event: &'static str,
    /// Why the child waits, on its page.
    pub late: &'static str,
}

const fn state(
    open: bool,
    moves: &'static [ReferralState],
    look: (&'static str, &'static str),
    (event, late): (&'static str, &'static str),
) -> Of {
    Of {
        meaning: Meaning { open, moves, look },
        turn: Turn::Nobody,
        day: Day::None,
        use_: Use::Ended,
        progress: 0,
        came_back: false,
        event,
        late,
    }
}

/// The table.
pub const fn of(one: ReferralState) -> Of {
    use ReferralState::{
        Accepted, Appointed, Cancelled, Completed, Declined, Forwarded, Lost, NoShow, Proposed, Recalled, Sent,
    };
    const RETURNED: &str = "chain.late.returned";
    match one {
        Proposed => Of {
            turn: Turn::Sender,
            day: Day::Answer,
            use_: Use::Unsent,
            ..state(
                true,
                &[Sent, Recalled, Cancelled],
                ("warning", "draft"),
                ("referral.proposed", "chain.late.proposed"),
            )
        },
        Sent => Of {
            turn: Turn::Receiver,
            day: Day::Answer,
            use_: Use::Waiting,
            progress: 1,
            // A child that was seen without an appointment or an answer was seen all the same.
            ..state(
                true,
                &[
                    Accepted, Appointed, Completed, Declined, Recalled, Forwarded, Lost, Cancelled,
                ],
                ("info", "send"),
                ("referral.sent", "chain.late.sent"),
            )
        },
        Accepted => Of {
            turn: Turn::Receiver,
            day: Day::Step,
            use_: Use::Taken,
            progress: 2,
            ..state(
                true,
                &[Appointed, Completed, Declined, Recalled, Forwarded, Lost, Cancelled],
                ("info", "check"),
                ("referral.accepted", "chain.late.accepted"),
            )
        },
        Appointed => Of {
            turn: Turn::Receiver,
            day: Day::Step,
            use_: Use::Taken,
            progress: 4,
            ..state(
                true,
                &[
                    Appointed, NoShow, Completed, Declined, Recalled, Forwarded, Lost, Cancelled,
                ],
                ("info", "calendar"),
                ("referral.appointed", "chain.late.appointed"),
            )
        },
        NoShow => Of {
            turn: Turn::Receiver,
            day: Day::Step,
            use_: Use::Waiting,
            progress: 3,
            ..state(
                true,
                &[Appointed, Completed, Declined, Recalled, Forwarded, Lost, Cancelled],
                ("warning", "danger"),
                ("referral.no_show", "chain.late.no_show"),
            )
        },
        Completed => Of {
            use_: Use::Taken,
            ..state(false, &[], ("success", "done"), ("referral.completed", RETURNED))
        },
        Declined => Of {
            turn: Turn::Sender,
            use_: Use::Refused,
            came_back: true,
            ..state(false, &[], ("danger", "declined"), ("referral.declined", RETURNED))
        },
        Recalled => Of {
            turn: Turn::Sender,
            use_: Use::Unsent,
            came_back: true,
            ..state(false, &[], ("neutral", "recall"), ("referral.recalled", RETURNED))
        },
        Forwarded => state(false, &[], ("neutral", "referral"), ("referral.forwarded", RETURNED)),
        // The family turned up after all.
        Lost => state(
            false,
            &[Accepted, Appointed, Completed, Cancelled],
            ("danger", "lost"),
            ("referral.lost", RETURNED),
        ),
        Cancelled => Of {
            use_: Use::Void,
            ..state(false, &[], ("neutral", "cancelled"), ("referral.cancelled", RETURNED))
        },
    }
}

/// The states of referrals.
#[derive(Clone, Copy, Debug)]
pub struct Referrals;

impl Machine for Referrals {
    type State = ReferralState;
    fn of(state: ReferralState) -> Meaning<ReferralState> {
        of(state).meaning
    }
}

/// Somebody still has to do something about it.
pub const fn is_open(state: ReferralState) -> bool {
    of(state).meaning.open
}

/// Whether a referral may move from one state to another.
pub fn may_move(from: ReferralState, to: ReferralState) -> bool {
    Referrals::may(from, to)
}

/// Whose turn a referral is; the organisation that has to act, none when it has ended.
pub fn turn(row: &referral::Model) -> Option<OrganisationId> {
    match of(row.state).turn {
        Turn::Sender => Some(row.from_organisation_id),
        Turn::Receiver => Some(row.to_organisation_id),
        Turn::Nobody => None,
    }
}

/// The day that counts; none when it has ended.
pub fn due_on(row: &referral::Model) -> Option<NaiveDate> {
    match of(row.state).day {
        Day::Answer => Some(row.answer_due_on),
        Day::Step => Some(row.due_on),
        Day::None => None,
    }
}

/// What has to be done about an open referral, and by which role.
pub fn task(kind: ReferralKind, state: ReferralState) -> Option<(What, Role)> {
    let meant = of(state);
    match (meant.turn, meant.day) {
        (Turn::Sender, Day::Answer) => Some((What::ConfirmReferral, sender_role(kind))),
        (Turn::Receiver, Day::Answer) => Some((What::AnswerReferral, receiver_role(kind))),
        (Turn::Receiver, Day::Step) => Some((step(kind), receiver_role(kind))),
        (Turn::Sender, Day::None) => Some((What::FindAnotherWay, sender_role(kind))),
        (Turn::Sender, Day::Step) | (Turn::Receiver, Day::None) | (Turn::Nobody, _) => None,
    }
}

/// What a referral of a kind asks for.
const fn step(kind: ReferralKind) -> What {
    match kind {
        ReferralKind::Rescreen => What::DoRescreen,
        ReferralKind::Diagnosis => What::DoDiagnosis,
        ReferralKind::Intake => What::TakeIn,
    }
}

/// The referral that a finding may call for.
pub const fn called_for_by(finding: Focus) -> Option<ReferralKind> {
    match link(finding) {
        Some(Link::Screen) => Some(ReferralKind::Rescreen),
        Some(Link::Rescreen) => Some(ReferralKind::Diagnosis),
        Some(Link::Diagnosis) => Some(ReferralKind::Intake),
        Some(Link::Referral | Link::PlannedCheck | Link::Notice) | None => None,
    }
}

/// The role whose work begins a referral of a kind.
pub const fn sender_role(kind: ReferralKind) -> Role {
    match kind {
        ReferralKind::Rescreen => Role::Screener,
        ReferralKind::Diagnosis => Role::Rescreener,
        ReferralKind::Intake => Role::Diagnostician,
    }
}

/// The role that does what a referral of a kind asks for.
pub const fn receiver_role(kind: ReferralKind) -> Role {
    match kind {
        ReferralKind::Rescreen => Role::Rescreener,
        ReferralKind::Diagnosis => Role::Diagnostician,
        ReferralKind::Intake => Role::IntakeWorker,
    }
}

/// What kind of organisation a referral of a kind goes to.
pub const fn receiver_kind(kind: ReferralKind) -> OrganisationKind {
    match kind {
        ReferralKind::Rescreen => OrganisationKind::RescreenHospital,
        ReferralKind::Diagnosis => OrganisationKind::DiagnosingHospital,
        ReferralKind::Intake => OrganisationKind::RehabilitationCentre,
    }
}

/// Where a child stands because of a referral.
pub const fn stage(kind: ReferralKind, state: ReferralState) -> Stage {
    let at_receiver = matches!(of(state).turn, Turn::Receiver);
    match (kind, at_receiver) {
        (ReferralKind::Rescreen, true) => Stage::AwaitingRescreen,
        (ReferralKind::Rescreen, false) => Stage::RescreenProposed,
        (ReferralKind::Diagnosis, true) => Stage::AwaitingDiagnosis,
        (ReferralKind::Diagnosis, false) => Stage::DiagnosisProposed,
        (ReferralKind::Intake, _) => Stage::Diagnosed,
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
                if Referrals::may(*from, *to) {
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
            let ends = of(*state).meaning.moves.is_empty();
            let open = Referrals::is_open(*state);
            assert_eq!(ends, !open && *state != ReferralState::Lost, "{state:?}");
            assert!(!Referrals::may(*state, ReferralState::Proposed));
        }
    }

    #[test]
    fn what_is_open_is_somebodys_by_a_day() {
        for state in ReferralState::ALL {
            let meant = of(*state);
            assert_eq!(meant.meaning.open, meant.day != Day::None, "{state:?}");
            assert!(!meant.meaning.open || meant.turn != Turn::Nobody, "{state:?}");
            for kind in ReferralKind::ALL {
                let somebody = meant.meaning.open || meant.came_back;
                assert_eq!(task(*kind, *state).is_some(), somebody, "{kind:?} {state:?}");
            }
        }
    }

    #[test]
    fn open_ones_of_a_kind_have_an_order() {
        let mut ranks: Vec<u8> = Referrals::open().into_iter().map(|state| of(state).progress).collect();
        ranks.sort_unstable();
        assert_eq!(ranks, [0, 1, 2, 3, 4]);
    }
}
