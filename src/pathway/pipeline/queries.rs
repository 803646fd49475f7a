//! Children by where they stand in the chain: one query on one table, whatever the size of the district.

use std::sync::Arc;

use chrono::NaiveDate;
use entities::{
    ChildId,
    child::{care, child},
    organisation::organisation,
    screening::pathway,
    words::{OrganisationKind, Stage},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, Order, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Asterisk, Expr, ExprTrait, Query, SelectStatement, UnionType},
};

use crate::{
    access::scope,
    platform::{
        Actor, Db, List, Page, Result, condition,
        list::{COUNTED, PAGE},
    },
};

/// Stages in which something waits for somebody.
pub(crate) const ACTIVE: [Stage; 9] = [
    Stage::RescreenProposed,
    Stage::AwaitingRescreen,
    Stage::Recheck,
    Stage::DiagnosisProposed,
    Stage::AwaitingDiagnosis,
    Stage::Diagnosed,
    Stage::InIntake,
    Stage::OtherFinding,
    Stage::Lost,
];

/// Stages with a turn that can be late.
const TURNS: [Stage; 7] = [
    Stage::RescreenProposed,
    Stage::AwaitingRescreen,
    Stage::Recheck,
    Stage::DiagnosisProposed,
    Stage::AwaitingDiagnosis,
    Stage::Diagnosed,
    Stage::InIntake,
];

/// Where the actor's children stand: an equality on district or street where the coverage is one.
fn area(by: &Actor) -> Condition {
    scope::by_workplace(by, |place| {
        let column = pathway::COLUMN;
        let lives_in = scope::in_area(column.district.0, column.street.0, &place.coverage);
        match place.kind {
            OrganisationKind::Federation | OrganisationKind::StreetFederation | OrganisationKind::ScreeningSite => {
                lives_in
            }
            OrganisationKind::RescreenHospital
            | OrganisationKind::DiagnosingHospital
            | OrganisationKind::RehabilitationCentre => {
                let ties = care::Entity::find()
                    .select_only()
                    .column(care::Column::ChildId)
                    .filter(care::COLUMN.organisation_id.eq(place.id))
                    .filter(care::COLUMN.ended_at.is_null())
                    .into_query();
                Condition::all().add(Expr::col((pathway::Entity, pathway::Column::ChildId)).in_subquery(ties))
            }
            OrganisationKind::EducationBureau | OrganisationKind::FinanceBureau => condition::nothing(),
        }
    })
}

/// The places that a list asks for. Filters: `stage` (a word, or nothing for everything that waits), `street`, `overdue`.
pub(crate) fn select(by: &Actor, list: &List) -> Select<pathway::Entity> {
    let mut select = pathway::Entity::find().filter(area(by));
    let overdue = list.filter("overdue") == "true";
    select = match list.filter("stage").parse::<Stage>() {
        Ok(stage) => select.filter(pathway::COLUMN.stage.eq(stage)),
        Err(_) if overdue => select.filter(pathway::COLUMN.stage.is_in(TURNS)),
        Err(_) => select.filter(pathway::COLUMN.stage.is_in(ACTIVE)),
    };
    let street = list.filter("street");
    if !street.is_empty() {
        select = select.filter(pathway::COLUMN.street.eq(street));
    }
    if overdue {
        select = select.filter(pathway::COLUMN.due_on.lt(by.today()));
    }
    select
}

/// A child and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// The child.
    pub child_id: ChildId,
    /// Name.
    pub name: String,
    /// File number.
    pub file_no: String,
    /// Street.
    pub street: String,
    /// Where in the chain.
    pub stage: Stage,
    /// Whose turn it is.
    pub turn: Option<String>,
    /// Since when.
    pub since_on: NaiveDate,
    /// Until when.
    pub due_on: Option<NaiveDate>,
}

/// The same select, the longest overdue first.
pub fn ordered(by: &Actor, list: &List) -> Select<pathway::Entity> {
    let select = select(by, list);
    // Whoever has no day comes last on both databases; among the watched, the index already has the order.
    let select = if list.filter("stage") == Stage::Watching.as_str() {
        select.filter(pathway::COLUMN.due_on.is_not_null())
    } else {
        select.order_by_asc(Expr::col((pathway::Entity, pathway::Column::DueOn)).is_null())
    };
    select
        .order_by_asc(pathway::Column::DueOn)
        .order_by_asc(pathway::Column::ChildId)
}

/// How many places a list holds. What was counted [`at_a_glance`], when it is there, answers for an unfiltered list.
pub(crate) async fn total(db: &impl ConnectionTrait, by: &Actor, list: &List, stages: &[StageCount]) -> Result<u64> {
    if stages.is_empty()
        || list
            .filters
            .iter()
            .any(|(name, value)| name != "stage" && !value.is_empty())
    {
        return Ok(select(by, list).count(db).await?);
    }
    let wanted = list.filter("stage").parse::<Stage>();
    let counted = stages.iter().filter(|count| match wanted {
        Ok(stage) => count.stage == stage,
        Err(_) => ACTIVE.contains(&count.stage),
    });
    let mut total = 0;
    for count in counted {
        let children = u64::try_from(count.children).unwrap_or(0);
        // Those were not counted to the end.
        if CROWDED.contains(&count.stage) && children > COUNTED {
            return Ok(select(by, list).count(db).await?);
        }
        total += children;
    }
    Ok(total)
}

