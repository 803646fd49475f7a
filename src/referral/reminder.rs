//! The day before an appointment its family is reminded, once for each appointment.

use std::time::Duration;

use chrono::TimeDelta;
use entities::{
    ChildId, communication::message, organisation::organisation, screening::referral, words::ReferralState,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use crate::{
    notifications::telling,
    platform::{
        Actor, App, Result, clock,
        event::{self, Subject},
        sweep::{Outcome, Sweep},
    },
};

const TEMPLATE: &str = "referral.appointment_tomorrow";

/// Runs through the day; the outbox keeps one message for one appointment.
pub const SWEEP: Sweep = Sweep {
    name: "remind",
    every: Duration::from_secs(60 * 60),
    run: |app, by| Box::pin(run(app, by)),
};

async fn run(app: &App, by: &Actor) -> Result<Outcome> {
    let tomorrow = clock::next_day(by.today());
    let from = clock::start_of(tomorrow);
    let rows = referral::Entity::find()
        .filter(referral::COLUMN.state.eq(ReferralState::Appointed))
        .filter(referral::COLUMN.appointment_at.gte(from))
        .filter(referral::COLUMN.appointment_at.lt(from + TimeDelta::days(1)))
        .order_by_asc(referral::COLUMN.id)
        .all(&*app.db)
        .await?;
    let mut reminded = 0;
    for row in rows {
        reminded += usize::from(remind(app, by, &row).await?);
    }
    Ok(format!("reminded={reminded}"))
}

/// Remind one family, unless that was done for this appointment.
async fn remind(app: &App, by: &Actor, seen: &referral::Model) -> Result<bool> {
    let tx = app.db.write(by, &seen.district).await?;
    let Some(row) = referral::Entity::find_by_id(seen.id).one(&*tx).await? else {
        return Ok(false);
    };
    let (ReferralState::Appointed, Some(at)) = (row.state, row.appointment_at) else {
        return Ok(false);
    };
    let cause = format!("referral/{}/reminder/{}", row.id, at.timestamp());
    if was_sent(&*tx, row.child_id, &cause).await? {
        return Ok(false);
    }
    let place = organisation::Entity::find_by_id(row.to_organisation_id)
        .one(&*tx)
        .await?;
    let params = json!({
        "at": clock::shown(at),
        "place": place.as_ref().map(|p| p.name.clone()),
        "address": place.as_ref().and_then(|p| p.address.clone()).unwrap_or_default(),
        "phone": place.as_ref().and_then(|p| p.phone.clone()).unwrap_or_default(),
    });
    let told = telling::tell_guardians(app, &tx, by, row.child_id, TEMPLATE, params, &cause).await?;
    if told == 0 {
        return Ok(false);
    }
    let subject = Subject::of_child("referral", row.id.0, row.child_id);
    event::record(
        &tx,
        by,
        "referral.reminded",
        subject,
        json!({ "told": told, "appointment_at": at }),
    )
    .await?;
    tx.commit().await?;
    Ok(true)
}

/// One of the family's reminders has this cause already.
async fn was_sent(db: &impl sea_orm::ConnectionTrait, child: ChildId, cause: &str) -> Result<bool> {
    let sent = message::Entity::find()
        .filter(message::COLUMN.child_id.eq(child))
        .filter(message::COLUMN.template.eq(TEMPLATE))
        .all(db)
        .await?;
    let part = format!(":{cause}:");
    Ok(sent.iter().any(|m| m.dedupe_key.contains(&part)))
}
