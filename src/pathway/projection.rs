//! A child's place in the chain as a row, and the tasks that move it on: worked out anew by every write that touched the
//! child.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{
    AccountId, ChildId, DepartureId, NoticeId, OrganisationId, PlannedCheckId,
    account::account,
    child::{child, departure},
    communication::notice,
    screening::{diagnosis, pathway, planned_check, referral, rescreen, screen},
    words::{CheckState, TaskState, What},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef, sea_query::OnConflict,
};

use super::{
    around::Places,
    rows::{Pending, Rows, Unread},
    standing::{Standing, standing},
    tasks,
};
use crate::{
    notifications::RESULTS,
    platform::{Actor, Projection, Result, Touched, Tx, clock},
};

/// Kept up to date by every write.
pub const PROJECTION: Projection = Projection {
    name: "pathway",
    run: |tx, by, touched| Box::pin(run(tx, by, touched)),
};

/// Children worked out at once: a row of the answer has eight variables, and SQLite takes 32,766 a statement.
const AT_ONCE: usize = 2000;

async fn run(tx: &Tx, by: &Actor, touched: &Touched) -> Result<()> {
    let mut places = Places::default();
    for some in touched.children().chunks(AT_ONCE) {
        refresh(tx, by, some, &mut places).await?;
    }
    Ok(())
}

