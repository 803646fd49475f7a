//! Reads of the trail. Never a count of everything: there are millions of events.

use std::collections::BTreeMap;

use entities::{
    ChildId, OrganisationId,
    child::child,
    event::{event, event_seal},
    organisation::organisation,
    words::Language,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Query,
};

use super::{details, filter::EventFilter};
use crate::{
    organisations,
    platform::{
        Choice, List, Page, Result,
        list::{PAGE, number_of},
        words,
    },
};

/// An event as the audit administrator reads it. Children by file number: administrators know no names.
#[derive(Clone, Debug)]
pub struct EventLine {
    /// The row.
    pub row: event::Model,
    /// What was done, in words; the raw action when nobody wrote words for it.
    pub action: String,
    /// Where the actor worked.
    pub organisation: String,
    /// The child's file number.
    pub file_no: String,
    /// Details in words.
    pub details: String,
}

/// A page of events.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// The newest first.
    pub lines: Vec<EventLine>,
    /// Where the next page begins.
    pub older: Option<String>,
    /// How many there are, on this page and all others, counted as far as lists are.
    pub total: u64,
}

/// A page of the trail, from where the filter says, the newest first.
pub async fn trail(db: &impl ConnectionTrait, filter: &EventFilter, language: Language) -> Result<Trail> {
    let mut rows = ordered(filter.page()).limit(PAGE + 1).all(db).await?;
    let more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let older = rows.last().filter(|_| more).map(place);
    Ok(Trail {
        lines: lines(db, rows, language).await?,
        older,
        total: 0,
    })
}

/// How many events are asked for, counted no further than one more than a list counts.
pub async fn number(db: &impl ConnectionTrait, filter: &EventFilter) -> Result<u64> {
    let select = Query::select().expr_as(number_of(filter.select()), "number").to_owned();
    let found = db.query_one(&select).await?;
    let number: i64 = found.map_or(Ok(0), |row| row.try_get("", "number"))?;
    Ok(u64::try_from(number).unwrap_or(0))
}

/// The events that are asked for, the newest first.
pub fn newest_first(filter: &EventFilter) -> Select<event::Entity> {
    ordered(filter.select())
}

fn ordered(select: Select<event::Entity>) -> Select<event::Entity> {
    select.order_by_desc(event::COLUMN.at).order_by_desc(event::COLUMN.id)
}

fn place(row: &event::Model) -> String {
    format!("{}.{}", row.at.timestamp_micros(), row.id)
}

/// Events in words.
pub async fn lines(db: &impl ConnectionTrait, rows: Vec<event::Model>, language: Language) -> Result<Vec<EventLine>> {
    let places: Vec<OrganisationId> = rows.iter().filter_map(|row| row.organisation_id).collect();
    let places = organisations::queries::names(db, places).await?;
    let files = file_numbers(db, rows.iter().filter_map(|row| row.child_id)).await?;
    Ok(rows
        .into_iter()
        .map(|row| EventLine {
            action: in_words(language, &row.action),
            organisation: row
                .organisation_id
                .and_then(|id| places.get(&id).cloned())
                .unwrap_or_default(),
            file_no: row.child_id.and_then(|id| files.get(&id).cloned()).unwrap_or_default(),
            details: details::in_words(language, row.action.split('.').next().unwrap_or_default(), &row.details),
            row,
        })
        .collect())
}

/// An action in words; as it is stored when there are none.
pub fn in_words(language: Language, action: &str) -> String {
    let key = format!("event.{action}");
    let text = words::raw(language, &key);
    if text == key {
        action.to_owned()
    } else {
        text.into_owned()
    }
}

async fn file_numbers(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = ChildId>,
) -> Result<BTreeMap<ChildId, String>> {
    let rows: Vec<(ChildId, String)> = child::Entity::find()
        .select_only()
        .column(child::Column::Id)
        .column(child::Column::FileNo)
        .filter(child::COLUMN.id.is_in(ids.collect::<std::collections::BTreeSet<_>>()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// All organisations to choose from.
pub async fn organisation_choices(db: &impl ConnectionTrait, chosen: &str) -> Result<Vec<Choice>> {
    let rows = organisation::Entity::find()
        .order_by_asc(organisation::COLUMN.coverage)
        .order_by_asc(organisation::COLUMN.id)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Choice::new(row.id, row.name, chosen))
        .collect())
}

/// A page of seals, the newest first.
pub async fn seals(db: &impl ConnectionTrait, list: &List) -> Result<Page<event_seal::Model>> {
    let select = event_seal::Entity::find().order_by_desc(event_seal::COLUMN.number);
    list.fetch(db, select).await
}
