//! Opening, changing and ending tasks, in the transaction of whoever caused it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::{
    ChildId, OrganisationId, TaskId,
    task::task,
    words::{Focus, TaskState},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, IntoCondition, OnConflict},
};
use serde_json::json;

use super::{
    queries,
    rules::{self, Due, Plan, Terms, Wanted},
};
use crate::platform::{
    Actor, Result, Tx,
    event::{self, Subject},
};

/// Rows of one statement: SQLite takes 32,766 variables.
const AT_ONCE: usize = 1500;

/// Where tasks belong.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The district whose rules and federation they are under.
    pub district: &'a str,
    /// The child whose they are.
    pub child: Option<ChildId>,
}

/// What is to be written about one child (or anything else): where it belongs, what, and the days of terms that begin today.
#[derive(Debug)]
pub struct Job<'r> {
    /// Where.
    pub about: About<'r>,
    /// What.
    pub plan: Plan<'r>,
    /// Days, where [`Plan::begins_a_term`].
    pub terms: Option<Terms>,
}

impl Job<'_> {
    fn day(&self, due: Due) -> Result<Option<NaiveDate>> {
        match (due, self.terms) {
            (Due::On(day), _) => Ok(Some(day)),
            (Due::Never, _) => Ok(None),
            (Due::Within(term), Some(terms)) => Ok(Some(terms.day(term))),
            (Due::Within(_), None) => Err(anyhow::anyhow!("a term begins whose days were not looked up").into()),
        }
    }
}

/// Tasks of which people are told, and with which ties and events begin.
#[derive(Debug, Default)]
pub struct Written {
    /// Opened.
    pub opened: Vec<task::Model>,
    /// Another organisation's now.
    pub handed_over: Vec<task::Model>,
}

/// Make the open tasks of many those that are wanted. What is an event of its own is written one by one; all else, which is
/// most of it, at once.
pub async fn carry_out_in(tx: &Tx, by: &Actor, jobs: &[Job<'_>]) -> Result<Written> {
    end_all_in(tx, by, jobs).await?;
    let mut written = Written::default();
    for job in jobs {
        // At most one leads: who does not any more goes first.
        let mut changes: Vec<_> = job.plan.change.iter().collect();
        changes.sort_by_key(|(task, one)| !(task.leads && !one.leads));
        for (task, one) in changes {
            let changed = change_in(tx, by, job, task, one).await?;
            if changed.organisation_id != task.organisation_id {
                written.handed_over.push(changed);
            }
        }
        for (task, one) in &job.plan.reopen {
            reopen_in(tx, by, job.about, task, one).await?;
        }
    }
    let mut quiet = Vec::new();
    for job in jobs {
        for one in &job.plan.open {
            let row = row(by, job.about, one, job.day(one.due)?);
            if rules::of(one.what).recorded {
                let opened = row.insert(&**tx).await?;
                record_in(tx, by, &opened, "task.opened").await?;
                written.opened.push(opened);
            } else {
                quiet.push(row);
            }
        }
    }
    let mut quiet = quiet.into_iter().peekable();
    while quiet.peek().is_some() {
        let some: Vec<_> = quiet.by_ref().take(AT_ONCE).collect();
        insert_in(tx, some).await?;
    }
    Ok(written)
}

/// A row that tasks are about, and what it calls for now.
#[derive(Debug)]
pub struct Asked<'a> {
    /// Where its tasks belong.
    pub about: About<'a>,
    /// Its number.
    pub focus: i64,
    /// What is to be done; nothing when it is at rest.
    pub wanted: Vec<Wanted>,
    /// How that ends which is not wanted any more.
    pub ending: TaskState,
    /// Days, where a term may begin ([`Due::Within`]).
    pub terms: Option<Terms>,
}

