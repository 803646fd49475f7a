//! Taking a child out of the pipeline, and back in.

use chrono::{DateTime, NaiveDate, Utc};
use entities::{
    ChildId, DepartureId, FollowUpId, MessageId, PlannedCheckId, ReferralId, ResidenceId,
    child::{child, departure, residence},
    communication::message,
    screening::{follow_up, planned_check, referral},
    words::{CheckState, Delivery, DepartureReason, FollowUpState, ReferralState},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    access::scope,
    children,
    platform::{
        Actor, App, Error, Result, Tx,
        event::{self, Subject},
    },
    referral::{is_open, may_move, move_in, step_in},
};

/// A departure to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDeparture {
    /// Why.
    pub reason: DepartureReason,
    /// The day.
    pub left_on: NaiveDate,
    /// Anything else.
    pub note: Option<String>,
}

/// One thing that a departure changed, with what it was before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "table", rename_all = "snake_case")]
pub enum Effect {
    /// A check that is not to be done any more.
    PlannedCheck {
        /// The row.
        id: PlannedCheckId,
        /// Its age in months.
        age_months: i32,
    },
    /// A referral that was under way.
    Referral {
        /// The row.
        id: ReferralId,
        /// Its state before.
        was: ReferralState,
    },
    /// A follow-up task that was open.
    FollowUp {
        /// The row.
        id: FollowUpId,
    },
    /// A message that had not gone out.
    Message {
        /// The row.
        id: MessageId,
    },
    /// The residence that ended.
    Residence {
        /// The row.
        id: ResidenceId,
    },
}

impl Effect {
    /// The locale key of the sentence that tells it.
    pub fn key(&self) -> &'static str {
        match self {
            Self::PlannedCheck { .. } => "departure.effect.planned_check",
            Self::Referral { .. } => "departure.effect.referral",
            Self::FollowUp { .. } => "departure.effect.follow_up",
            Self::Message { .. } => "departure.effect.message",
            Self::Residence { .. } => "departure.effect.residence",
        }
    }
}

/// What a departure changed, as it stands in its row.
pub fn effects(row: &departure::Model) -> Result<Vec<Effect>> {
    Ok(serde_json::from_value(row.effects.clone()).map_err(anyhow::Error::from)?)
}

/// The departures of a child, newest first.
pub async fn of_child(db: &impl ConnectionTrait, child: ChildId) -> Result<Vec<departure::Model>> {
    Ok(departure::Entity::find()
        .filter(departure::COLUMN.child_id.eq(child))
        .order_by_desc(departure::COLUMN.id)
        .all(db)
        .await?)
}

/// Take a child out of the pipeline.
///
/// # Errors
/// A day to come or before birth; refused when the child has left already.
pub async fn depart(app: &App, by: &Actor, child: ChildId, new: &NewDeparture) -> Result<DepartureId> {
    let file = children::service::survivor(app, by, child).await?;
    if new.left_on > by.today() {
        return Err(Error::field("left_on", "screen.future"));
    }
    if new.left_on < file.birth_on {
        return Err(Error::field("left_on", "screen.before_birth"));
    }
    let tx = app.db.write(by, &file.district).await?;
    let file = scope::child(&*tx, by, file.id).await?;
    if file.departure_id.is_some() {
        return Err(Error::refused("departure.already"));
    }
    let effects = cancel_pending_in(&tx, by, &file, new).await?;
    let row = departure::ActiveModel {
        id: sea_orm::ActiveValue::NotSet,
        child_id: Set(file.id),
        reason: Set(new.reason),
        left_on: Set(new.left_on),
        note: Set(new.note.clone()),
        effects: Set(serde_json::to_value(&effects).map_err(anyhow::Error::from)?),
        recorded_by: Set(by.account),
        recorded_at: Set(by.now),
        undone_at: Set(None),
        undone_by: Set(None),
    };
    let id = row.insert(&*tx).await?.id;
    set_departure_in(&tx, file.id, Some(id)).await?;
    let subject = Subject::of_child("departure", id.0, file.id);
    let details = json!({ "reason": new.reason, "left_on": new.left_on, "effects": effects });
    event::record(&tx, by, "departure.recorded", subject, details).await?;
    tx.commit().await?;
    Ok(id)
}

async fn set_departure_in(tx: &Tx, child: ChildId, departure: Option<DepartureId>) -> Result<()> {
    let row = child::ActiveModel {
        id: Set(child),
        departure_id: Set(departure),
        ..Default::default()
    };
    row.update(&**tx).await?;
    Ok(())
}

