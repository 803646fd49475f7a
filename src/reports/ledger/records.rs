//! What the lines of some children are made of: of each kind of record the latest of each child, one query per table.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{
    ChildId, GuardianId, RescreenId,
    child::{guardian, guardianship},
    screening::{assessment, diagnosis, pathway, referral, rescreen, screen},
    task::task,
    words::{AssessmentState, ScreenOutcome},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    platform::Result,
    task::{queries as tasks, rules::those},
};

/// Of each child the last in the order in which rows come.
fn last<T>(rows: Vec<T>, child: impl Fn(&T) -> ChildId) -> BTreeMap<ChildId, T> {
    rows.into_iter().map(|row| (child(&row), row)).collect()
}

/// The latest abnormal screen.
pub(super) async fn screens(
    db: &impl ConnectionTrait,
    children: &[ChildId],
) -> Result<BTreeMap<ChildId, screen::Model>> {
    let rows = screen::Entity::find()
        .filter(screen::Column::ChildId.is_in(children.iter().copied()))
        .filter(screen::Column::Outcome.eq(ScreenOutcome::Abnormal))
        .filter(screen::Column::WithdrawnAt.is_null())
        .order_by_asc(screen::Column::PerformedOn)
        .order_by_asc(screen::Column::Id)
        .all(db)
        .await?;
    Ok(last(rows, |row| row.child_id))
}

/// All referrals, the oldest first.
pub(super) async fn referrals(db: &impl ConnectionTrait, children: &[ChildId]) -> Result<Vec<referral::Model>> {
    Ok(referral::Entity::find()
        .filter(referral::Column::ChildId.is_in(children.iter().copied()))
        .order_by_asc(referral::Column::Id)
        .all(db)
        .await?)
}

/// The latest re-screen.
pub(super) async fn rescreens(
    db: &impl ConnectionTrait,
    children: &[ChildId],
) -> Result<BTreeMap<ChildId, rescreen::Model>> {
    let rows = rescreen::Entity::find()
        .filter(rescreen::Column::ChildId.is_in(children.iter().copied()))
        .filter(rescreen::Column::WithdrawnAt.is_null())
        .order_by_asc(rescreen::Column::PerformedOn)
        .order_by_asc(rescreen::Column::Id)
        .all(db)
        .await?;
    Ok(last(rows, |row| row.child_id))
}

/// The instruments of each re-screen, as they were finished.
pub(super) async fn instruments(
    db: &impl ConnectionTrait,
    children: &[ChildId],
) -> Result<BTreeMap<RescreenId, Vec<assessment::Model>>> {
    let rows = assessment::Entity::find()
        .filter(assessment::Column::ChildId.is_in(children.iter().copied()))
        .filter(assessment::Column::State.eq(AssessmentState::Final))
        .order_by_asc(assessment::Column::Id)
        .all(db)
        .await?;
    let mut instruments: BTreeMap<RescreenId, Vec<assessment::Model>> = BTreeMap::new();
    for row in rows {
        if let Some(rescreen) = row.rescreen_id {
            instruments.entry(rescreen).or_default().push(row);
        }
    }
    Ok(instruments)
}

/// The latest diagnosis.
pub(super) async fn diagnoses(
    db: &impl ConnectionTrait,
    children: &[ChildId],
) -> Result<BTreeMap<ChildId, diagnosis::Model>> {
    let rows = diagnosis::Entity::find()
        .filter(diagnosis::Column::ChildId.is_in(children.iter().copied()))
        .filter(diagnosis::Column::WithdrawnAt.is_null())
        .order_by_asc(diagnosis::Column::DiagnosedOn)
        .order_by_asc(diagnosis::Column::Id)
        .all(db)
        .await?;
    Ok(last(rows, |row| row.child_id))
}

/// Where each child stands.
pub(super) async fn pathways(
    db: &impl ConnectionTrait,
    children: &[ChildId],
) -> Result<BTreeMap<ChildId, pathway::Model>> {
    let rows = pathway::Entity::find()
        .filter(pathway::Column::ChildId.is_in(children.iter().copied()))
        .all(db)
        .await?;
    Ok(last(rows, |row| row.child_id))
}

/// The day by which somebody follows up.
pub(super) async fn follow_ups(
    db: &impl ConnectionTrait,
    children: &[ChildId],
) -> Result<BTreeMap<ChildId, NaiveDate>> {
    // The earliest comes last and stays.
    let rows = task::Entity::find()
        .filter(task::Column::ChildId.is_in(children.iter().copied()))
        .filter(tasks::is_open())
        .filter(tasks::is_one_of(&those(|what| what.recorded)))
        .order_by_desc(task::Column::DueOn)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|task| Some((task.child_id?, task.due_on?)))
        .collect())
}

/// The guardian who is asked first.
pub(super) async fn guardians(
    db: &impl ConnectionTrait,
    children: &[ChildId],
) -> Result<BTreeMap<ChildId, guardian::Model>> {
    let ties = guardianship::Entity::find()
        .filter(guardianship::Column::ChildId.is_in(children.iter().copied()))
        .filter(guardianship::Column::EndedOn.is_null())
        .order_by_asc(guardianship::Column::IsFirst)
        .order_by_desc(guardianship::Column::Id)
        .all(db)
        .await?;
    // The one asked first comes last and stays.
    let first: BTreeMap<ChildId, GuardianId> = ties.into_iter().map(|tie| (tie.child_id, tie.guardian_id)).collect();
    let people: BTreeMap<GuardianId, guardian::Model> = guardian::Entity::find()
        .filter(guardian::Column::Id.is_in(first.values().copied()))
        .all(db)
        .await?
        .into_iter()
        .map(|person| (person.id, person))
        .collect();
    Ok(first
        .into_iter()
        .filter_map(|(child, id)| Some((child, people.get(&id)?.clone())))
        .collect())
}
