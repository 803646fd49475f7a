//! The moves of a referral. Each is one transaction: the table of allowed moves, the row, its step, the event, a notice
//! for the other side.

use std::collections::BTreeMap;

use entities::{
    OrganisationId, ReferralId,
    organisation::organisation,
    screening::referral,
    words::{Focus, ReferralKind, ReferralState, TaskState, What},
};
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

pub use super::news::{page, tell_receiver, tell_result, tell_sender, told};
use super::{
    appointments,
    forms::Appointment,
    moving::{move_in, step_in},
    proposal::{Proposal, propose_in},
    queries,
    rules::{self, Move, Side},
    states::{self, may_move},
};
use crate::{
    children::care,
    notifications::telling,
    platform::{
        Actor, App, Calendar, Error, Result, Say, Tx, Version,
        clock::shown,
        event::{self, Subject},
    },
    task::{Deadlines, queries as tasks},
};

/// The receiver takes it on; whoever does so owns it.
pub async fn accept(app: &App, by: &Actor, id: ReferralId, version: Option<Version>) -> Result<()> {
    let (tx, row) = begin(app, by, id, version, Move::Accept).await?;
    accept_in(&tx, by, &row).await?;
    tx.commit().await
}

async fn accept_in(tx: &Tx, by: &Actor, row: &referral::Model) -> Result<()> {
    let change = referral::ActiveModel {
        owner_id: Set(Some(by.person()?)),
        ..Default::default()
    };
    let accepted = move_in(tx, by, row, ReferralState::Accepted, None, change).await?;
    tell_sender(tx, by, &accepted, "referral.accepted", json!({})).await?;
    record(tx, by, &accepted, "referral.accepted", json!({})).await
}

/// What came of accepting several at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bulk {
    /// Accepted now.
    pub done: usize,
    /// Left alone, because they were not waiting for an acceptance any more, or are not this organisation's.
    pub skipped: usize,
}

/// Accept many. Each is checked by itself; what somebody else answered meanwhile stays as it is.
pub async fn accept_many(app: &App, by: &Actor, ids: &[ReferralId]) -> Result<Bulk> {
    let seen = referral::Entity::find()
        .filter(referral::COLUMN.id.is_in(ids.iter().copied()))
        .filter(queries::yours(by))
        .all(&*app.db)
        .await?;
    let mut by_district: BTreeMap<String, Vec<ReferralId>> = BTreeMap::new();
    for row in seen {
        by_district.entry(row.district).or_default().push(row.id);
    }
    let mut bulk = Bulk::default();
    // One submission, several districts: it counts at the first.
    let mut actor = by.clone();
    for (district, ids) in by_district {
        let tx = app.db.write(&actor, &district).await?;
        actor.submission = None;
        let mut moved = false;
        for id in ids {
            let fresh = referral::Entity::find_by_id(id)
                .one(&*tx)
                .await?
                .ok_or(Error::NotFound)?;
            let now = queries::circumstances(&*tx, by, &fresh).await?;
            if fresh.state == ReferralState::Sent && rules::moves(&fresh, by, now).contains(&Move::Accept) {
                accept_in(&tx, by, &fresh).await?;
                bulk.done += 1;
                moved = true;
            }
        }
        if moved {
            tx.commit().await?;
        }
    }
    bulk.skipped = ids.len().saturating_sub(bulk.done);
    Ok(bulk)
}

/// The receiver says no, and why: the sender has to find another way. Returns how many were told there.
pub async fn decline(app: &App, by: &Actor, id: ReferralId, version: Option<Version>, why: String) -> Result<usize> {
    let (tx, row) = begin(app, by, id, version, Move::Decline).await?;
    let declined = move_in(&tx, by, &row, ReferralState::Declined, Some(why), Default::default()).await?;
    let told = tell_sender(&tx, by, &declined, "referral.declined", json!({})).await?;
    finish(tx, by, &declined, "referral.declined", json!({})).await?;
    Ok(told)
}