/// Cancel what is still to come: checks whose window reaches beyond the day of leaving (an earlier one was missed, and
/// stays missed), referrals and tasks under way, messages that have not gone out, and the residence unless the family
/// stayed.
async fn cancel_pending_in(tx: &Tx, by: &Actor, file: &child::Model, new: &NewDeparture) -> Result<Vec<Effect>> {
    let mut effects = Vec::new();
    cancel_checks_in(tx, file.id, new.left_on, &mut effects).await?;
    cancel_referrals_in(tx, by, file.id, &mut effects).await?;
    cancel_tasks_in(tx, by, file.id, &mut effects).await?;
    cancel_messages_in(tx, file.id, &mut effects).await?;
    if new.reason != DepartureReason::Refused {
        end_residence_in(tx, file.id, new.left_on, &mut effects).await?;
    }
    Ok(effects)
}

async fn cancel_checks_in(tx: &Tx, child: ChildId, left_on: NaiveDate, effects: &mut Vec<Effect>) -> Result<()> {
    let checks = planned_check::Entity::find()
        .filter(planned_check::COLUMN.child_id.eq(child))
        .filter(planned_check::COLUMN.state.eq(CheckState::Pending))
        .filter(planned_check::COLUMN.closes_on.gte(left_on))
        .order_by_asc(planned_check::COLUMN.age_months)
        .all(&**tx)
        .await?;
    for check in checks {
        set_check_in(tx, check.id, CheckState::Cancelled).await?;
        effects.push(Effect::PlannedCheck {
            id: check.id,
            age_months: check.age_months,
        });
    }
    Ok(())
}

async fn set_check_in(tx: &Tx, id: PlannedCheckId, state: CheckState) -> Result<()> {
    let row = planned_check::ActiveModel {
        id: Set(id),
        state: Set(state),
        ..Default::default()
    };
    row.update(&**tx).await?;
    Ok(())
}

async fn cancel_referrals_in(tx: &Tx, by: &Actor, child: ChildId, effects: &mut Vec<Effect>) -> Result<()> {
    let referrals = referral::Entity::find()
        .filter(referral::COLUMN.child_id.eq(child))
        .order_by_asc(referral::COLUMN.id)
        .all(&**tx)
        .await?;
    for r in referrals {
        if !is_open(r.state) || !may_move(r.state, ReferralState::Cancelled) {
            continue;
        }
        move_in(tx, by, &r, ReferralState::Cancelled, None, Default::default()).await?;
        effects.push(Effect::Referral { id: r.id, was: r.state });
    }
    Ok(())
}

async fn cancel_tasks_in(tx: &Tx, by: &Actor, child: ChildId, effects: &mut Vec<Effect>) -> Result<()> {
    let tasks = follow_up::Entity::find()
        .filter(follow_up::COLUMN.child_id.eq(child))
        .filter(follow_up::COLUMN.state.eq(FollowUpState::Open))
        .order_by_asc(follow_up::COLUMN.id)
        .all(&**tx)
        .await?;
    for task in tasks {
        set_task_in(tx, &task, FollowUpState::Cancelled, Some(by)).await?;
        effects.push(Effect::FollowUp { id: task.id });
    }
    Ok(())
}

async fn set_task_in(tx: &Tx, task: &follow_up::Model, state: FollowUpState, closed: Option<&Actor>) -> Result<()> {
    let row = follow_up::ActiveModel {
        id: Set(task.id),
        state: Set(state),
        closed_at: Set(closed.map(|by| by.now)),
        closed_by: Set(closed.and_then(|by| by.account)),
        version: Set(task.version + 1),
        ..Default::default()
    };
    row.update(&**tx).await?;
    Ok(())
}

async fn cancel_messages_in(tx: &Tx, child: ChildId, effects: &mut Vec<Effect>) -> Result<()> {
    let waiting = message::Entity::find()
        .filter(message::COLUMN.child_id.eq(child))
        .filter(message::COLUMN.guardian_id.is_not_null())
        .filter(message::COLUMN.state.eq(Delivery::Pending))
        .order_by_asc(message::COLUMN.id)
        .all(&**tx)
        .await?;
    for one in waiting {
        set_message_in(tx, one.id, Delivery::Cancelled).await?;
        effects.push(Effect::Message { id: one.id });
    }
    Ok(())
}

