//! Checks that are to be done, of the children somebody may see.

use chrono::NaiveDate;
use entities::{
    ChildId, PlannedCheckId,
    child::child,
    screening::planned_check,
    words::{CheckState, Sex},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, Order, QueryFilter, QueryOrder,
    QuerySelect, RelationDef, Select,
    sea_query::{Expr, ExprTrait as _, LikeExpr, Query},
};

use super::{Standing, closing_limit};
use crate::{
    access::scope,
    platform::{Actor, List, Result, form::optional, list::number_of},
};

/// What a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Where the checks stand; everything that is open when none.
    pub standing: Option<Standing>,
    /// One check age.
    pub age_months: Option<i32>,
    /// One street.
    pub street: Option<String>,
    /// Part of a kindergarten's name.
    pub kindergarten: Option<String>,
    /// Part of the child's name, or a file number.
    pub term: Option<String>,
    /// Sort name: `due_on`, `closes_on`, `name`, `age`.
    pub sort: String,
    /// Descending.
    pub descending: bool,
}

impl Wanted {
    /// What an address asks for. Filters: `state`, `age`, `street`, `kindergarten`; term: part of the child's name, or a file
    /// number.
    pub fn of(list: &List) -> Self {
        Self {
            standing: Some(standing_of(list)),
            age_months: list.filter("age").parse().ok(),
            street: optional(list.filter("street")),
            kindergarten: optional(list.filter("kindergarten")),
            term: optional(list.term()),
            sort: list.sort.clone(),
            descending: list.descending(),
        }
    }
}

/// Which of its lists an address asks for; what is due when it names none.
pub fn standing_of(list: &List) -> Standing {
    Standing::named(list.filter("state")).unwrap_or(Standing::Due)
}

/// A check with its child.
#[derive(Clone, Debug, FromQueryResult)]
pub struct CheckRow {
    /// The check.
    pub id: PlannedCheckId,
    /// The child.
    pub child_id: ChildId,
    /// File number.
    pub file_no: String,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_on: NaiveDate,
    /// Where it lives.
    pub street: String,
    /// Kindergarten.
    pub kindergarten: Option<String>,
    /// Check age.
    pub age_months: i32,
    /// First day of the window.
    pub opens_on: NaiveDate,
    /// The day it is due.
    pub due_on: NaiveDate,
    /// Last day of the window.
    pub closes_on: NaiveDate,
    /// Completed weeks of pregnancy, where they are known.
    pub gestational_weeks: Option<i32>,
    /// Pending, or before the opening day.
    pub state: CheckState,
}

impl CheckRow {
    /// Where the check stands on a day.
    pub fn standing(&self, today: NaiveDate) -> Standing {
        if self.state == CheckState::BeforeOpening {
            return Standing::BeforeOpening;
        }
        Standing::on(self.opens_on, self.due_on, self.closes_on, today)
    }
}

/// From a check to its child.
pub fn of_child() -> RelationDef {
    planned_check::Entity::belongs_to(child::Entity)
        .from(planned_check::Column::ChildId)
        .to(child::Column::Id)
        .into()
}

