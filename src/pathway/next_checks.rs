//! What the calendar changes, without anybody writing anything: a window opens or closes, and children move on to their next
//! check.

use std::time::Duration;

use chrono::NaiveDate;
use entities::{
    ChildId, OrganisationId, PlannedCheckId,
    child::child,
    screening::{pathway, planned_check},
    task::task,
    words::{CheckState, Focus, Role, Stage, TaskState, What},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    RelationDef,
    sea_query::{Expr, ExprTrait as _, Query, SimpleExpr, SubQueryStatement},
};

use super::around::Places;
use crate::{
    platform::{Actor, App, Db, Result, Tx, sweep::Sweep},
    task::{
        queries as tasks,
        rules::{Due, Wanted},
        service::{About, end_all_of_in, hand_all_of_over_in, insert_in, row},
    },
};

/// Several times a day.
pub const SWEEP: Sweep = Sweep {
    name: "next-checks",
    every: Duration::from_secs(6 * 60 * 60),
    run: |app, by| Box::pin(run(app, by)),
};

/// Rows written at once.
const AT_ONCE: u64 = 1000;

/// Give every watched child whose date has passed the date of the check that is next, and make the tasks of the sites those
/// whose window is open. Children that left stay as they are, and so do their cancelled checks.
pub async fn run(app: &App, by: &Actor) -> Result<String> {
    let children = move_on(app, by).await?;
    let (opened, closed) = windows(&app.db, by).await?;
    Ok(format!("children={children}, opened={opened}, closed={closed}"))
}

async fn move_on(app: &App, by: &Actor) -> Result<u64> {
    let today = by.today();
    let next = planned_check::Entity::find()
        .select_only()
        .expr(Expr::col((planned_check::Entity, planned_check::Column::DueOn)).min())
        .filter(
            Expr::col((planned_check::Entity, planned_check::Column::ChildId))
                .equals((pathway::Entity, pathway::Column::ChildId)),
        )
        .filter(planned_check::COLUMN.state.eq(CheckState::Pending))
        .filter(planned_check::COLUMN.closes_on.gte(today))
        .into_query();
    let next = SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(next)));
    let tx = app.db.write(by, "").await?;
    let done = pathway::Entity::update_many()
        .col_expr(pathway::Column::DueOn, next)
        .filter(pathway::COLUMN.stage.is_in([Stage::Watching, Stage::OtherFinding]))
        .filter(pathway::COLUMN.due_on.lt(today))
        .exec(&*tx)
        .await?;
    tx.commit_quietly().await?;
    Ok(done.rows_affected)
}

/// The checks whose window is open on a day.
fn is_due(today: NaiveDate) -> Condition {
    Condition::all()
        .add(planned_check::COLUMN.state.eq(CheckState::Pending))
        .add(planned_check::COLUMN.opens_on.lte(today))
        .add(planned_check::COLUMN.closes_on.gte(today))
}

/// Open and close the tasks of the sites by the calendar, in bulk. Returns how many.
pub(super) async fn windows(db: &Db, by: &Actor) -> Result<(usize, u64)> {
    let tx = db.write(by, "").await?;
    let closed = close_in(&tx, by).await?;
    let mut places = Places::default();
    hand_over_in(&tx, &mut places).await?;
    let (mut opened, mut after) = (0, PlannedCheckId(0));
    loop {
        let due = without_a_task(&*tx, by.today(), after).await?;
        let Some(last) = due.last() else { break };
        after = last.0;
        opened += open_in(&tx, by, &mut places, due).await?;
    }
    tx.commit_quietly().await?;
    Ok((opened, closed))
}

/// A window that closed was missed; what was done or given up ended with the write that did it.
async fn close_in(tx: &Tx, by: &Actor) -> Result<u64> {
    let due = Query::select()
        .expr(Expr::cust("1"))
        .from(planned_check::Entity)
        .cond_where(is_due(by.today()))
        .and_where(
            Expr::col((planned_check::Entity, planned_check::Column::Id)).equals((task::Entity, task::Column::FocusId)),
        )
        .to_owned();
    let over = tasks::is_one_of(&[What::Screen]).add(Expr::exists(due).not());
    end_all_of_in(&**tx, by, over, TaskState::Cancelled).await
}