/// The sender takes it back, and why.
pub async fn recall(app: &App, by: &Actor, id: ReferralId, version: Option<Version>, why: String) -> Result<()> {
    let (tx, row) = begin(app, by, id, version, Move::Recall).await?;
    let recalled = move_in(&tx, by, &row, ReferralState::Recalled, Some(why), Default::default()).await?;
    // A proposal was never shown to the receiver.
    if row.state != ReferralState::Proposed {
        tell_receiver(&tx, by, &recalled, "referral.recalled").await?;
    }
    finish(tx, by, &recalled, "referral.recalled", json!({ "was": row.state })).await
}

/// The receiver passes it on to another organisation of its kind: a new referral in the sender's name continues it, by
/// the same day as before. Returns how many of the sender's were told.
pub async fn forward(
    app: &App,
    by: &Actor,
    id: ReferralId,
    version: Option<Version>,
    (to, why): (OrganisationId, String),
) -> Result<usize> {
    let (tx, row) = begin(app, by, id, version, Move::Forward).await?;
    let places = queries::other_receivers(&*tx, &row).await?;
    if !places.iter().any(|place| place.id == to) {
        return Err(Error::field("forward_to", "referral.receiver"));
    }
    let forwarded = move_in(
        &tx,
        by,
        &row,
        ReferralState::Forwarded,
        Some(why.clone()),
        Default::default(),
    )
    .await?;
    let next = referral::ActiveModel {
        id: NotSet,
        child_id: Set(row.child_id),
        district: Set(row.district.clone()),
        kind: Set(row.kind),
        state: Set(ReferralState::Sent),
        from_organisation_id: Set(row.from_organisation_id),
        to_organisation_id: Set(to),
        sender_id: Set(row.sender_id),
        owner_id: Set(None),
        reason: Set(row.reason.clone()),
        screen_id: Set(row.screen_id),
        rescreen_id: Set(row.rescreen_id),
        diagnosis_id: Set(row.diagnosis_id),
        continues_id: Set(Some(row.id)),
        since: Set(by.now),
        answer_due_on: Set(answer_due(&tx, by, &row.district).await?),
        due_on: Set(row.due_on),
        appointment_at: Set(None),
        closed_at: Set(None),
        version: Set(1),
    }
    .insert(&*tx)
    .await?;
    step_in(&tx, by, next.id, None, ReferralState::Sent, Some(why)).await?;
    care::tie_in(&tx, by, to, row.child_id).await?;
    tell_receiver(&tx, by, &next, "referral.received").await?;
    let told = tell_sender(&tx, by, &forwarded, "referral.forwarded", json!({ "to": to })).await?;
    finish(
        tx,
        by,
        &forwarded,
        "referral.forwarded",
        json!({ "to": to, "by": next.id }),
    )
    .await?;
    Ok(told)
}

/// The receiver sets a day and time, or another one; the guardians are told. Returns how many a message is on its way to.
pub async fn appoint(
    app: &App,
    by: &Actor,
    id: ReferralId,
    version: Option<Version>,
    appointment: Appointment,
) -> Result<usize> {
    let (tx, row) = begin(app, by, id, version, Move::Appoint).await?;
    // Nothing moves, so nobody is told again.
    if row.state == ReferralState::Appointed && row.appointment_at == Some(appointment.at) && appointment.note.is_none()
    {
        return Err(Error::field("appointment_time", "referral.same_appointment"));
    }
    let doubts = appointments::doubts_about(&*tx, by, &row, appointment.at).await?;
    let anyway = appointment.anyway.filter(|anyway| anyway.covers(&doubts));
    if !doubts.is_empty() && anyway.is_none() {
        return Err(appointments::asks(&doubts).into());
    }
    // A yes to nothing any more is no reason.
    let why = anyway.filter(|_| !doubts.is_empty()).map(|anyway| anyway.why);
    let note = [appointment.note.as_deref(), why.as_deref()];
    let note: Vec<&str> = note.into_iter().flatten().collect();
    let change = referral::ActiveModel {
        appointment_at: Set(Some(appointment.at)),
        owner_id: Set(Some(row.owner_id.map_or_else(|| by.person(), Ok)?)),
        ..Default::default()
    };
    let appointed = move_in(
        &tx,
        by,
        &row,
        ReferralState::Appointed,
        (!note.is_empty()).then(|| note.join("\n")),
        change,
    )
    .await?;
    let place = organisation::Entity::find_by_id(row.to_organisation_id)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    let params = json!({
        "at": shown(appointment.at),
        "place": place.name,
        "address": place.address.unwrap_or_default(),
        "phone": place.phone.unwrap_or_default(),
        "note": appointment.note.unwrap_or_default(),
    });
    let template = if row.appointment_at.is_some() {
        "referral.appointment_moved"
    } else {
        "referral.appointment"
    };
    let cause = format!("referral/{id}/appointment/{}", appointed.version);
    let told = telling::tell_guardians(app, &tx, by, row.child_id, template, params, &cause).await?;
    tell_sender(
        &tx,
        by,
        &appointed,
        "referral.appointed",
        json!({ "at": shown(appointment.at) }),
    )
    .await?;
    let mut details = json!({ "at": appointment.at, "guardians_told": told });
    if let (Some(why), Some(details)) = (why, details.as_object_mut()) {
        let codes: Vec<&str> = doubts.iter().map(appointments::Doubt::code).collect();
        details.insert("doubts".into(), json!(codes));
        details.insert("why".into(), json!(why));
    }
    finish(tx, by, &appointed, "referral.appointed", details).await?;
    Ok(told)
}

