//! Taking a child out of the pipeline, and back in.

use chrono::NaiveDate;
use entities::{
    ChildId, DepartureId,
    child::{child, departure},
    words::DepartureReason,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use crate::{
    access::scope,
    children,
    platform::{
        Actor, App, Error, Result, Tx,
        compartment::{Effect, Leaving},
        event::{self, Subject},
    },
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
    let leaving = Leaving {
        child: file.id,
        on: new.left_on,
        reason: new.reason,
    };
    let effects = app.compartment.leave_in(&tx, by, &leaving).await?;
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
    let details = json!({ "reason": new.reason, "left_on": new.left_on, "effects": brief(&effects) });
    event::record(&tx, by, "departure.recorded", subject, details).await?;
    tx.commit().await?;
    Ok(id)
}

fn brief(effects: &[Effect]) -> Vec<Value> {
    effects.iter().map(Effect::brief).collect()
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
    let effects = effects(&row)?;
    app.compartment.return_in(&tx, by, file.id, &effects).await?;
    // It may live elsewhere by now.
    app.compartment.follow_in(&tx, &[file.id], &file.division).await?;
    let undone = departure::ActiveModel {
        id: Set(id),
        undone_at: Set(Some(by.now)),
        undone_by: Set(by.account),
        ..Default::default()
    };
    undone.update(&*tx).await?;
    set_departure_in(&tx, file.id, None).await?;
    let subject = Subject::of_child("departure", id.0, file.id);
    event::record(
        &tx,
        by,
        "departure.undone",
        subject,
        json!({ "effects": brief(&effects) }),
    )
    .await?;
    tx.commit().await
}
