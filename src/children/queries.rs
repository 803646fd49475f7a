//! Reads for the pages of children, all through the actor's scope.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use entities::{
    ChildId, GuardianId,
    child::{child, consent, guardian, guardianship, residence},
    communication::message,
    event::event,
    screening::pathway,
    words::{Sex, Stage},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DerivePartialModel, EntityTrait, Order, PartialModelTrait as _,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};

use super::{finding, guardians::Tie};
use crate::{
    access::scope,
    platform::{Actor, App, List, Page, Result, day},
};

/// A child as lists show it.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "child::Entity")]
pub struct ChildRow {
    /// The file.
    pub id: ChildId,
    /// Its number.
    pub file_no: String,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_on: NaiveDate,
    /// Masked document number.
    pub identity_mask: Option<String>,
    /// Street.
    pub street: String,
    /// Kindergarten.
    pub kindergarten: Option<String>,
    /// When the file was opened.
    pub created_at: DateTime<Utc>,
    /// Where it stands in the chain.
    #[sea_orm(from_expr = "stage()")]
    pub stage: Option<Stage>,
}

/// The stage of the child at hand. A subquery and not a join, so that it is looked up for the rows of the page alone.
fn stage() -> Expr {
    let here = Expr::col((pathway::Entity, pathway::Column::ChildId)).equals((child::Entity, child::Column::Id));
    let stage = pathway::Entity::find()
        .select_only()
        .column(pathway::Column::Stage)
        .filter(here)
        .into_query();
    Expr::SubQuery(None, Box::new(stage.into()))
}

/// The select behind a list of children, and behind its export: search term, filters, order. The order ends with the
/// id.
pub async fn select(app: &App, by: &Actor, list: &List) -> Result<Select<child::Entity>> {
    let mut select = scope::children(by);
    let term = list.term();
    if !term.is_empty() {
        select = select.filter(finding::found_by(app, by, term).await?);
    }
    if !list.filter("street").is_empty() {
        select = select.filter(child::COLUMN.street.eq(list.filter("street")));
    }
    if let Some((from, until)) = list.filter("year").parse().ok().and_then(year) {
        select = select
            .filter(child::COLUMN.birth_on.gte(from))
            .filter(child::COLUMN.birth_on.lt(until));
    }
    if let Ok(stage) = list.filter("stage").parse::<Stage>() {
        let there = pathway::Entity::find()
            .select_only()
            .column(pathway::Column::ChildId)
            .filter(pathway::COLUMN.stage.eq(stage))
            .filter(scope::in_area(
                pathway::Column::District,
                pathway::Column::Street,
                district_of(by),
            ))
            .into_query();
        select = select.filter(child::Column::Id.in_subquery(there));
    }
    let order = if list.descending() { Order::Desc } else { Order::Asc };
    Ok(match list.sort.as_str() {
        "name" => select
            .order_by(child::Column::NameSound, order.clone())
            .order_by(child::Column::Id, order),
        "birth_on" => select
            .order_by(child::Column::BirthOn, order.clone())
            .order_by(child::Column::Id, order),
        "file_no" => select
            .order_by(child::Column::FileNo, order.clone())
            .order_by(child::Column::Id, order),
        // Files are numbered as they are opened.
        "opened" => select.order_by(child::Column::Id, order),
        _ => select.order_by_desc(child::Column::Id),
    })
}

/// A page of children.
pub async fn page(app: &App, by: &Actor, list: &List) -> Result<Page<ChildRow>> {
    let select = select(app, by, list).await?.select_only();
    list.fetch_long(&*app.db, ChildRow::select_cols(select)).await
}

/// The first few that a term finds, as somebody types it; and whether there are more.
pub async fn suggestions(app: &App, by: &Actor, term: &str) -> Result<(Vec<ChildRow>, bool)> {
    if !finding::is_enough(term) {
        return Ok((Vec::new(), false));
    }
    let list = List {
        q: term.to_owned(),
        ..List::default()
    };
    let mut rows = select(app, by, &list)
        .await?
        .limit(SUGGESTED + 1)
        .into_partial_model::<ChildRow>()
        .all(&*app.db)
        .await?;
    let most = usize::try_from(SUGGESTED)?;
    let more = rows.len() > most;
    rows.truncate(most);
    Ok((rows, more))
}

/// Children who are suggested at once.
const SUGGESTED: u64 = 8;

fn year(year: i32) -> Option<(NaiveDate, NaiveDate)> {
    let year = Some(year).filter(|year| day::YEARS.contains(year))?;
    NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year.checked_add(1)?, 1, 1))
}

fn district_of(by: &Actor) -> &str {
    match by.workplace.as_ref().map(|place| place.kind) {
        Some(kind) if kind.is_federation() => by.coverage().get(..6).unwrap_or(by.coverage()),
        // Hospitals and sites may care for children from anywhere.
        _ => "",
    }
}

