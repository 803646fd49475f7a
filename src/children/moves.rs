//! Moves between streets and districts: dated facts. Where a child lived stays written, because past rates count by it.

use chrono::NaiveDate;
use entities::{
    ChildId,
    child::{child, departure, residence},
    division_code::DivisionCode,
    words::DepartureReason,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
};
use serde_json::json;

pub use super::known_place::must_exist;
use super::{
    corrections::{self, Corrects},
    file,
};
use crate::{
    access::scope,
    platform::{
        Actor, App, Error, Result, Say, Version,
        draft::Draft,
        event::{self, Subject},
    },
};

/// A move to another street, village or district that uses the system.
#[derive(Clone, Debug)]
pub struct Move {
    /// The version of the file that the clerk saw.
    pub version: Version,
    /// Where to.
    pub to: DivisionCode,
    /// First day there.
    pub on: NaiveDate,
    /// Address there.
    pub address: Option<String>,
}

/// The path of the form, under which it is kept on its way.
pub fn form(id: ChildId) -> String {
    format!("/children/{id}/moves")
}

/// Record a move: the present residence ends, the next begins, and what is still to be done goes along. A move on the
/// very day on which the present residence began corrects where that is. What was judged by the other place is told
/// first, and `confirmed` says that it was read.
pub async fn record(app: &App, by: &Actor, id: ChildId, to: &Move, confirmed: bool) -> Result<Corrects> {
    let lane = scope::child(&*app.db, by, id).await?.district;
    let tx = app.db.write(by, &lane).await?;
    let child = file::open_file_in(&tx, by, id, to.version).await?;
    must_live_here(&*tx, &child).await?;
    let code = to.to.as_str();
    must_exist(&*tx, code).await?;
    if child.division == code {
        return Err(Error::field("division", "move.same_place"));
    }
    let (district, street) = (code.get(..6).unwrap_or_default(), code.get(..9).unwrap_or_default());
    let present = residence::Entity::find()
        .filter(residence::COLUMN.child_id.eq(id))
        .filter(residence::COLUMN.until_on.is_null())
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound)?;
    if to.on < present.from_on {
        return Err(Error::field(
            "moved_on",
            Say::new("move.before_last").with("on", present.from_on),
        ));
    }
    let corrects = to.on == present.from_on;
    let next = residence::ActiveModel {
        id: if corrects { Set(present.id) } else { NotSet },
        child_id: Set(id),
        district: Set(district.to_owned()),
        street: Set(street.to_owned()),
        division: Set(code.to_owned()),
        from_on: Set(to.on),
        until_on: Set(None),
    };
    if corrects {
        next.update(&*tx).await?;
    } else {
        let mut past = present.into_active_model();
        past.until_on = Set(Some(to.on));
        past.update(&*tx).await?;
        next.insert(&*tx).await?;
    }
    app.compartment.follow_in(&tx, &[id], code).await?;
    let details = json!({ "from": child.division, "to": code, "on": to.on, "corrects": corrects });
    let version = child.version + 1;
    let mut row = child.clone().into_active_model();
    row.division = Set(code.to_owned());
    row.street = Set(street.to_owned());
    row.district = Set(district.to_owned());
    row.address = Set(to.address.clone());
    row.version = Set(version);
    let moved = row.update(&*tx).await?;
    event::record(&tx, by, "child.moved", Subject::child(id), details).await?;
    let told = corrections::judge_again_in(&tx, app, by, &child, &moved).await?;
    if !told.is_empty() && !confirmed {
        return Ok(Corrects::Judged(told));
    }
    Draft::discard_own_in(&tx, by, form(id)).await?;
    tx.commit().await?;
    Ok(Corrects::Saved)
}

/// Whoever left lives nowhere that could be left; whoever refused stayed.
async fn must_live_here(db: &impl ConnectionTrait, child: &child::Model) -> Result<()> {
    let Some(id) = child.departure_id else { return Ok(()) };
    let refused = departure::Entity::find_by_id(id)
        .filter(departure::COLUMN.reason.eq(DepartureReason::Refused))
        .one(db)
        .await?;
    refused.map(|_| ()).ok_or_else(|| Error::refused("move.departed"))
}
