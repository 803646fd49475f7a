//! How a referral begins: a finding calls for it, and somebody proposes it.

use chrono::NaiveDate;
use entities::{
    AccountId, ChildId, DiagnosisId, OrganisationId, ReferralId, RescreenId, ScreenId,
    child::child,
    organisation::organisation,
    screening::referral,
    words::{ReferralKind, ReferralState},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde_json::json;

use super::{moving::step_in, states::receiver_kind};
use crate::{
    organisations,
    platform::{
        Actor, Calendar, Error, Result, Tx,
        event::{self, Subject},
    },
    task::Deadlines,
};

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

/// When an answer and the step itself are due for a referral of this kind that begins on a day.
pub async fn due_dates(
    db: &impl ConnectionTrait,
    kind: ReferralKind,
    division: &str,
    from: NaiveDate,
) -> Result<(NaiveDate, NaiveDate)> {
    let deadlines = Deadlines::on(db, division, from).await?;
    let calendar = Calendar::load(db).await?;
    let (answer, _) = calendar.add_working_days(from, deadlines.answer_working_days);
    let (contact, _) = calendar.add_working_days(from, deadlines.rehab_contact_working_days);
    Ok((answer, deadlines.step_due(kind, from, contact)))
}
