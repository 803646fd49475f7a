//! Referrals (转介): the states, the moves between them, the deadlines, and how one begins.
//!
//! ```text
//! Proposed ─> Sent ─> Accepted ─> Appointed ─> Completed
//!    │         │         │  └────────┤  ↑
//!    │         ├─> Declined, Recalled,  NoShow
//!    │         └─> Forwarded            │
//!    └───── Cancelled (the child left) ─┴─> Lost
//! ```
//!
//! The norm (国卫办妇幼发〔2022〕12号) makes the finder tell the family, refer, and take the result back; it sets no days.
//! The days are a dated rule, `screening.deadlines`.

use chrono::{Days, NaiveDate};
use entities::{
    AccountId, ChildId, DiagnosisId, OrganisationId, ReferralId, RescreenId, ScreenId,
    child::child,
    organisation::organisation,
    screening::{referral, referral_step},
    words::{OrganisationKind, ReferralKind, ReferralState},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    organisations,
    platform::{
        Actor, Error, Result, Tx,
        event::{self, Subject},
        parameter,
    },
};

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

/// Days that the steps of the chain may take (parameter `screening.deadlines`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines {
    /// Calendar days from the abnormal screen to the re-screen.
    pub rescreen_days: u16,
    /// Calendar days from the abnormal re-screen to the diagnosis.
    pub diagnosis_days: u16,
    /// Working days for an answer.
    pub answer_working_days: u16,
    /// Working days from the diagnosis until the family has been talked to about rehabilitation.
    pub rehab_contact_working_days: u16,
    /// Months from a clear re-screen until the child is looked at again.
    pub recheck_months: u32,
    /// Documented attempts that fail before a child counts as lost.
    pub contact_attempts: u32,
}

impl Deadlines {
    /// Those in force in a division on a day.
    pub async fn on(db: &impl ConnectionTrait, division: &str, day: NaiveDate) -> Result<Self> {
        parameter::get(db, "screening.deadlines", division, day).await
    }

    /// The day by which the step that a referral asks for is to be completed.
    pub fn step_due(&self, kind: ReferralKind, from: NaiveDate, contact_due: NaiveDate) -> NaiveDate {
        let days = match kind {
            ReferralKind::Rescreen => self.rescreen_days,
            ReferralKind::Diagnosis => self.diagnosis_days,
            ReferralKind::Intake => return contact_due,
        };
        from.checked_add_days(Days::new(days.into())).unwrap_or(from)
    }
}

/// When an answer and the step itself are due for a referral of this kind that begins on a day.
pub async fn due_dates(
    db: &impl ConnectionTrait,
    kind: ReferralKind,
    division: &str,
    from: NaiveDate,
) -> Result<(NaiveDate, NaiveDate)> {
    let deadlines = Deadlines::on(db, division, from).await?;
    let calendar = organisations::queries::calendar(db).await?;
    let (answer, _) = calendar.add_working_days(from, deadlines.answer_working_days);
    let (contact, _) = calendar.add_working_days(from, deadlines.rehab_contact_working_days);
    Ok((answer, deadlines.step_due(kind, from, contact)))
}

/// What kind of organisation a referral goes to.
pub const fn receiver_kind(kind: ReferralKind) -> OrganisationKind {
    match kind {
        ReferralKind::Rescreen => OrganisationKind::RescreenHospital,
        ReferralKind::Diagnosis => OrganisationKind::DiagnosingHospital,
        ReferralKind::Intake => OrganisationKind::RehabilitationCentre,
    }
}

/// The open organisations that a referral of this kind can go to from a division, the nearest first.
pub async fn receivers(
    db: &impl ConnectionTrait,
    kind: ReferralKind,
    division: &str,
) -> Result<Vec<organisation::Model>> {
    organisations::queries::covering(db, receiver_kind(kind), division).await
}

/// A referral that a finding calls for.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Who is referred.
    pub child: ChildId,
    /// For what.
    pub kind: ReferralKind,
    /// To whom; the nearest that covers where the child lives when none is named.
    pub to: Option<OrganisationId>,
    /// Why, in words.
    pub reason: String,
    /// The initial screen it rests on.
    pub screen: Option<ScreenId>,
    /// The re-screen it rests on.
    pub rescreen: Option<RescreenId>,
    /// The diagnosis it rests on.
    pub diagnosis: Option<DiagnosisId>,
    /// The referral that it continues.
    pub continues: Option<ReferralId>,
}