/// Make the open tasks about some rows of one kind those that they call for: what a projection of a feature's own rows ends
/// with. What was only cancelled goes on where it was.
pub async fn settle_in(tx: &Tx, by: &Actor, focus: Focus, asked: &[Asked<'_>]) -> Result<Written> {
    let mut known: BTreeMap<i64, Vec<task::Model>> = BTreeMap::new();
    for some in asked.chunks(AT_ONCE) {
        let rows = task::Entity::find()
            .filter(task::COLUMN.state.is_in([TaskState::Open, TaskState::Cancelled]))
            .filter(task::COLUMN.focus.eq(focus))
            .filter(task::COLUMN.focus_id.is_in(some.iter().map(|one| one.focus)))
            .order_by_asc(task::COLUMN.id)
            .all(&**tx)
            .await?;
        for row in rows {
            known.entry(row.focus_id).or_default().push(row);
        }
    }
    let jobs: Vec<Job<'_>> = asked
        .iter()
        .map(|one| Job {
            about: one.about,
            plan: Plan::of(known.get(&one.focus).map_or(&[], Vec::as_slice), &one.wanted, |_| {
                one.ending
            }),
            terms: one.terms,
        })
        .filter(|job| !job.plan.is_empty())
        .collect();
    carry_out_in(tx, by, &jobs).await
}

/// Tasks that begin in bulk; one that another transaction opened a moment ago is there already.
pub async fn insert_in(tx: &Tx, rows: Vec<task::ActiveModel>) -> Result<()> {
    if !rows.is_empty() {
        task::Entity::insert_many(rows)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(&**tx)
            .await?;
    }
    Ok(())
}

async fn end_all_in(tx: &Tx, by: &Actor, jobs: &[Job<'_>]) -> Result<()> {
    let mut quiet: BTreeMap<TaskState, Vec<TaskId>> = BTreeMap::new();
    for (task, state) in jobs.iter().flat_map(|job| &job.plan.end) {
        if rules::of(task.what).recorded {
            end_in(tx, by, task, *state, None).await?;
        } else {
            quiet.entry(*state).or_default().push(task.id);
        }
    }
    for (state, ids) in quiet {
        for some in ids.chunks(AT_ONCE) {
            let these = Condition::all().add(task::COLUMN.id.is_in(some.iter().copied()));
            end_all_of_in(&**tx, by, these, state).await?;
        }
    }
    Ok(())
}

/// End all open tasks that a condition is about, in bulk and without an event: for what the calendar or a reader settles.
/// Returns how many.
pub async fn end_all_of_in(
    db: &impl ConnectionTrait,
    by: &Actor,
    which: impl IntoCondition,
    state: TaskState,
) -> Result<u64> {
    let ended = task::Entity::update_many()
        .col_expr(task::Column::State, Expr::value(state))
        .col_expr(task::Column::Leads, Expr::value(false))
        .col_expr(task::Column::EndedAt, Expr::value(Some(by.now)))
        .col_expr(task::Column::EndedBy, Expr::value(by.account))
        .col_expr(task::Column::Version, Expr::col(task::Column::Version).add(1))
        .filter(queries::is_open())
        .filter(which.into_condition())
        .exec(db)
        .await?;
    Ok(ended.rows_affected)
}

/// All open tasks that a condition is about are another organisation's now, in bulk and without an event.
pub async fn hand_all_of_over_in(tx: &Tx, which: impl IntoCondition, to: OrganisationId) -> Result<()> {
    task::Entity::update_many()
        .col_expr(task::Column::OrganisationId, Expr::value(to))
        .col_expr(task::Column::Version, Expr::col(task::Column::Version).add(1))
        .filter(queries::is_open())
        .filter(which.into_condition())
        .exec(&**tx)
        .await?;
    Ok(())
}

/// The open tasks of a child stand under the district where it lives.
pub async fn place_in(tx: &Tx, child: ChildId, district: &str) -> Result<()> {
    task::Entity::update_many()
        .col_expr(task::Column::District, Expr::value(district))
        .filter(queries::is_open())
        .filter(task::COLUMN.child_id.eq(child))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// What a task is about hangs on another child now, and so does the task. An open one leads again when it is worked out
/// that it does.
pub async fn follow_in(tx: &Tx, task: &task::Model, child: Option<ChildId>) -> Result<()> {
    let change = task::ActiveModel {
        id: Set(task.id),
        child_id: Set(child),
        leads: Set(task.leads && task.state != TaskState::Open),
        ..Default::default()
    };
    change.update(&**tx).await?;
    Ok(())
}

/// Silence about it has climbed so far.
pub async fn climb_in(tx: &Tx, id: TaskId, rung: i32) -> Result<()> {
    let change = task::ActiveModel {
        id: Set(id),
        rung: Set(rung),
        ..Default::default()
    };
    change.update(&**tx).await?;
    Ok(())
}

/// The row of a task that begins now, for bulk writers too.
pub fn row(by: &Actor, about: About<'_>, one: &Wanted, due_on: Option<NaiveDate>) -> task::ActiveModel {
    task::ActiveModel {
        id: NotSet,
        district: Set(about.district.to_owned()),
        child_id: Set(about.child),
        what: Set(one.what),
        focus: Set(one.focus.0),
        focus_id: Set(one.focus.1),
        leads: Set(one.leads),
        organisation_id: Set(one.organisation),
        role: Set(one.role),
        owner_id: Set(one.owner),
        since: Set(by.now),
        due_on: Set(due_on),
        rung: Set(0),
        state: Set(TaskState::Open),
        ended_at: Set(None),
        ended_by: Set(None),
        note: Set(None),
        version: Set(1),
    }
}

/// Another day or another place: the ladder is climbed anew from there.
async fn change_in(tx: &Tx, by: &Actor, job: &Job<'_>, task: &task::Model, one: &Wanted) -> Result<task::Model> {
    let handed_over = task.organisation_id != one.organisation;
    let due_on = match one.due {
        Due::Within(_) if !handed_over => task.due_on,
        Due::Within(_) | Due::On(_) | Due::Never => job.day(one.due)?,
    };
    let change = task::ActiveModel {
        id: Set(task.id),
        district: Set(job.about.district.to_owned()),
        leads: Set(one.leads),
        organisation_id: Set(one.organisation),
        role: Set(one.role),
        owner_id: Set(one.owner),
        due_on: Set(due_on),
        rung: Set(if handed_over || due_on != task.due_on {
            0
        } else {
            task.rung
        }),
        version: Set(task.version + 1),
        ..Default::default()
    };
    let changed = change.update(&**tx).await?;
    if handed_over {
        record_in(tx, by, &changed, "task.handed_over").await?;
    }
    Ok(changed)
}

/// What ended it was undone: it is somebody's to do again, as it was. Whether it leads is worked out with the rest.
pub async fn take_up_in(tx: &Tx, by: &Actor, task: &task::Model) -> Result<()> {
    let change = task::ActiveModel {
        id: Set(task.id),
        leads: Set(false),
        state: Set(TaskState::Open),
        ended_at: Set(None),
        ended_by: Set(None),
        version: Set(task.version + 1),
        ..Default::default()
    };
    let taken_up = change.update(&**tx).await?;
    record_in(tx, by, &taken_up, "task.reopened").await
}

/// It goes on where it was cancelled: nobody is told twice.
async fn reopen_in(tx: &Tx, by: &Actor, about: About<'_>, task: &task::Model, one: &Wanted) -> Result<()> {
    let due_on = match one.due {
        Due::On(day) => Some(day),
        Due::Within(_) | Due::Never => task.due_on,
    };
    let change = task::ActiveModel {
        id: Set(task.id),
        district: Set(about.district.to_owned()),
        leads: Set(one.leads),
        role: Set(one.role),
        owner_id: Set(one.owner),
        due_on: Set(due_on),
        rung: Set(if due_on == task.due_on { task.rung } else { 0 }),
        state: Set(TaskState::Open),
        ended_at: Set(None),
        ended_by: Set(None),
        version: Set(task.version + 1),
        ..Default::default()
    };
    let reopened = change.update(&**tx).await?;
    record_in(tx, by, &reopened, "task.reopened").await
}

/// End a task.
pub async fn end_in(tx: &Tx, by: &Actor, task: &task::Model, state: TaskState, note: Option<String>) -> Result<()> {
    let change = task::ActiveModel {
        id: Set(task.id),
        state: Set(state),
        leads: Set(false),
        ended_at: Set(Some(by.now)),
        ended_by: Set(by.account),
        note: Set(note),
        version: Set(task.version + 1),
        ..Default::default()
    };
    let ended = change.update(&**tx).await?;
    let action = match state {
        TaskState::Open | TaskState::Settled => "task.settled",
        TaskState::Done => "task.done",
        TaskState::Lost => "task.lost",
        TaskState::Cancelled => "task.cancelled",
    };
    record_in(tx, by, &ended, action).await
}

async fn record_in(tx: &Tx, by: &Actor, task: &task::Model, action: &str) -> Result<()> {
    if !rules::of(task.what).recorded {
        return Ok(());
    }
    let details = json!({ "what": task.what, "due_on": task.due_on, "organisation": task.organisation_id });
    event::record(tx, by, action, subject(task), details).await
}

/// A task as the subject of an event.
pub fn subject(task: &task::Model) -> Subject {
    match task.child_id {
        Some(child) => Subject::of_child("task", task.id.0, child),
        None => Subject::new("task", task.id.0),
    }
}

/// The page of a task itself.
pub fn page(id: TaskId) -> String {
    format!("/tasks/{id}")
}
