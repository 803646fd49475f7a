//! Conditions on tasks: lists, tiles, counts and the lists of what tasks are about are made of them.

use chrono::NaiveDate;
use entities::{
    ChildId, OrganisationId, TaskId,
    screening::contact,
    task::task,
    words::{Focus, OrganisationKind, TaskState, What},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use crate::{
    access::scope,
    platform::{Actor, Error, Result},
};

/// The condition on tasks that makes them visible: an organisation sees its own, ended ones as long as it may see the child,
/// and that it has nobody for something; federations those of the children they may see and their own; what came back is
/// read by whoever it was sent to.
pub fn yours(by: &Actor) -> Condition {
    scope::by_workplace(by, |place| {
        let of_seen = || Expr::col((task::Entity, task::Column::ChildId)).in_subquery(scope::child_ids(by));
        let still_theirs = Condition::any()
            .add(task::COLUMN.state.eq(TaskState::Open))
            .add(task::COLUMN.child_id.is_null())
            .add(of_seen());
        let theirs = Condition::all()
            .add(task::COLUMN.organisation_id.eq(place.id))
            .add(still_theirs);
        let about_them = Condition::all()
            .add(task::COLUMN.focus.eq(Focus::Organisation))
            .add(task::COLUMN.focus_id.eq(place.id.0));
        let own = Condition::any().add(theirs).add(about_them);
        let seen = match place.kind {
            OrganisationKind::Federation if place.coverage.len() == 6 => Condition::any()
                .add(own)
                .add(task::COLUMN.district.eq(place.coverage.as_str())),
            OrganisationKind::Federation | OrganisationKind::StreetFederation => {
                Condition::any().add(own).add(of_seen())
            }
            OrganisationKind::ScreeningSite
            | OrganisationKind::RescreenHospital
            | OrganisationKind::DiagnosingHospital
            | OrganisationKind::RehabilitationCentre
            | OrganisationKind::EducationBureau
            | OrganisationKind::FinanceBureau => own,
        };
        let sent_to_me = Condition::any()
            .add(task::COLUMN.what.ne(What::ReadResult))
            .add(task::COLUMN.owner_id.eq(by.account.unwrap_or_default()));
        Condition::all().add(seen).add(sent_to_me)
    })
}

/// Open, to be done by an organisation.
pub fn open_at(place: OrganisationId) -> Condition {
    is_open().add(task::COLUMN.organisation_id.eq(place))
}

/// Open.
pub fn is_open() -> Condition {
    Condition::all().add(task::COLUMN.state.eq(TaskState::Open))
}

/// Open, and the day is over.
pub fn overdue(today: NaiveDate) -> Condition {
    is_open().add(task::COLUMN.due_on.lt(today))
}

/// One of several things to be done.
pub fn is_one_of(what: &[What]) -> Condition {
    Condition::all().add(task::COLUMN.what.is_in(what.iter().copied()))
}

/// The numbers of the rows that tasks are about, for a condition on those rows.
pub fn focused(focus: Focus, which: Condition) -> SelectStatement {
    Query::select()
        .column((task::Entity, task::Column::FocusId))
        .from(task::Entity)
        .cond_where(which.add(task::COLUMN.focus.eq(focus)))
        .to_owned()
}

/// One task, or not found.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: TaskId) -> Result<task::Model> {
    task::Entity::find_by_id(id)
        .filter(yours(by))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// The tasks of a child, open and ended, in the order in which they began.
pub async fn of_child(db: &impl ConnectionTrait, child: ChildId) -> Result<Vec<task::Model>> {
    Ok(task::Entity::find()
        .filter(task::COLUMN.child_id.eq(child))
        .order_by_asc(task::COLUMN.id)
        .all(db)
        .await?)
}

/// The tasks about a row, open and ended, in the order in which they began.
pub async fn about(db: &impl ConnectionTrait, focus: Focus, id: i64) -> Result<Vec<task::Model>> {
    Ok(task::Entity::find()
        .filter(task::COLUMN.focus.eq(focus))
        .filter(task::COLUMN.focus_id.eq(id))
        .order_by_asc(task::COLUMN.id)
        .all(db)
        .await?)
}

/// Something is to be done for a child.
pub async fn is_wanted(db: &impl ConnectionTrait, child: ChildId, what: What) -> Result<bool> {
    let open = task::Entity::find()
        .filter(is_open())
        .filter(task::COLUMN.child_id.eq(child))
        .filter(task::COLUMN.what.eq(what));
    Ok(open.count(db).await? > 0)
}

/// Attempts to reach the family because of a task, oldest first.
pub async fn contacts(db: &impl ConnectionTrait, id: TaskId) -> Result<Vec<contact::Model>> {
    Ok(contact::Entity::find()
        .filter(contact::COLUMN.task_id.eq(id))
        .order_by_asc(contact::COLUMN.attempted_at)
        .order_by_asc(contact::COLUMN.id)
        .all(db)
        .await?)
}
