//! Entering hours, in the lane of the centre's district.

use chrono::NaiveDate;
use entities::{places::service_capacity, words::CareService};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    IntoActiveModel,
};
use serde_json::json;

use super::queries;
use crate::{
    places::{centre, room::Span, succession},
    platform::{
        Actor, App, Result, Tx,
        event::{self, Subject},
    },
};

/// A centre has so many minutes of a service in a week from a day on.
pub async fn enter(app: &App, by: &Actor, new: (CareService, i32, NaiveDate)) -> Result<()> {
    centre::own(by)?;
    let tx = app.db.write(by, centre::lane(by)).await?;
    enter_in(&tx, by, new).await?;
    tx.commit().await
}

/// The same in a transaction of the centre's district.
pub async fn enter_in(tx: &Tx, by: &Actor, (service, minutes, from): (CareService, i32, NaiveDate)) -> Result<()> {
    let centre = centre::own(by)?;
    let all = queries::of_centre(&**tx, centre).await?;
    let rows: Vec<_> = all.into_iter().filter(|row| row.service == service).collect();
    let spans: Vec<Span> = rows.iter().map(|row| Span::new(row.valid_from, row.valid_to)).collect();
    let follows = succession::from(&spans, from);
    if let Some(shortened) = follows.shortens.and_then(|at| rows.get(at)) {
        let mut shortened = shortened.clone().into_active_model();
        shortened.valid_to = Set(from.pred_opt());
        shortened.update(&**tx).await?;
    }
    if let Some(replaced) = follows.replaces.and_then(|at| rows.get(at)) {
        let mut replaced = replaced.clone().into_active_model();
        replaced.minutes_per_week = Set(minutes);
        replaced.entered_by = Set(by.person()?);
        replaced.entered_at = Set(by.now);
        replaced.update(&**tx).await?;
    } else {
        let row = service_capacity::ActiveModel {
            id: NotSet,
            organisation_id: Set(centre),
            service: Set(service),
            minutes_per_week: Set(minutes),
            valid_from: Set(from),
            valid_to: Set(follows.until),
            entered_by: Set(by.person()?),
            entered_at: Set(by.now),
        };
        row.insert(&**tx).await?;
    }
    let details = json!({ "service": service, "minutes_per_week": minutes, "from": from });
    event::record(
        tx,
        by,
        "service_capacity.entered",
        Subject::new("organisation", centre.0),
        details,
    )
    .await
}
