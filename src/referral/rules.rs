//! Who may make which move of a referral. Pure decisions.

use chrono::{DateTime, Utc};
use entities::{
    screening::referral,
    words::{OrganisationKind, ReferralKind, ReferralState},
};

use crate::{access::Can, platform::Actor, referral::may_move};

/// Where somebody stands to a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Works where it was sent from.
    Sender,
    /// Works where it was sent to.
    Receiver,
    /// Watches over it (a federation): may read, may not move.
    Onlooker,
}

/// The side of an actor.
pub fn side(referral: &referral::Model, by: &Actor) -> Side {
    let place = by.workplace.as_ref().map(|w| w.id);
    if place == Some(referral.to_organisation_id) {
        Side::Receiver
    } else if place == Some(referral.from_organisation_id) {
        Side::Sender
    } else {
        Side::Onlooker
    }
}

/// What people do to a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// The sender confirms a proposal: it is sent.
    Confirm,
    /// The receiver takes it on.
    Accept,
    /// The receiver says no, and why.
    Decline,
    /// The sender takes it back, and why.
    Recall,
    /// The receiver passes it on to another organisation of its kind.
    Forward,
    /// The receiver sets a day and time, or another one.
    Appoint,
    /// The family did not come.
    NoShow,
    /// The receiver records the result.
    Complete,
    /// The family cannot be found.
    Lose,
}

impl Move {
    /// Every move, in the order of the page.
    pub const ALL: &'static [Self] = &[
        Self::Confirm,
        Self::Complete,
        Self::Accept,
        Self::Appoint,
        Self::NoShow,
        Self::Forward,
        Self::Decline,
        Self::Recall,
        Self::Lose,
    ];

    /// The state it leads to.
    pub const fn to(self) -> ReferralState {
        match self {
            Self::Confirm => ReferralState::Sent,
            Self::Accept => ReferralState::Accepted,
            Self::Decline => ReferralState::Declined,
            Self::Recall => ReferralState::Recalled,
            Self::Forward => ReferralState::Forwarded,
            Self::Appoint => ReferralState::Appointed,
            Self::NoShow => ReferralState::NoShow,
            Self::Complete => ReferralState::Completed,
            Self::Lose => ReferralState::Lost,
        }
    }

    /// The side that makes it.
    pub const fn is_for(self, side: Side) -> bool {
        match self {
            Self::Confirm | Self::Recall => matches!(side, Side::Sender),
            Self::Lose => matches!(side, Side::Sender | Side::Receiver),
            Self::Accept | Self::Decline | Self::Forward | Self::Appoint | Self::NoShow | Self::Complete => {
                matches!(side, Side::Receiver)
            }
        }
    }

    /// The permission beyond [`Can::Refer`] that it needs.
    pub const fn needs(self, kind: ReferralKind) -> Can {
        match (self, kind) {
            (Self::Complete, ReferralKind::Rescreen) => Can::Rescreen,
            (Self::Complete, ReferralKind::Diagnosis) => Can::Diagnose,
            (Self::Complete | Self::Accept, ReferralKind::Intake) => Can::Intake,
            (Self::Accept, ReferralKind::Rescreen | ReferralKind::Diagnosis)
            | (
                Self::Confirm
                | Self::Decline
                | Self::Recall
                | Self::Forward
                | Self::Appoint
                | Self::NoShow
                | Self::Lose,
                ReferralKind::Rescreen | ReferralKind::Diagnosis | ReferralKind::Intake,
            ) => Can::Refer,
        }
    }
}

/// What the rules look at besides the referral itself.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    /// Now.
    pub now: DateTime<Utc>,
    /// Attempts that failed since the family was last reached.
    pub failed_attempts: u32,
    /// So many make a child lost.
    pub attempts_needed: u32,
}

/// Whether the state of the referral allows a move now, whoever makes it.
pub fn is_possible(referral: &referral::Model, what: Move, now: Circumstances) -> bool {
    let allowed = may_move(referral.state, what.to());
    match what {
        // A family cannot have missed an appointment that is still to come.
        Move::NoShow => allowed && referral.appointment_at.is_some_and(|at| at <= now.now),
        Move::Lose => allowed && now.failed_attempts >= now.attempts_needed,
        Move::Confirm
        | Move::Accept
        | Move::Decline
        | Move::Recall
        | Move::Forward
        | Move::Appoint
        | Move::Complete => allowed,
    }
}

/// The moves that an actor may make now, in the order of the page.
pub fn moves(referral: &referral::Model, by: &Actor, now: Circumstances) -> Vec<Move> {
    let side = side(referral, by);
    Move::ALL
        .iter()
        .copied()
        .filter(|what| what.is_for(side) && what.needs(referral.kind).allows(&by.roles))
        .filter(|what| Can::Refer.allows(&by.roles) && is_possible(referral, *what, now))
        .collect()
}

/// How much of a finding an organisation is told: everybody in the chain the outcome, the clinical side the details.
pub const fn reads_details(kind: OrganisationKind) -> bool {
    matches!(
        kind,
        OrganisationKind::RescreenHospital
            | OrganisationKind::DiagnosingHospital
            | OrganisationKind::RehabilitationCentre
    )
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