/// A page of children by stage, of a list that holds `total`.
pub(crate) async fn page(db: &impl ConnectionTrait, by: &Actor, list: &List, total: u64) -> Result<Page<Row>> {
    let page = Page::<Row>::place(list.number(), total);
    let rows = rows(db, ordered(by, list).offset(page.offset()).limit(PAGE)).await?;
    Ok(page.with(rows))
}

/// The first children of a list, however many it holds.
pub(crate) async fn first(db: &impl ConnectionTrait, by: &Actor, list: &List, children: u64) -> Result<Vec<Row>> {
    rows(db, ordered(by, list).limit(children)).await
}

async fn rows(db: &impl ConnectionTrait, places: Select<pathway::Entity>) -> Result<Vec<Row>> {
    let rows = named(places);
    Ok(Row::find_by_statement(db.get_database_backend().build(&rows))
        .all(db)
        .await?)
}

/// Places with the names that belong to them: looked up for the rows of the page alone, in its order.
fn named(places: Select<pathway::Entity>) -> SelectStatement {
    let place = |column: pathway::Column| Expr::col(("place", column));
    let child = |column: child::Column| Expr::col((child::Entity, column));
    let turn = |column: organisation::Column| Expr::col((organisation::Entity, column));
    Query::select()
        .expr_as(place(pathway::Column::ChildId), "child_id")
        .expr_as(place(pathway::Column::Street), "street")
        .expr_as(place(pathway::Column::Stage), "stage")
        .expr_as(place(pathway::Column::SinceOn), "since_on")
        .expr_as(place(pathway::Column::DueOn), "due_on")
        .expr_as(child(child::Column::Name), "name")
        .expr_as(child(child::Column::FileNo), "file_no")
        .expr_as(turn(organisation::Column::Name), "turn")
        .from_subquery(places.into_query(), "place")
        .join(
            JoinType::InnerJoin,
            child::Entity,
            child(child::Column::Id).equals(("place", pathway::Column::ChildId)),
        )
        .join(
            JoinType::LeftJoin,
            organisation::Entity,
            turn(organisation::Column::Id).equals(("place", pathway::Column::OrganisationId)),
        )
        .order_by_expr(place(pathway::Column::DueOn).is_null(), Order::Asc)
        .order_by(("place", pathway::Column::DueOn), Order::Asc)
        .order_by(("place", pathway::Column::ChildId), Order::Asc)
        .to_owned()
}

/// How many children stand at a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct StageCount {
    /// The stage.
    pub stage: Stage,
    /// Children, counted up to a limit.
    pub children: i64,
}

/// The sum of some numbers of [`at_a_glance`], as the page shows it: with a `+` where one was not counted to the end.
pub(crate) fn shown<'a>(counts: impl Iterator<Item = &'a StageCount>) -> String {
    let counts: Vec<u64> = counts.map(|c| u64::try_from(c.children).unwrap_or(0)).collect();
    let sum: u64 = counts.iter().map(|children| Ord::min(*children, COUNTED)).sum();
    let more = if counts.iter().any(|children| *children > COUNTED) {
        "+"
    } else {
        ""
    };
    format!("{sum}{more}")
}

/// Children by stage, in the actor's area.
pub async fn counts(db: &impl ConnectionTrait, by: &Actor) -> Result<Vec<StageCount>> {
    Ok(pathway::Entity::find()
        .select_only()
        .column(pathway::Column::Stage)
        .column_as(pathway::Column::ChildId.count(), "children")
        .filter(area(by))
        .group_by(pathway::Column::Stage)
        .into_model::<StageCount>()
        .all(db)
        .await?)
}

/// Stages that hold most of the children, and more every year.
const CROWDED: [Stage; 2] = [Stage::Watching, Stage::Left];

/// The same for a page that shows them beside a list, known between two writes: the crowded stages are counted no further
/// than one more than [`COUNTED`].
pub(crate) async fn at_a_glance(db: &Db, by: &Actor) -> Result<Arc<Vec<StageCount>>> {
    // All that an area depends on.
    let whose = by
        .workplace
        .as_ref()
        .map_or(String::new(), |place| place.id.to_string());
    let read = async {
        Ok(
            StageCount::find_by_statement(db.get_database_backend().build(&glance(by)))
                .all(&**db)
                .await?,
        )
    };
    db.known(&whose, read).await
}

fn glance(by: &Actor) -> SelectStatement {
    let there = || pathway::Entity::find().filter(area(by));
    let mut all = there()
        .select_only()
        .column(pathway::Column::Stage)
        .expr_as(Expr::col(Asterisk).count(), "children")
        .filter(
            pathway::COLUMN
                .stage
                .is_in(Stage::ALL.iter().filter(|stage| !CROWDED.contains(stage)).copied()),
        )
        .group_by(pathway::Column::Stage)
        .into_query();
    for stage in CROWDED {
        let mut children = there()
            .filter(pathway::COLUMN.stage.eq(stage))
            .limit(COUNTED + 1)
            .into_query();
        children.clear_selects().expr(Expr::val(1));
        let crowd = Query::select()
            .expr_as(Expr::val(stage.as_str()).cast_as("text"), "stage")
            .expr_as(Expr::col(Asterisk).count(), "children")
            .from_subquery(children, "children_there")
            .to_owned();
        all.union(UnionType::All, crowd);
    }
    all
}

/// Children whose turn is overdue, in the actor's area.
pub async fn overdue(db: &impl ConnectionTrait, by: &Actor) -> Result<u64> {
    let list = List {
        filters: [("overdue".to_owned(), "true".to_owned())].into(),
        ..List::default()
    };
    Ok(select(by, &list).count(db).await?)
}
