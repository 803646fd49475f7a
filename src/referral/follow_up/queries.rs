//! Reads for follow-up tasks.

use chrono::NaiveDate;
use entities::{
    ChildId, FollowUpId, OrganisationId,
    child::child,
    screening::follow_up,
    words::{FollowUpKind, FollowUpState, OrganisationKind},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, RelationDef, Select,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    access::scope,
    platform::{Actor, Error, List, Page, Result},
};

/// The condition on `follow_up` rows that makes them visible: an organisation sees its own, federations those of the
/// children they may see.
pub fn yours(by: &Actor) -> Condition {
    let Some(place) = &by.workplace else {
        let nobody = Condition::all().add(Expr::val(1).eq(0));
        return if by.account.is_none() { Condition::all() } else { nobody };
    };
    match place.kind {
        OrganisationKind::Federation | OrganisationKind::StreetFederation => {
            let children = scope::children(by).select_only().column(child::Column::Id).into_query();
            Condition::all().add(Expr::col((follow_up::Entity, follow_up::Column::ChildId)).in_subquery(children))
        }
        OrganisationKind::ScreeningSite
        | OrganisationKind::RescreenHospital
        | OrganisationKind::DiagnosingHospital
        | OrganisationKind::RehabilitationCentre
        | OrganisationKind::EducationBureau
        | OrganisationKind::FinanceBureau => Condition::all().add(follow_up::COLUMN.organisation_id.eq(place.id)),
    }
}

/// One task, or not found.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: FollowUpId) -> Result<follow_up::Model> {
    follow_up::Entity::find_by_id(id)
        .filter(yours(by))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// Task.
    pub id: FollowUpId,
    /// Child.
    pub child_id: ChildId,
    /// Name of the child.
    pub name: String,
    /// File number.
    pub file_no: String,
    /// What is to be done.
    pub kind: FollowUpKind,
    /// Where it stands.
    pub state: FollowUpState,
    /// Whose task.
    pub organisation_id: OrganisationId,
    /// By when.
    pub due_on: NaiveDate,
}

/// The tasks that a list asks for. Filters: `state`, `kind`, `overdue`.
pub fn select(by: &Actor, list: &List, today: NaiveDate) -> Select<follow_up::Entity> {
    let mut select = follow_up::Entity::find()
        .join(JoinType::InnerJoin, to_child())
        .select_only()
        .columns([
            follow_up::Column::Id,
            follow_up::Column::ChildId,
            follow_up::Column::Kind,
            follow_up::Column::State,
            follow_up::Column::OrganisationId,
            follow_up::Column::DueOn,
        ])
        .column_as(child::Column::Name, "name")
        .column_as(child::Column::FileNo, "file_no")
        .filter(yours(by));
    let state = list.filter("state");
    if state != "all" {
        select = select.filter(follow_up::COLUMN.state.eq(state.parse().unwrap_or(FollowUpState::Open)));
    }
    if let Ok(kind) = list.filter("kind").parse::<FollowUpKind>() {
        select = select.filter(follow_up::COLUMN.kind.eq(kind));
    }
    if list.filter("overdue") == "true" {
        select = select
            .filter(follow_up::COLUMN.state.eq(FollowUpState::Open))
            .filter(follow_up::COLUMN.due_on.lt(today));
    }
    select
        .order_by_asc(follow_up::Column::DueOn)
        .order_by_asc(follow_up::Column::Id)
}

fn to_child() -> RelationDef {
    follow_up::Entity::belongs_to(child::Entity)
        .from(follow_up::Column::ChildId)
        .to(child::Column::Id)
        .into()
}

/// A page of tasks.
pub async fn page(db: &impl ConnectionTrait, by: &Actor, list: &List) -> Result<Page<Row>> {
    list.fetch_as(db, select(by, list, by.today())).await
}
