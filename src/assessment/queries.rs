//! Reads for assessments. What belongs to a child that is not yours is not found.

use std::collections::BTreeMap;

use entities::{
    AssessmentId, ChildId,
    child::child,
    event::event,
    screening::{assessment, referral},
    words::AssessmentState,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Select};

use crate::{
    access::scope,
    platform::{Actor, Error, Result},
};

/// An assessment and its child. A sheet that is being filled in is found by its rater only.
pub async fn find(
    db: &impl ConnectionTrait,
    by: &Actor,
    id: AssessmentId,
) -> Result<(assessment::Model, child::Model)> {
    let row = assessment::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let child = scope::child(db, by, row.child_id).await?;
    if row.state == AssessmentState::Draft && Some(row.by) != by.account {
        return Err(Error::NotFound);
    }
    Ok((row, child))
}

/// A sheet that the reader is filling in.
///
/// # Errors
/// [`Error::Stale`] when it is finished or given up by now.
pub async fn own_sheet(
    db: &impl ConnectionTrait,
    by: &Actor,
    id: AssessmentId,
) -> Result<(assessment::Model, child::Model)> {
    let (row, child) = find(db, by, id).await?;
    if Some(row.by) != by.account {
        return Err(Error::NotFound);
    }
    if row.state != AssessmentState::Draft {
        return Err(Error::stale());
    }
    Ok((row, child))
}

/// Those of a child, the newest first; sheets that others are filling in are among them.
pub fn of_child(id: ChildId) -> Select<assessment::Entity> {
    assessment::Entity::find()
        .filter(assessment::COLUMN.child_id.eq(id))
        .order_by_desc(assessment::COLUMN.performed_on)
        .order_by_desc(assessment::COLUMN.id)
}

/// Those of a state that somebody filled in, the newest first, with children they may still see.
pub fn of_rater(by: &Actor, state: AssessmentState) -> Result<Select<assessment::Entity>> {
    let visible = scope::child_ids(by);
    Ok(assessment::Entity::find()
        .filter(assessment::COLUMN.by.eq(by.person()?))
        .filter(assessment::COLUMN.state.eq(state))
        .filter(assessment::Column::ChildId.in_subquery(visible))
        .order_by_desc(assessment::COLUMN.performed_on)
        .order_by_desc(assessment::COLUMN.id))
}

/// The sheet of the same instrument that somebody has already begun for a child.
pub async fn begun(
    db: &impl ConnectionTrait,
    by: &Actor,
    child: ChildId,
    code: &str,
) -> Result<Option<assessment::Model>> {
    Ok(assessment::Entity::find()
        .filter(assessment::COLUMN.child_id.eq(child))
        .filter(assessment::COLUMN.instrument.eq(code))
        .filter(assessment::COLUMN.by.eq(by.person()?))
        .filter(assessment::COLUMN.state.eq(AssessmentState::Draft))
        .filter(assessment::COLUMN.round.is_null())
        .one(db)
        .await?)
}

/// The second rating of each of some first ones, finished or being filled in.
pub async fn seconds(
    db: &impl ConnectionTrait,
    first: impl IntoIterator<Item = AssessmentId>,
) -> Result<BTreeMap<AssessmentId, assessment::Model>> {
    let found = assessment::Entity::find()
        .filter(assessment::Column::Round.is_in(first))
        .filter(assessment::COLUMN.state.ne(AssessmentState::Withdrawn))
        .all(db)
        .await?;
    Ok(found.into_iter().filter_map(|row| Some((row.round?, row))).collect())
}

/// The second rating of a first one.
pub async fn second(db: &impl ConnectionTrait, first: AssessmentId) -> Result<Option<assessment::Model>> {
    Ok(seconds(db, [first]).await?.remove(&first))
}

/// How many ratings of a round are not withdrawn, besides the first.
pub async fn has_second(db: &impl ConnectionTrait, first: AssessmentId) -> Result<bool> {
    Ok(second(db, first).await?.is_some())
}

/// Whether the second rater had opened the first rater's sheet before finishing their own.
pub async fn saw_the_first(db: &impl ConnectionTrait, second: &assessment::Model) -> Result<bool> {
    let Some(first) = second.round else { return Ok(false) };
    let mut opened = event::Entity::find()
        .filter(event::COLUMN.child_id.eq(second.child_id))
        .filter(event::COLUMN.subject_kind.eq("assessment"))
        .filter(event::COLUMN.subject_id.eq(first.0))
        .filter(event::COLUMN.account_id.eq(second.by))
        .filter(event::COLUMN.refused.eq(false));
    if let Some(finished_at) = second.finished_at {
        opened = opened.filter(event::COLUMN.at.lt(finished_at));
    }
    Ok(opened.count(db).await? > 0)
}

/// The children of some assessments.
pub async fn children_of(
    db: &impl ConnectionTrait,
    rows: &[assessment::Model],
) -> Result<BTreeMap<ChildId, child::Model>> {
    let found = child::Entity::find()
        .filter(child::Column::Id.is_in(rows.iter().map(|row| row.child_id)))
        .all(db)
        .await?;
    Ok(found.into_iter().map(|row| (row.id, row)).collect())
}

/// The referral that a sheet is filled in for, when it asks the reader's organisation to see that child.
pub async fn referral_here(
    db: &impl ConnectionTrait,
    by: &Actor,
    child: ChildId,
    id: entities::ReferralId,
) -> Result<referral::Model> {
    referral::Entity::find_by_id(id)
        .filter(referral::COLUMN.child_id.eq(child))
        .filter(referral::COLUMN.to_organisation_id.eq(by.organisation()?))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}
