//! Asking for a number that is taken, and deciding about it.

use entities::{ChildId, NumberClaimId, child::number_claim, words::ProposalState};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    IntoActiveModel,
};
use serde_json::json;

use super::{
    numbers::holder,
    queries,
    rules::{barred, may_decide},
};
use crate::{
    children::{
        care, duplicates,
        forms::ChildForm,
        moves,
        new_child::NewChild,
        reuse::{self, Differing, Source},
        service, similar,
    },
    platform::{
        Actor, App, Error, Result, Tx, Workplace,
        event::{self, Subject},
    },
};

/// Ask that a file be opened under a number that another one has.
///
/// # Errors
/// Stale when no file has it any more: then it is registered like any other.
pub async fn propose(app: &App, by: &Actor, form: &ChildForm, new: &NewChild, reason: &str) -> Result<NumberClaimId> {
    let tx = app.db.write(by, new.district()).await?;
    moves::must_exist(&*tx, new.division.as_str()).await?;
    if !new.division.as_str().starts_with(service::registers_in(by)) {
        return Err(Error::field("division", "child.not_your_division"));
    }
    let holder = holder(&*tx, &app.keys, &new.identity, None)
        .await?
        .ok_or_else(Error::stale)?;
    let fields = serde_json::to_string(form)?;
    let row = number_claim::ActiveModel {
        id: NotSet,
        district: Set(new.district().to_owned()),
        holder_id: Set(holder.id),
        fields: Set(app.keys.seal("number_claim", &fields)?),
        reason: Set(reason.to_owned()),
        state: Set(ProposalState::Waiting),
        organisation_id: Set(by.organisation()?),
        proposed_by: Set(by.person()?),
        proposed_at: Set(by.now),
        decided_by: Set(None),
        decided_at: Set(None),
        note: Set(None),
        opened_id: Set(None),
    };
    let id = row.insert(&*tx).await?.id;
    let subject = Subject::of_child("number_claim", id.0, holder.id);
    event::record(&tx, by, "number_claim.proposed", subject, json!({})).await?;
    tx.commit().await?;
    Ok(id)
}

/// The second person says that two children share the number: the file is opened, for the organisation that asked. The pair
/// waits for review, first of all.
pub async fn approve(app: &App, by: &Actor, id: NumberClaimId) -> Result<ChildId> {
    let (tx, row) = open(app, by, id).await?;
    may_decide(&row, by).map_err(barred)?;
    let text = app.keys.open("number_claim", &row.fields)?;
    let form: ChildForm = serde_json::from_str(&text)?;
    let mut new = form.registration(by.today())?;
    moves::must_exist(&*tx, new.division.as_str()).await?;
    let place = Workplace::of(queries::place(&*tx, row.organisation_id).await?);
    let federation = place.kind.is_federation();
    let registrar = Actor {
        workplace: Some(place),
        ..by.clone()
    };
    let similar = similar::find(&*tx, &similar::features_of(&app.keys, &new)?, None).await?;
    let how = [&form.guardian1_differing, &form.guardian2_differing].map(|text| match Differing::typed(text) {
        Differing::Take => (Differing::Take, ""),
        Differing::Ask | Differing::Keep => (Differing::Keep, ""),
    });
    let reused = service::reuse_in(&tx, app, &mut new, &how, Source::Page).await?;
    let child = service::register_in(&tx, app, &registrar, &new).await?;
    for one in &reused {
        reuse::record_in(&tx, by, child, one).await?;
    }
    if !federation {
        care::tie_in(&tx, by, row.organisation_id, child).await?;
    }
    for other in similar {
        duplicates::said_two_in(&tx, by, child, other.child.id).await?;
    }
    decide_in(&tx, by, row, ProposalState::Done, None, Some(child)).await?;
    tx.commit().await?;
    Ok(child)
}

/// The second person does not agree.
pub async fn refuse(app: &App, by: &Actor, id: NumberClaimId, note: String) -> Result<()> {
    let (tx, row) = open(app, by, id).await?;
    may_decide(&row, by).map_err(barred)?;
    decide_in(&tx, by, row, ProposalState::Refused, Some(note), None).await?;
    tx.commit().await
}

/// Whoever asked thinks better of it.
pub async fn withdraw(app: &App, by: &Actor, id: NumberClaimId) -> Result<()> {
    let (tx, row) = open(app, by, id).await?;
    if by.account != Some(row.proposed_by) {
        return Err(Error::Forbidden);
    }
    if row.state != ProposalState::Waiting {
        return Err(Error::refused("claim.over"));
    }
    decide_in(&tx, by, row, ProposalState::Withdrawn, None, None).await?;
    tx.commit().await
}

async fn open(app: &App, by: &Actor, id: NumberClaimId) -> Result<(Tx, number_claim::Model)> {
    let lane = queries::row(&*app.db, by, id).await?.district;
    let tx = app.db.write(by, &lane).await?;
    let row = queries::row(&*tx, by, id).await?;
    Ok((tx, row))
}

async fn decide_in(
    tx: &Tx,
    by: &Actor,
    row: number_claim::Model,
    state: ProposalState,
    note: Option<String>,
    opened: Option<ChildId>,
) -> Result<()> {
    let action = match state {
        ProposalState::Done => "number_claim.approved",
        ProposalState::Refused => "number_claim.refused",
        ProposalState::Withdrawn | ProposalState::Waiting => "number_claim.withdrawn",
    };
    let subject = Subject::of_child("number_claim", row.id.0, row.holder_id);
    let details = json!({ "proposed_by": row.proposed_by, "opened": opened });
    let mut row = row.into_active_model();
    row.state = Set(state);
    row.decided_by = Set(by.account);
    row.decided_at = Set(Some(by.now));
    row.note = Set(note);
    row.opened_id = Set(opened);
    row.update(&**tx).await?;
    event::record(tx, by, action, subject, details).await
}
