//! The list of tasks: one select for the page and the file.

use chrono::NaiveDate;
use entities::{
    ChildId, OrganisationId, TaskId,
    child::child,
    task::task,
    words::{Focus, TaskState, What},
};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, Order, QueryFilter, QueryOrder, QuerySelect, RelationDef,
    Select,
    sea_query::{Expr, ExprTrait},
};

use super::{
    queries::{is_one_of, overdue, yours},
    rules::Group,
};
use crate::platform::{Actor, List};

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// Task.
    pub id: TaskId,
    /// Child; none where it is about no single child.
    pub child_id: Option<ChildId>,
    /// Name of the child.
    pub name: Option<String>,
    /// File number.
    pub file_no: Option<String>,
    /// What is to be done.
    pub what: What,
    /// About which row.
    pub focus: Focus,
    /// Its number.
    pub focus_id: i64,
    /// Where it stands.
    pub state: TaskState,
    /// Whose task.
    pub organisation_id: OrganisationId,
    /// By when.
    pub due_on: Option<NaiveDate>,
}

/// In the address of the list: tasks of the reader's own organisation.
pub(super) const OURS: &str = "ours";

/// The tasks that a list asks for. Filters: `whose`, `state`, `group`, `what`, `overdue`.
pub(super) fn select(by: &Actor, list: &List, today: NaiveDate) -> Select<task::Entity> {
    let mut select = task::Entity::find()
        .join(JoinType::LeftJoin, to_child())
        .select_only()
        .columns([
            task::Column::Id,
            task::Column::ChildId,
            task::Column::What,
            task::Column::Focus,
            task::Column::FocusId,
            task::Column::State,
            task::Column::OrganisationId,
            task::Column::DueOn,
        ])
        .column_as(child::Column::Name, "name")
        .column_as(child::Column::FileNo, "file_no")
        .filter(yours(by));
    let state = list.filter("state");
    if state != "all" {
        select = select.filter(task::COLUMN.state.eq(state.parse().unwrap_or(TaskState::Open)));
    }
    if list.filter("whose") == OURS {
        let place = by.workplace.as_ref().map_or(OrganisationId(0), |place| place.id);
        select = select.filter(task::COLUMN.organisation_id.eq(place));
    }
    if let Some(group) = Group::named(list.filter("group")) {
        select = select.filter(is_one_of(&group.whats()));
    }
    if let Ok(what) = list.filter("what").parse::<What>() {
        select = select.filter(task::COLUMN.what.eq(what));
    }
    if list.filter("overdue") == "true" {
        select = select.filter(overdue(today));
    }
    let order = if list.descending() { Order::Desc } else { Order::Asc };
    let select = match list.sort.as_str() {
        "name" => select.order_by(child::Column::NameSound, order.clone()),
        // What has no day comes last on both databases.
        _ => select
            .order_by_asc(Expr::col((task::Entity, task::Column::DueOn)).is_null())
            .order_by(task::Column::DueOn, order.clone()),
    };
    select.order_by(task::Column::Id, order)
}

fn to_child() -> RelationDef {
    task::Entity::belongs_to(child::Entity)
        .from(task::Column::ChildId)
        .to(child::Column::Id)
        .into()
}