/// Propose a referral from the actor's organisation. It waits there for confirmation, for as many working days as an
/// answer may take; the time for the step itself runs from today.
///
/// # Errors
/// Refused (`referral.no_receiver`) when no open organisation covers the place.
pub async fn propose_in(tx: &Tx, by: &Actor, proposal: Proposal) -> Result<ReferralId> {
    propose_for_in(tx, by, (by.organisation()?, by.person()?), proposal).await
}

/// The same in the name of whoever found it, who confirms it.
pub async fn propose_for_in(
    tx: &Tx,
    by: &Actor,
    (place, person): (OrganisationId, AccountId),
    proposal: Proposal,
) -> Result<ReferralId> {
    let db = &**tx;
    let file = child::Entity::find_by_id(proposal.child)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let to = match proposal.to {
        Some(to) => to,
        None => receivers(db, proposal.kind, &file.division)
            .await?
            .first()
            .map(|place| place.id)
            .ok_or_else(|| Error::refused("referral.no_receiver"))?,
    };
    let (answer_due_on, due_on) = due_dates(db, proposal.kind, &file.division, by.today()).await?;
    let row = referral::ActiveModel {
        id: sea_orm::ActiveValue::NotSet,
        child_id: Set(proposal.child),
        district: Set(file.district),
        kind: Set(proposal.kind),
        state: Set(ReferralState::Proposed),
        from_organisation_id: Set(place),
        to_organisation_id: Set(to),
        sender_id: Set(person),
        owner_id: Set(None),
        reason: Set(proposal.reason),
        screen_id: Set(proposal.screen),
        rescreen_id: Set(proposal.rescreen),
        diagnosis_id: Set(proposal.diagnosis),
        continues_id: Set(proposal.continues),
        since: Set(by.now),
        answer_due_on: Set(answer_due_on),
        due_on: Set(due_on),
        appointment_at: Set(None),
        escalation: Set(0),
        escalated_at: Set(None),
        closed_at: Set(None),
        version: Set(1),
    };
    let id = row.insert(db).await?.id;
    step_in(tx, by, id, None, ReferralState::Proposed, None).await?;
    let details = json!({ "kind": proposal.kind, "to": to, "due_on": due_on });
    let subject = Subject::of_child("referral", id.0, proposal.child);
    event::record(tx, by, "referral.proposed", subject, details).await?;
    Ok(id)
}

/// Leave the trace of one move of a referral.
pub async fn step_in(
    tx: &Tx,
    by: &Actor,
    referral: ReferralId,
    from: Option<ReferralState>,
    to: ReferralState,
    note: Option<String>,
) -> Result<()> {
    let row = referral_step::ActiveModel {
        id: sea_orm::ActiveValue::NotSet,
        referral_id: Set(referral),
        from_state: Set(from),
        to_state: Set(to),
        at: Set(by.now),
        by: Set(by.account),
        organisation_id: Set(by.workplace.as_ref().map(|w| w.id)),
        note: Set(note),
    };
    referral_step::Entity::insert(row).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Move a referral, when the table allows it, and leave the trace: state, closing time, version, step. `change` sets what
/// else changes with it. The caller records its event.
///
/// # Errors
/// Refused (`referral.not_now`) when the referral is in a state that does not allow it: somebody was quicker.
pub async fn move_in(
    tx: &Tx,
    by: &Actor,
    referral: &referral::Model,
    to: ReferralState,
    note: Option<String>,
    change: referral::ActiveModel,
) -> Result<referral::Model> {
    if !may_move(referral.state, to) {
        let say = crate::platform::Say::new("referral.not_now").with_word("state", referral.state.word());
        return Err(Error::refused(say));
    }
    let closes = !is_open(to);
    let row = referral::ActiveModel {
        id: Set(referral.id),
        state: Set(to),
        closed_at: Set(closes.then_some(by.now)),
        version: Set(referral.version + 1),
        ..change
    };
    let moved = row.update(&**tx).await?;
    step_in(tx, by, referral.id, Some(referral.state), to, note).await?;
    Ok(moved)
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
