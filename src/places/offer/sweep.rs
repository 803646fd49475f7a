//! What the clock does with offers: one reminder before the end, and the end.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entities::{places::place_offer, words::OfferState};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::json;

use super::service::{self, subject, tell_centre, tell_family};
use crate::{
    places::{centre, rules::OfferTerms, waiting::facts::last_day},
    platform::{
        Actor, App, Calendar, Result, clock, event, parameter,
        rule::Rule as _,
        sweep::{Failures, Sweep},
    },
};

/// Often: a place that is free again is free for the next.
pub(in crate::places) const SWEEP: Sweep = Sweep {
    name: "place-offers",
    every: Duration::from_secs(5 * 60),
    run: |app, by| Box::pin(run(app, by)),
};

async fn run(app: &App, by: &Actor) -> Result<String> {
    let open = place_offer::Entity::find()
        .filter(place_offer::COLUMN.state.eq(OfferState::Open))
        .order_by_asc(place_offer::COLUMN.expires_at)
        .order_by_asc(place_offer::COLUMN.id)
        .all(&*app.db)
        .await?;
    let calendar = Calendar::load(&*app.db).await?;
    let (mut expired, mut reminded) = (0, 0);
    let mut failures = Failures::default();
    for row in open {
        let done = if row.expires_at <= app.clock.now() {
            let done = expire(app, by, &row).await;
            expired += usize::from(matches!(done, Ok(true)));
            done
        } else {
            let done = remind(app, by, &row, &calendar).await;
            reminded += usize::from(matches!(done, Ok(true)));
            done
        };
        failures.note(done);
    }
    failures.or(format!("expired={expired} reminded={reminded}"))
}

/// The row as it is now, in the lanes of its places.
async fn again(
    app: &App,
    by: &Actor,
    seen: &place_offer::Model,
) -> Result<Option<(crate::platform::Tx, place_offer::Model, DateTime<Utc>)>> {
    let place = centre::place(&*app.db, seen.organisation_id).await?;
    let tx = app
        .db
        .write_all(by, &[&seen.district, centre::district(&place)])
        .await?;
    let row = place_offer::Entity::find_by_id(seen.id).one(&*tx).await?;
    let row = row.filter(|row| row.state == OfferState::Open);
    Ok(row.map(|row| (tx, row, app.clock.now())))
}

/// Nobody answered until the instant.
async fn expire(app: &App, by: &Actor, seen: &place_offer::Model) -> Result<bool> {
    let Some((tx, row, now)) = again(app, by, seen).await? else {
        return Ok(false);
    };
    if row.expires_at > now {
        return Ok(false);
    }
    let row = service::move_in(&tx, row, OfferState::Expired, |_| {}).await?;
    let details = json!({ "number": row.number, "expired_at": row.expires_at });
    event::record(&tx, by, "place_offer.expired", subject(&row), details).await?;
    tell_centre(&tx, by, &row, "place.expired").await?;
    tell_family(app, &tx, by, &row, "place.expired").await?;
    tx.commit().await?;
    Ok(true)
}

/// The end is near: the family is reminded, once.
async fn remind(app: &App, by: &Actor, seen: &place_offer::Model, calendar: &Calendar) -> Result<bool> {
    if seen.reminded_at.is_some() {
        return Ok(false);
    }
    let today = clock::day_of(app.clock.now());
    let terms: OfferTerms = parameter::get(&*app.db, OfferTerms::CODE, &seen.district, today).await?;
    let near = calendar.add_working_days(today, terms.remind_working_days).0;
    // An offer that was made today is news by itself.
    if near < last_day(seen) || clock::day_of(seen.made_at) >= today {
        return Ok(false);
    }
    let Some((tx, row, now)) = again(app, by, seen).await? else {
        return Ok(false);
    };
    if row.reminded_at.is_some() || row.expires_at <= now {
        return Ok(false);
    }
    let next = row.version;
    let mut reminded = row.into_active_model();
    reminded.reminded_at = Set(Some(now));
    // A form that is open meanwhile stays good: nothing changed that it shows.
    reminded.version = Set(next);
    let row = reminded.update(&*tx).await?;
    let told = tell_family(app, &tx, by, &row, "place.reminder").await?;
    event::record(&tx, by, "place_offer.reminded", subject(&row), json!({ "told": told })).await?;
    tx.commit().await?;
    Ok(true)
}