/// Guardians of a child with their ties, those who are asked first in front, former ones last.
pub async fn guardians(db: &impl ConnectionTrait, id: ChildId) -> Result<Vec<Tie>> {
    let ties = guardianship::Entity::find()
        .filter(guardianship::COLUMN.child_id.eq(id))
        .order_by_asc(guardianship::COLUMN.id)
        .all(db)
        .await?;
    let people = guardian::Entity::find()
        .filter(guardian::Column::Id.is_in(ties.iter().map(|tie| tie.guardian_id)))
        .all(db)
        .await?;
    let people: BTreeMap<_, _> = people.into_iter().map(|person| (person.id, person)).collect();
    let mut found: Vec<Tie> = ties
        .into_iter()
        .filter_map(|tie| {
            let person = people.get(&tie.guardian_id)?.clone();
            Some((tie, person))
        })
        .collect();
    found.sort_by_key(|(tie, _)| (tie.ended_on.is_some(), !tie.is_first, tie.id));
    Ok(found)
}

/// Brothers and sisters: other children whom the actor may see and who share a guardian.
pub async fn siblings(app: &App, by: &Actor, id: ChildId) -> Result<Vec<ChildRow>> {
    let theirs = guardianship::Entity::find()
        .select_only()
        .column(guardianship::Column::GuardianId)
        .filter(guardianship::COLUMN.child_id.eq(id))
        .into_query();
    let others = guardianship::Entity::find()
        .select_only()
        .column(guardianship::Column::ChildId)
        .filter(guardianship::Column::GuardianId.in_subquery(theirs))
        .into_query();
    Ok(scope::children(by)
        .filter(child::Column::Id.in_subquery(others))
        .filter(child::COLUMN.id.ne(id))
        .order_by_asc(child::COLUMN.birth_on)
        .order_by_asc(child::COLUMN.id)
        .into_partial_model::<ChildRow>()
        .all(&*app.db)
        .await?)
}

/// A child by its file number, among those that the actor may see.
pub async fn by_file_no(app: &App, by: &Actor, file_no: &str) -> Result<Option<child::Model>> {
    Ok(scope::children(by)
        .filter(child::COLUMN.file_no.eq(entities::half_width::compact(file_no)))
        .one(&*app.db)
        .await?)
}

/// Consents of a child, the newest first.
pub async fn consents(db: &impl ConnectionTrait, id: ChildId) -> Result<Vec<consent::Model>> {
    Ok(consent::Entity::find()
        .filter(consent::COLUMN.child_id.eq(id))
        .order_by_desc(consent::COLUMN.signed_on)
        .order_by_desc(consent::COLUMN.id)
        .all(db)
        .await?)
}

/// Where a child lived, the newest first.
pub async fn residences(db: &impl ConnectionTrait, id: ChildId) -> Result<Vec<residence::Model>> {
    Ok(residence::Entity::find()
        .filter(residence::COLUMN.child_id.eq(id))
        .order_by_desc(residence::COLUMN.from_on)
        .order_by_desc(residence::COLUMN.id)
        .all(db)
        .await?)
}

/// Numbers of files that were merged into this one.
pub async fn merged_files(db: &impl ConnectionTrait, id: ChildId) -> Result<Vec<String>> {
    Ok(child::Entity::find()
        .filter(child::COLUMN.merged_into.eq(id))
        .order_by_asc(child::COLUMN.id)
        .select_only()
        .column(child::Column::FileNo)
        .into_tuple()
        .all(db)
        .await?)
}

/// What became of the last message to each guardian of a child.
pub async fn last_messages(db: &impl ConnectionTrait, id: ChildId) -> Result<BTreeMap<GuardianId, message::Model>> {
    let rows = message::Entity::find()
        .filter(message::COLUMN.child_id.eq(id))
        .filter(message::COLUMN.guardian_id.is_not_null())
        .order_by_asc(message::COLUMN.id)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| row.guardian_id.map(|guardian| (guardian, row)))
        .collect())
}

/// Who opened the file or one that was merged into it, and who had a number shown in full; the newest first.
pub async fn views(app: &App, id: ChildId, list: &List) -> Result<Page<event::Model>> {
    let merged = child::Entity::find()
        .select_only()
        .column(child::Column::Id)
        .filter(child::COLUMN.merged_into.eq(id))
        .into_query();
    let select = event::Entity::find()
        .filter(
            Condition::any()
                .add(event::COLUMN.child_id.eq(id))
                .add(event::Column::ChildId.in_subquery(merged)),
        )
        .filter(event::Column::Action.is_in(["child.viewed", "child.unmasked", "child.compared", "paper.printed"]))
        .order_by_desc(event::COLUMN.id);
    list.fetch(&*app.db, select).await
}

/// Years of birth that a list can be narrowed to: those in the programme and one more.
pub fn birth_years(today: NaiveDate) -> impl Iterator<Item = i32> {
    (0..=7).map(move |n| today.year() - n)
}
