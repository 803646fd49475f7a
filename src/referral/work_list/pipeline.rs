//! Children by where they stand in the chain: one query on one table, whatever the size of the district.

use entities::{
    child::{care, child},
    organisation::organisation,
    screening::pathway,
    words::{OrganisationKind, Stage},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    access::scope,
    platform::{Actor, Result},
    web::{List, Page, list::PAGE},
};

/// Stages in which something waits for somebody.
pub const ACTIVE: [Stage; 9] = [
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
const TURNS: [Stage; 6] = [
    Stage::RescreenProposed,
    Stage::AwaitingRescreen,
    Stage::Recheck,
    Stage::DiagnosisProposed,
    Stage::AwaitingDiagnosis,
    Stage::Diagnosed,
];

/// Where the actor's children stand: an equality on district or street where the coverage is one.
fn area(by: &Actor) -> Condition {
    let nobody = Condition::all().add(Expr::val(1).eq(0));
    let Some(place) = &by.workplace else {
        return if by.account.is_none() { Condition::all() } else { nobody };
    };
    let column = pathway::COLUMN;
    let lives_in = match place.coverage.len() {
        6 => Condition::all().add(column.district.eq(place.coverage.as_str())),
        9 => Condition::all().add(column.street.eq(place.coverage.as_str())),
        len if len < 6 => scope::within(column.district.0, &place.coverage),
        _ => Condition::all().add(column.street.eq(place.coverage.get(..9).unwrap_or_default())),
    };
    match place.kind {
        OrganisationKind::Federation | OrganisationKind::StreetFederation | OrganisationKind::ScreeningSite => lives_in,
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
        OrganisationKind::EducationBureau | OrganisationKind::FinanceBureau => nobody,
    }
}

/// The places that a list asks for. Filters: `stage` (a word, or nothing for everything that waits), `street`, `overdue`.
pub fn select(by: &Actor, list: &List) -> Select<pathway::Entity> {
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub place: pathway::Model,
    /// The child.
    pub child: child::Model,
}

/// A page of children by stage, the longest overdue first.
pub async fn page(db: &impl ConnectionTrait, by: &Actor, list: &List) -> Result<Page<Row>> {
    let select = select(by, list);
    let total = select.clone().count(db).await?;
    let page = Page::<Row>::place(list.number(), total);
    // Whoever has no day comes last on both databases; among the watched, the index already has the order.
    let select = if list.filter("stage") == Stage::Watching.as_str() {
        select.filter(pathway::COLUMN.due_on.is_not_null())
    } else {
        select.order_by_asc(Expr::col((pathway::Entity, pathway::Column::DueOn)).is_null())
    };
    let places = select
        .order_by_asc(pathway::Column::DueOn)
        .order_by_asc(pathway::Column::ChildId)
        .offset(page.offset())
        .limit(PAGE)
        .all(db)
        .await?;
    let children = child::Entity::find()
        .filter(child::COLUMN.id.is_in(places.iter().map(|p| p.child_id)))
        .all(db)
        .await?;
    let rows = places
        .into_iter()
        .filter_map(|place| {
            let child = children.iter().find(|c| c.id == place.child_id)?.clone();
            Some(Row { place, child })
        })
        .collect();
    Ok(page.with(rows))
}

/// How many children stand at a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct StageCount {
    /// The stage.
    pub stage: Stage,
    /// Children.
    pub children: i64,
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

/// Children whose turn is overdue, in the actor's area.
pub async fn overdue(db: &impl ConnectionTrait, by: &Actor) -> Result<u64> {
    let list = List {
        filters: [("overdue".to_owned(), "true".to_owned())].into(),
        ..List::default()
    };
    Ok(select(by, &list).count(db).await?)
}

/// Names of the organisations whose turn it is.
pub async fn turns(
    db: &impl ConnectionTrait,
    rows: &[Row],
) -> Result<std::collections::BTreeMap<entities::OrganisationId, String>> {
    let found = organisation::Entity::find()
        .filter(
            organisation::COLUMN
                .id
                .is_in(rows.iter().filter_map(|r| r.place.organisation_id)),
        )
        .all(db)
        .await?;
    Ok(found.into_iter().map(|o| (o.id, o.name)).collect())
}