async fn refresh(tx: &Tx, by: &Actor, ids: &[ChildId], places: &mut Places) -> Result<()> {
    let db = &**tx;
    let files = child::Entity::find()
        .filter(child::COLUMN.id.is_in(ids.iter().copied()))
        .order_by_asc(child::COLUMN.id)
        .all(db)
        .await?;
    let (merged, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.merged_into.is_some());
    if !merged.is_empty() {
        pathway::Entity::delete_many()
            .filter(pathway::COLUMN.child_id.is_in(merged.iter().map(|file| file.id)))
            .exec(db)
            .await?;
        tasks::end_of_merged(tx, by, &merged).await?;
    }
    let mut all = load_all(db, &files).await?;
    let around = tasks::settle(tx, by, &files, &mut all, places).await?;
    let mut rows = Vec::with_capacity(files.len());
    for file in &files {
        if let (Some(known), Some(around)) = (all.get(&file.id), around.get(&file.id)) {
            rows.push(row(file, &standing(known, around, by.today())));
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    pathway::Entity::insert_many(rows)
        .on_conflict(
            OnConflict::column(pathway::Column::ChildId)
                .update_columns([
                    pathway::Column::District,
                    pathway::Column::Street,
                    pathway::Column::Stage,
                    pathway::Column::OrganisationId,
                    pathway::Column::ReferralId,
                    pathway::Column::SinceOn,
                    pathway::Column::DueOn,
                ])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The row itself, for bulk writers.
pub fn row(file: &child::Model, standing: &Standing) -> pathway::ActiveModel {
    pathway::ActiveModel {
        child_id: Set(file.id),
        district: Set(file.district.clone()),
        street: Set(file.street.clone()),
        stage: Set(standing.stage),
        organisation_id: Set(standing.organisation),
        referral_id: Set(standing.referral),
        since_on: Set(standing.since_on),
        due_on: Set(standing.due_on),
    }
}

/// Everything a child's place depends on.
pub async fn load(db: &impl ConnectionTrait, file: &child::Model) -> Result<Rows> {
    let mut all = load_all(db, std::slice::from_ref(file)).await?;
    Ok(all.remove(&file.id).unwrap_or_default())
}

/// The same for many children, by one question for each table.
async fn load_all(db: &impl ConnectionTrait, files: &[child::Model]) -> Result<BTreeMap<ChildId, Rows>> {
    let mut all: BTreeMap<ChildId, Rows> = files
        .iter()
        .map(|file| {
            let rows = Rows {
                known_since: clock::day_of(file.created_at),
                ..Rows::default()
            };
            (file.id, rows)
        })
        .collect();
    if all.is_empty() {
        return Ok(all);
    }
    let ids = || files.iter().map(|file| file.id);
    departed(db, files, &mut all).await?;
    let checks: Vec<(ChildId, PlannedCheckId, NaiveDate, NaiveDate, NaiveDate)> = planned_check::Entity::find()
        .select_only()
        .columns([
            planned_check::Column::ChildId,
            planned_check::Column::Id,
            planned_check::Column::OpensOn,
            planned_check::Column::DueOn,
            planned_check::Column::ClosesOn,
        ])
        .filter(planned_check::COLUMN.child_id.is_in(ids()))
        .filter(planned_check::COLUMN.state.eq(CheckState::Pending))
        .into_tuple()
        .all(db)
        .await?;
    for (child, id, opens_on, due_on, closes_on) in checks {
        all.entry(child).or_default().pending.push(Pending {
            id,
            opens_on,
            due_on,
            closes_on,
        });
    }
    let screens = screen::Entity::find()
        .filter(screen::COLUMN.child_id.is_in(ids()))
        .filter(screen::COLUMN.withdrawn_at.is_null())
        .order_by_asc(screen::COLUMN.id);
    for row in screens.all(db).await? {
        all.entry(row.child_id).or_default().screens.push(row);
    }
    let referrals = referral::Entity::find()
        .filter(referral::COLUMN.child_id.is_in(ids()))
        .order_by_asc(referral::COLUMN.id);
    for row in referrals.all(db).await? {
        all.entry(row.child_id).or_default().referrals.push(row);
    }
    let rescreens = rescreen::Entity::find()
        .filter(rescreen::COLUMN.child_id.is_in(ids()))
        .filter(rescreen::COLUMN.withdrawn_at.is_null())
        .order_by_asc(rescreen::COLUMN.id);
    for row in rescreens.all(db).await? {
        all.entry(row.child_id).or_default().rescreens.push(row);
    }
    for (child, unread) in unread(db, ids().collect()).await? {
        all.entry(child).or_default().unread.push(unread);
    }
    for (child, tasks) in tasks::tasks_of(db, ids()).await? {
        all.entry(child).or_default().tasks = tasks;
    }
    read(db, &mut all).await?;
    let diagnoses = diagnosis::Entity::find()
        .filter(diagnosis::COLUMN.child_id.is_in(ids()))
        .filter(diagnosis::COLUMN.withdrawn_at.is_null())
        .order_by_asc(diagnosis::COLUMN.id);
    for row in diagnoses.all(db).await? {
        all.entry(row.child_id).or_default().diagnoses.push(row);
    }
    Ok(all)
}

/// The departures in force.
async fn departed(db: &impl ConnectionTrait, files: &[child::Model], all: &mut BTreeMap<ChildId, Rows>) -> Result<()> {
    let in_force: Vec<DepartureId> = files.iter().filter_map(|file| file.departure_id).collect();
    if in_force.is_empty() {
        return Ok(());
    }
    let departures = departure::Entity::find()
        .filter(departure::COLUMN.id.is_in(in_force))
        .filter(departure::COLUMN.undone_at.is_null());
    let left: BTreeMap<DepartureId, NaiveDate> = departures
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.left_on))
        .collect();
    for file in files {
        let left_on = file.departure_id.and_then(|id| left.get(&id)).copied();
        all.entry(file.id).or_default().left_on = left_on;
    }
    Ok(())
}

/// What came back and was not read, of those who can still read it.
async fn unread(db: &impl ConnectionTrait, children: Vec<ChildId>) -> Result<Vec<(ChildId, Unread)>> {
    let account: RelationDef = notice::Entity::belongs_to(account::Entity)
        .from(notice::Column::AccountId)
        .to(account::Column::Id)
        .into();
    let rows: Vec<(NoticeId, Option<ChildId>, AccountId, OrganisationId)> = notice::Entity::find()
        .join(JoinType::InnerJoin, account)
        .select_only()
        .columns([notice::Column::Id, notice::Column::ChildId, notice::Column::AccountId])
        .column(account::Column::OrganisationId)
        .filter(notice::COLUMN.child_id.is_in(children))
        .filter(notice::COLUMN.read_at.is_null())
        .filter(notice::COLUMN.template.is_in(RESULTS.iter().copied()))
        .filter(account::COLUMN.disabled_at.is_null())
        .order_by_asc(notice::COLUMN.id)
        .into_tuple()
        .all(db)
        .await?;
    let unread = |(notice, child, account, organisation): (_, Option<ChildId>, _, _)| {
        Some((
            child?,
            Unread {
                notice,
                account,
                organisation,
            },
        ))
    };
    Ok(rows.into_iter().filter_map(unread).collect())
}

/// What came back, still is somebody's to read, and was read.
async fn read(db: &impl ConnectionTrait, all: &mut BTreeMap<ChildId, Rows>) -> Result<()> {
    let asked: BTreeMap<NoticeId, ChildId> = all
        .iter()
        .flat_map(|(child, rows)| rows.tasks.iter().map(|task| (*child, task)))
        .filter(|(_, task)| task.what == What::ReadResult && task.state == TaskState::Open)
        .map(|(child, task)| (NoticeId(task.focus_id), child))
        .collect();
    if asked.is_empty() {
        return Ok(());
    }
    let notices: Vec<NoticeId> = notice::Entity::find()
        .select_only()
        .column(notice::Column::Id)
        .filter(notice::COLUMN.id.is_in(asked.keys().copied()))
        .filter(notice::COLUMN.read_at.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    for notice in notices {
        if let Some(rows) = asked.get(&notice).and_then(|child| all.get_mut(child)) {
            rows.read.push(notice);
        }
    }
    Ok(())
}