/// Checks not done of children in the pipeline, as asked for; the sort ends with the id.
pub fn list(by: &Actor, today: NaiveDate, wanted: &Wanted) -> Select<planned_check::Entity> {
    let check = planned_check::COLUMN;
    let mut select = planned_check::Entity::find()
        .select_only()
        .columns([
            planned_check::Column::Id,
            planned_check::Column::ChildId,
            planned_check::Column::AgeMonths,
            planned_check::Column::OpensOn,
            planned_check::Column::DueOn,
            planned_check::Column::ClosesOn,
            planned_check::Column::State,
            planned_check::Column::Street,
        ])
        .columns([
            child::Column::FileNo,
            child::Column::Name,
            child::Column::Sex,
            child::Column::BirthOn,
            child::Column::GestationalWeeks,
            child::Column::Kindergarten,
        ])
        .join(JoinType::InnerJoin, of_child())
        .filter(within_reach(by, wanted))
        .filter(child::COLUMN.merged_into.is_null())
        .filter(child::COLUMN.departure_id.is_null())
        .filter(check.state.eq(match wanted.standing {
            Some(Standing::BeforeOpening) => CheckState::BeforeOpening,
            _ => CheckState::Pending,
        }))
        .filter(standing(wanted.standing, today));
    if let Some(age) = wanted.age_months {
        select = select.filter(check.age_months.eq(age));
    }
    if let Some(street) = &wanted.street {
        select = select.filter(child::COLUMN.street.eq(street.as_str()));
    }
    if let Some(name) = &wanted.kindergarten {
        select = select.filter(holds(child::Column::Kindergarten, name));
    }
    if let Some(term) = &wanted.term {
        let found = Condition::any()
            .add(holds(child::Column::Name, term))
            .add(child::COLUMN.file_no.eq(term.as_str()));
        select = select.filter(found);
    }
    let order = if wanted.descending { Order::Desc } else { Order::Asc };
    let select = match wanted.sort.as_str() {
        "name" => select.order_by(child::Column::Name, order),
        "age" => select.order_by(planned_check::Column::AgeMonths, order),
        "closes_on" => select.order_by(planned_check::Column::ClosesOn, order),
        _ => select.order_by(planned_check::Column::DueOn, order),
    };
    select.order_by_asc(planned_check::Column::Id)
}

/// The checks of children whom the actor may see. A pending check stands in the street where its child lives, so a
/// federation reads one stretch of an index, in the order of the days. Where few children are asked for, they are found
/// first.
fn within_reach(by: &Actor, wanted: &Wanted) -> Condition {
    let few = wanted.term.is_some() || wanted.kindergarten.is_some();
    match &by.workplace {
        Some(place) if !few && place.kind.is_federation() && place.coverage.len() <= 9 => scope::in_area(
            planned_check::Column::District,
            planned_check::Column::Street,
            &place.coverage,
        ),
        _ => scope::visible(by),
    }
}

/// How many checks stand where, each counted no further than a list is; all of it in one query.
pub async fn counts(
    db: &impl ConnectionTrait,
    by: &Actor,
    today: NaiveDate,
    wanted: &Wanted,
) -> Result<Vec<(Standing, u64)>> {
    let mut all = Query::select();
    for standing in Standing::LISTS {
        let each = Wanted {
            standing: Some(standing),
            ..wanted.clone()
        };
        all.expr_as(number_of(list(by, today, &each)), standing.as_str());
    }
    let found = db.query_one(&all).await?;
    Standing::LISTS
        .into_iter()
        .map(|standing| {
            let number: i64 = found.as_ref().map_or(Ok(0), |row| row.try_get("", standing.as_str()))?;
            Ok((standing, u64::try_from(number).unwrap_or(0)))
        })
        .collect()
}

/// A text column that contains something, whatever signs it holds.
fn holds(column: child::Column, text: &str) -> sea_orm::sea_query::SimpleExpr {
    let escaped: String = text
        .chars()
        .flat_map(|c| matches!(c, '%' | '_' | '!').then_some('!').into_iter().chain([c]))
        .collect();
    Expr::col((child::Entity, column)).like(LikeExpr::new(format!("%{escaped}%")).escape('!'))
}

fn standing(wanted: Option<Standing>, today: NaiveDate) -> Condition {
    let check = planned_check::COLUMN;
    let open = Condition::all()
        .add(check.opens_on.lte(today))
        .add(check.closes_on.gte(today));
    match wanted {
        None | Some(Standing::Due) => open,
        Some(Standing::Overdue) => open.add(check.due_on.lt(today)),
        Some(Standing::Closing) => open.add(check.closes_on.lte(closing_limit(today))),
        Some(Standing::Missed) => Condition::all().add(check.closes_on.lt(today)),
        Some(Standing::BeforeOpening) => Condition::all(),
        Some(Standing::Upcoming) => Condition::all().add(check.opens_on.gt(today)),
    }
}