async fn set_message_in(tx: &Tx, id: MessageId, state: Delivery) -> Result<()> {
    let row = message::ActiveModel {
        id: Set(id),
        state: Set(state),
        ..Default::default()
    };
    row.update(&**tx).await?;
    Ok(())
}

async fn end_residence_in(tx: &Tx, child: ChildId, left_on: NaiveDate, effects: &mut Vec<Effect>) -> Result<()> {
    let current = residence::Entity::find()
        .filter(residence::COLUMN.child_id.eq(child))
        .filter(residence::COLUMN.until_on.is_null())
        .filter(residence::COLUMN.from_on.lte(left_on))
        .order_by_asc(residence::COLUMN.id)
        .all(&**tx)
        .await?;
    for place in current {
        set_residence_in(tx, place.id, Some(left_on)).await?;
        effects.push(Effect::Residence { id: place.id });
    }
    Ok(())
}

async fn set_residence_in(tx: &Tx, id: ResidenceId, until_on: Option<NaiveDate>) -> Result<()> {
    let row = residence::ActiveModel {
        id: Set(id),
        until_on: Set(until_on),
        ..Default::default()
    };
    row.update(&**tx).await?;
    Ok(())
}

/// Undo the departure in force: everything it cancelled is as it was, unless somebody has dealt with it since.
///
/// # Errors
/// Not found when the departure is not this child's; refused when it is not in force any more.
pub async fn undo(app: &App, by: &Actor, child: ChildId, id: DepartureId) -> Result<()> {
    let file = children::service::survivor(app, by, child).await?;
    let tx = app.db.write(by, &file.district).await?;
    let file = scope::child(&*tx, by, file.id).await?;
    let row = departure::Entity::find_by_id(id)
        .filter(departure::COLUMN.child_id.eq(file.id))
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    if file.departure_id != Some(id) || row.undone_at.is_some() {
        return Err(Error::refused("departure.not_in_force"));
    }
    for effect in effects(&row)? {
        restore_in(&tx, by, &row, &effect).await?;
    }
    let undone = departure::ActiveModel {
        id: Set(id),
        undone_at: Set(Some(by.now)),
        undone_by: Set(by.account),
        ..Default::default()
    };
    undone.update(&*tx).await?;
    set_departure_in(&tx, file.id, None).await?;
    let subject = Subject::of_child("departure", id.0, file.id);
    event::record(&tx, by, "departure.undone", subject, json!({ "effects": row.effects })).await?;
    tx.commit().await
}

/// Put one thing back, when it is still as the departure left it.
async fn restore_in(tx: &Tx, by: &Actor, row: &departure::Model, effect: &Effect) -> Result<()> {
    let db = &**tx;
    match *effect {
        Effect::PlannedCheck { id, .. } => {
            let check = planned_check::Entity::find_by_id(id).one(db).await?;
            if check.is_some_and(|c| c.state == CheckState::Cancelled) {
                set_check_in(tx, id, CheckState::Pending).await?;
            }
        }
        Effect::Referral { id, was } => restore_referral_in(tx, by, id, was).await?,
        Effect::FollowUp { id } => {
            let task = follow_up::Entity::find_by_id(id).one(db).await?;
            if let Some(task) = task.filter(|t| t.state == FollowUpState::Cancelled) {
                set_task_in(tx, &task, FollowUpState::Open, None).await?;
            }
        }
        Effect::Message { id } => {
            let waiting = message::Entity::find_by_id(id).one(db).await?;
            if waiting.is_some_and(|m| m.state == Delivery::Cancelled) {
                set_message_in(tx, id, Delivery::Pending).await?;
            }
        }
        Effect::Residence { id } => {
            let place = residence::Entity::find_by_id(id).one(db).await?;
            if place.is_some_and(|p| p.until_on == Some(row.left_on)) {
                set_residence_in(tx, id, None).await?;
            }
        }
    }
    Ok(())
}

/// The one way back from cancelled, which the table of moves does not offer to anybody else.
async fn restore_referral_in(tx: &Tx, by: &Actor, id: ReferralId, was: ReferralState) -> Result<()> {
    let found = referral::Entity::find_by_id(id).one(&**tx).await?;
    let Some(r) = found.filter(|r| r.state == ReferralState::Cancelled) else {
        return Ok(());
    };
    let row = referral::ActiveModel {
        id: Set(id),
        state: Set(was),
        closed_at: Set(None::<DateTime<Utc>>),
        version: Set(r.version + 1),
        ..Default::default()
    };
    row.update(&**tx).await?;
    step_in(tx, by, id, Some(ReferralState::Cancelled), was, None).await
}