/// Open windows whose site closed, or is not the nearest any more, are the next one's.
async fn hand_over_in(tx: &Tx, places: &mut Places) -> Result<()> {
    let of_child: RelationDef = task::Entity::belongs_to(child::Entity)
        .from(task::Column::ChildId)
        .to(child::Column::Id)
        .into();
    let lived: Vec<(OrganisationId, String)> = task::Entity::find()
        .join(JoinType::InnerJoin, of_child)
        .select_only()
        .column(task::Column::OrganisationId)
        .column(child::Column::Division)
        .distinct()
        .filter(tasks::is_open())
        .filter(tasks::is_one_of(&[What::Screen]))
        .into_tuple()
        .all(&**tx)
        .await?;
    for (site, division) in lived {
        let Some(nearest) = places.site(&**tx, &division).await?.filter(|nearest| *nearest != site) else {
            continue;
        };
        let there = Query::select()
            .column((child::Entity, child::Column::Id))
            .from(child::Entity)
            .and_where(child::COLUMN.division.eq(division.as_str()))
            .to_owned();
        let theirs = tasks::is_one_of(&[What::Screen])
            .add(task::COLUMN.organisation_id.eq(site))
            .add(task::Column::ChildId.in_subquery(there));
        hand_all_of_over_in(tx, theirs, nearest).await?;
    }
    Ok(())
}

/// A check, its child, the last day of its window, and where the child lives.
type DueCheck = (PlannedCheckId, ChildId, NaiveDate, String, String);

async fn without_a_task(db: &impl ConnectionTrait, today: NaiveDate, after: PlannedCheckId) -> Result<Vec<DueCheck>> {
    let of_child: RelationDef = planned_check::Entity::belongs_to(child::Entity)
        .from(planned_check::Column::ChildId)
        .to(child::Column::Id)
        .into();
    let known = Query::select()
        .expr(Expr::cust("1"))
        .from(task::Entity)
        .cond_where(tasks::is_open().add(task::COLUMN.focus.eq(Focus::PlannedCheck)))
        .and_where(
            Expr::col((task::Entity, task::Column::FocusId)).equals((planned_check::Entity, planned_check::Column::Id)),
        )
        .to_owned();
    Ok(planned_check::Entity::find()
        .join(JoinType::InnerJoin, of_child)
        .select_only()
        .columns([
            planned_check::Column::Id,
            planned_check::Column::ChildId,
            planned_check::Column::ClosesOn,
        ])
        .columns([child::Column::District, child::Column::Division])
        .filter(is_due(today))
        .filter(planned_check::COLUMN.id.gt(after))
        .filter(child::COLUMN.merged_into.is_null())
        .filter(child::COLUMN.departure_id.is_null())
        .filter(Expr::exists(known).not())
        .order_by_asc(planned_check::COLUMN.id)
        .limit(AT_ONCE)
        .into_tuple()
        .all(db)
        .await?)
}

async fn open_in(tx: &Tx, by: &Actor, places: &mut Places, due: Vec<DueCheck>) -> Result<usize> {
    let mut rows = Vec::with_capacity(due.len());
    for (check, child, closes_on, district, division) in due {
        let Some(organisation) = places.site(&**tx, &division).await? else {
            continue;
        };
        let about = About {
            district: &district,
            child: Some(child),
        };
        let one = Wanted {
            what: What::Screen,
            focus: (Focus::PlannedCheck, check.0),
            leads: false,
            organisation,
            role: Role::Screener,
            owner: None,
            due: Due::On(closes_on),
        };
        rows.push(row(by, about, &one, Some(closes_on)));
    }
    let opened = rows.len();
    insert_in(tx, rows).await?;
    Ok(opened)
}