/// The family did not come.
pub async fn no_show(
    app: &App,
    by: &Actor,
    id: ReferralId,
    version: Option<Version>,
    note: Option<String>,
) -> Result<()> {
    let (tx, row) = begin(app, by, id, version, Move::NoShow).await?;
    let missed = move_in(&tx, by, &row, ReferralState::NoShow, note, Default::default()).await?;
    tell_sender(&tx, by, &missed, "referral.no_show", json!({})).await?;
    finish(
        tx,
        by,
        &missed,
        "referral.no_show",
        json!({ "appointment_at": row.appointment_at }),
    )
    .await
}

/// The family cannot be found: only after enough documented attempts that failed. Returns how many were told on the other
/// side.
pub async fn lose(
    app: &App,
    by: &Actor,
    id: ReferralId,
    version: Option<Version>,
    note: Option<String>,
) -> Result<usize> {
    let (tx, row) = begin(app, by, id, version, Move::Lose).await?;
    let lost = move_in(&tx, by, &row, ReferralState::Lost, note, Default::default()).await?;
    let told = match rules::side(&row, by) {
        Side::Sender => tell_receiver(&tx, by, &lost, "referral.lost").await?,
        Side::Receiver | Side::Onlooker => tell_sender(&tx, by, &lost, "referral.lost", json!({})).await?,
    };
    finish(tx, by, &lost, "referral.lost", json!({})).await?;
    Ok(told)
}

/// The centre has received the family of a diagnosed child; the result goes back to whoever referred it.
pub async fn complete_intake(
    app: &App,
    by: &Actor,
    id: ReferralId,
    version: Option<Version>,
    note: Option<String>,
) -> Result<()> {
    let (tx, row) = begin(app, by, id, version, Move::Complete).await?;
    if row.kind != ReferralKind::Intake {
        return Err(Error::refused("referral.needs_result"));
    }
    let change = referral::ActiveModel {
        owner_id: Set(Some(by.person()?)),
        ..Default::default()
    };
    let done = move_in(&tx, by, &row, ReferralState::Completed, note, change).await?;
    tell_result(&tx, by, &done, "taken_over").await?;
    finish(tx, by, &done, "referral.completed", json!({ "outcome": "taken_over" })).await
}

/// Send a proposed intake: the centre may open the file from now on, and hears of it.
pub async fn send_intake_in(tx: &Tx, by: &Actor, id: ReferralId) -> Result<()> {
    let proposed = referral::Entity::find_by_id(id)
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)?;
    let sent = move_in(tx, by, &proposed, ReferralState::Sent, None, Default::default()).await?;
    care::tie_in(tx, by, sent.to_organisation_id, sent.child_id).await?;
    tell_receiver(tx, by, &sent, "referral.received").await?;
    let subject = Subject::of_child("referral", id.0, sent.child_id);
    let details = json!({ "to": sent.to_organisation_id, "due_on": sent.due_on });
    event::record(tx, by, "referral.sent", subject, details).await
}

