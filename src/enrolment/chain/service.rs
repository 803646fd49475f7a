//! Drafting a version of the chain, putting it in force, taking it back; and pinning the version that an application goes by.

use chrono::NaiveDate;
use entities::{
    ReviewChainId,
    enrolment::review_chain,
    words::{ChainState, ReviewKind},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use serde_json::json;

use super::{known, queries, shipped};
use crate::platform::{
    Actor, App, Error, Result, Tx, Version,
    approval::Chain,
    event::{self, Subject},
};

/// A version as it is drafted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChain {
    /// The day from which it is to hold.
    pub valid_from: NaiveDate,
    /// The norm or decision that it follows.
    pub source: String,
    /// The stages and steps.
    pub chain: Chain,
}

async fn next_number(db: &impl ConnectionTrait, kind: ReviewKind, district: &str) -> Result<i32> {
    let last = review_chain::Entity::find()
        .filter(review_chain::COLUMN.kind.eq(kind))
        .filter(review_chain::COLUMN.district.eq(district))
        .order_by_desc(review_chain::COLUMN.number)
        .one(db)
        .await?;
    Ok(last.map_or(1, |row| row.number + 1))
}

fn row(
    district: &str,
    number: i32,
    new: &NewChain,
    state: ChainState,
    by: &Actor,
) -> Result<review_chain::ActiveModel> {
    Ok(review_chain::ActiveModel {
        id: NotSet,
        district: Set(district.to_owned()),
        kind: Set(ReviewKind::Enrolment),
        number: Set(number),
        state: Set(state),
        valid_from: Set(new.valid_from),
        definition: Set(serde_json::to_value(&new.chain)?),
        source: Set(new.source.clone()),
        made_by: Set(by.account),
        made_at: Set(by.now),
        decided_by: Set(None),
        decided_at: Set(None),
        version: Set(1),
    })
}

/// The version that an application of a district goes by that is submitted today. Where nobody put one in force, the one that
/// the program brings becomes the district's first, so that a later edition of the program changes nothing under way.
pub async fn pin_in(tx: &Tx, by: &Actor, district: &str) -> Result<ReviewChainId> {
    if let Some(row) = queries::in_force(&**tx, ReviewKind::Enrolment, district, by.today()).await? {
        return Ok(row.id);
    }
    let shipped = shipped::chain()?;
    let new = NewChain {
        valid_from: shipped.valid_from,
        source: shipped.source,
        chain: shipped.chain,
    };
    let number = next_number(&**tx, ReviewKind::Enrolment, district).await?;
    let pinned = row(district, number, &new, ChainState::InForce, by)?
        .insert(&**tx)
        .await?;
    let details = json!({ "district": district, "number": number });
    event::record(tx, by, "review_chain.shipped", subject(pinned.id), details).await?;
    Ok(pinned.id)
}

fn subject(id: ReviewChainId) -> Subject {
    Subject::new("review_chain", id.0)
}

fn must_be_whole(chain: &Chain) -> Result<()> {
    match known::flaws(chain).into_iter().next() {
        None => Ok(()),
        Some(flaw) => Err(Error::refused(flaw.say)),
    }
}

/// Keep a draft of a version; it holds nowhere before it is put in force.
///
/// # Errors
/// Refused when it contradicts itself: the form has said so before.
pub async fn draft(app: &App, by: &Actor, new: &NewChain) -> Result<ReviewChainId> {
    must_be_whole(&new.chain)?;
    let district = by.district().to_owned();
    let tx = app.db.write(by, &district).await?;
    let number = next_number(&*tx, ReviewKind::Enrolment, &district).await?;
    let made = row(&district, number, new, ChainState::Draft, by)?.insert(&*tx).await?;
    let details = json!({ "district": district, "number": number, "valid_from": new.valid_from });
    event::record(&tx, by, "review_chain.drafted", subject(made.id), details).await?;
    tx.commit().await?;
    Ok(made.id)
}

async fn own(app: &App, by: &Actor, id: ReviewChainId, version: Version) -> Result<(Tx, review_chain::Model)> {
    let seen = queries::find(&*app.db, by, id).await?;
    if !seen.district.starts_with(by.coverage()) {
        return Err(Error::refused("review_chain.not_yours"));
    }
    let tx = app.db.write(by, &seen.district).await?;
    let row = queries::find(&*tx, by, id).await?;
    version.is_still(row.version)?;
    Ok((tx, row))
}

/// Change a draft.
///
/// # Errors
/// Refused when it is in force: another version is drafted then.
pub async fn change(app: &App, by: &Actor, id: ReviewChainId, version: Version, new: &NewChain) -> Result<()> {
    must_be_whole(&new.chain)?;
    let (tx, row) = own(app, by, id, version).await?;
    if row.state != ChainState::Draft {
        return Err(Error::refused("review_chain.not_a_draft"));
    }
    let next = row.version + 1;
    let mut row = row.into_active_model();
    row.valid_from = Set(new.valid_from);
    row.source = Set(new.source.clone());
    row.definition = Set(serde_json::to_value(&new.chain)?);
    row.version = Set(next);
    row.update(&*tx).await?;
    let details = json!({ "valid_from": new.valid_from });
    event::record(&tx, by, "review_chain.changed", subject(id), details).await?;
    tx.commit().await
}

/// Put a draft in force from its day on: today at the earliest. What is under way keeps its version.
///
/// # Errors
/// Refused when its day is over.
pub async fn put_in_force(app: &App, by: &Actor, id: ReviewChainId, version: Version) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    if row.state != ChainState::Draft {
        return Err(Error::refused("review_chain.not_a_draft"));
    }
    if row.valid_from < by.today() {
        return Err(Error::refused("review_chain.past"));
    }
    must_be_whole(&queries::definition(&row)?)?;
    decide_in(&tx, by, row, ChainState::InForce, "review_chain.in_force").await?;
    tx.commit().await
}

/// Take a version back: nothing new goes by it.
pub async fn withdraw(app: &App, by: &Actor, id: ReviewChainId, version: Version) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    if row.state == ChainState::Withdrawn {
        return Err(Error::stale());
    }
    decide_in(&tx, by, row, ChainState::Withdrawn, "review_chain.withdrawn").await?;
    tx.commit().await
}

async fn decide_in(tx: &Tx, by: &Actor, row: review_chain::Model, state: ChainState, action: &str) -> Result<()> {
    let id = row.id;
    let details = json!({ "district": row.district, "number": row.number, "valid_from": row.valid_from });
    let next = row.version + 1;
    let mut row = row.into_active_model();
    row.state = Set(state);
    row.decided_by = Set(by.account);
    row.decided_at = Set(Some(by.now));
    row.version = Set(next);
    row.update(&**tx).await?;
    event::record(tx, by, action, subject(id), details).await
}