/// A declined or recalled referral, whose cause still stands, begins again as a proposal.
pub async fn renew(app: &App, by: &Actor, id: ReferralId) -> Result<ReferralId> {
    let seen = queries::find(&*app.db, by, id).await?;
    let tx = app.db.write(by, &seen.district).await?;
    let row = referral::Entity::find_by_id(id)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    if !may_renew(&*tx, by, &row).await? {
        return Err(Error::refused(changed(&tx, &row).await?));
    }
    let refused = (row.state == ReferralState::Declined).then_some(row.to_organisation_id);
    let others = queries::other_receivers(&*tx, &row).await?;
    let to = refused
        .and_then(|_| others.first())
        .map_or(row.to_organisation_id, |place| place.id);
    let proposal = Proposal {
        child: row.child_id,
        kind: row.kind,
        to: Some(to),
        reason: row.reason.clone(),
        screen: row.screen_id,
        rescreen: row.rescreen_id,
        diagnosis: row.diagnosis_id,
        continues: Some(row.id),
    };
    let next = propose_in(&tx, by, proposal).await?;
    tx.commit().await?;
    Ok(next)
}

/// Whether the sender has to find another way: the child still waits because of this very referral.
pub async fn may_renew(db: &impl sea_orm::ConnectionTrait, by: &Actor, row: &referral::Model) -> Result<bool> {
    let may = rules::side(row, by) == Side::Sender && crate::access::Can::Refer.allows(&by.roles);
    if !states::of(row.state).came_back || !may {
        return Ok(false);
    }
    let tasks = tasks::about(db, Focus::Referral, row.id.0).await?;
    Ok(tasks
        .iter()
        .any(|task| task.state == TaskState::Open && task.what == What::FindAnotherWay))
}

// ---- what the moves share

/// The write transaction and the row as it is now, if the actor may make this move now.
pub async fn begin(
    app: &App,
    by: &Actor,
    id: ReferralId,
    version: Option<Version>,
    what: Move,
) -> Result<(Tx, referral::Model)> {
    let seen = queries::find(&*app.db, by, id).await?;
    if !what.is_for(rules::side(&seen, by)) || !what.needs(seen.kind).allows(&by.roles) {
        return Err(Error::Forbidden);
    }
    let tx = app.db.write(by, &seen.district).await?;
    let row = referral::Entity::find_by_id(id)
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    let now = queries::circumstances(&*tx, by, &row).await?;
    if version.is_some_and(|version| !version.is(row.version)) {
        return Err(Error::stale_as(changed(&tx, &row).await?));
    }
    if !rules::is_possible(&row, what, now) {
        let too_early = what == Move::Lose && now.failed_attempts < now.attempts_needed;
        let say = Say::new("referral.loss.too_early")
            .with("done", now.failed_attempts)
            .with("needed", now.attempts_needed);
        return Err(Error::refused(if too_early && may_move(row.state, what.to()) {
            say
        } else {
            changed(&tx, &row).await?
        }));
    }
    Ok((tx, row))
}

/// Somebody was quicker: who, when, and what the referral is now.
async fn changed(tx: &Tx, row: &referral::Model) -> Result<Say> {
    let last = queries::steps(&**tx, row.id).await?.pop();
    let name = match last.as_ref().and_then(|step| step.by) {
        Some(id) => crate::account::queries::names(&**tx, [id])
            .await?
            .remove(&id)
            .unwrap_or_default(),
        None => String::new(),
    };
    let at = last.map_or_else(String::new, |step| shown(step.at));
    Ok(Say::new("referral.changed")
        .with("who", name)
        .with("at", at)
        .with_word("state", row.state.word()))
}

/// Event, commit.
pub async fn finish(tx: Tx, by: &Actor, row: &referral::Model, action: &str, details: Value) -> Result<()> {
    record(&tx, by, row, action, details).await?;
    tx.commit().await
}

/// The event of a move.
async fn record(tx: &Tx, by: &Actor, row: &referral::Model, action: &str, details: Value) -> Result<()> {
    let subject = Subject::of_child("referral", row.id.0, row.child_id);
    event::record(tx, by, action, subject, details).await
}

async fn answer_due(tx: &Tx, by: &Actor, district: &str) -> Result<chrono::NaiveDate> {
    let deadlines = Deadlines::on(&**tx, district, by.today()).await?;
    let calendar = Calendar::load(&**tx).await?;
    Ok(calendar.add_working_days(by.today(), deadlines.answer_working_days).0)
}
