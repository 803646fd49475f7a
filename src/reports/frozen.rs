//! Frozen reports: what was submitted, with the children behind every number, and what changed since.

use std::collections::{BTreeMap, BTreeSet};

use entities::{ChildId, FrozenReportId, child::child, report::frozen_report};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QueryOrder,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::screening::{
    figures::{self, Figures, Lists},
    request::{Request, Span, reach},
    service::{self, Letterhead},
};
use crate::{
    access::scope,
    platform::{
        Actor, App, Error, Keys, Result, Tx,
        crypto::fingerprint,
        event::{self, Subject},
    },
    web::{List, Page},
};
use entities::words::Language;

/// What is kept of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Who reported.
    pub head: Letterhead,
    /// The numbers.
    pub figures: Figures,
    /// The children behind them.
    pub lists: BTreeMap<Span, Lists>,
}

impl Content {
    /// The children behind a number, each with the row it was counted in; all rows for the total.
    pub fn behind(&self, span: Span, indicator: &str, row: Option<&str>) -> Vec<(String, ChildId)> {
        let rows = self.lists.get(&span).and_then(|lists| lists.get(indicator));
        rows.into_iter()
            .flatten()
            .filter(|(key, _)| row.is_none_or(|row| row == *key))
            .flat_map(|(key, children)| children.iter().map(|child| (key.clone(), *child)))
            .collect()
    }
}

/// A frozen report, opened.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// Its row.
    pub row: frozen_report::Model,
    /// Its content.
    pub content: Content,
    /// The content is what was frozen: its hash and the code of the row agree.
    pub intact: bool,
}

/// Hex SHA-256 of a content. Keys stand in the order of the alphabet, so the text is the same on every database.
fn hash(content: &Json) -> String {
    fingerprint(content.to_string().as_bytes())
}

/// What codes of frozen reports are made for.
const MAC: &str = "frozen_report";

/// What the code of a frozen report is over: everything that it says, the content by its hash.
fn sealed_text(row: &frozen_report::Model) -> String {
    let at = row.frozen_at.timestamp_micros();
    format!(
        "{}\n{}\n{}\n{}\n{}\n{}\n{at}",
        row.report, row.period, row.division, row.hash, row.organisation_id, row.frozen_by
    )
}

fn is_intact(keys: &Keys, row: &frozen_report::Model) -> Result<bool> {
    let Some(mac) = &row.mac else { return Ok(false) };
    Ok(hash(&row.content) == row.hash && keys.verify_mac(MAC, sealed_text(row).as_bytes(), mac)?)
}

/// Give a code to every report that was frozen before there were codes and is still what was frozen; how many.
pub async fn seal_older_in(tx: &Tx, keys: &Keys) -> Result<u64> {
    let mut sealed = 0;
    let older = frozen_report::Entity::find().filter(frozen_report::COLUMN.mac.is_null());
    for row in older.all(&**tx).await? {
        if hash(&row.content) == row.hash {
            let change = frozen_report::ActiveModel {
                id: Set(row.id),
                mac: Set(Some(keys.seal_mac(MAC, sealed_text(&row).as_bytes())?)),
                ..Default::default()
            };
            change.update(&**tx).await?;
            sealed += 1;
        }
    }
    Ok(sealed)
}

/// The frozen reports that are not what was frozen any more.
pub async fn changed(db: &impl ConnectionTrait, keys: &Keys) -> Result<Vec<FrozenReportId>> {
    use sea_orm::QuerySelect as _;
    let ids: Vec<FrozenReportId> = frozen_report::Entity::find()
        .select_only()
        .column(frozen_report::Column::Id)
        .order_by_asc(frozen_report::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let mut changed = Vec::new();
    // One at a time: a content holds every child of a district.
    for id in ids {
        if let Some(row) = frozen_report::Entity::find_by_id(id).one(db).await?
            && !is_intact(keys, &row)?
        {
            changed.push(id);
        }
    }
    Ok(changed)
}

/// Freeze a report: numbers and lists are taken in one transaction.
pub async fn freeze(
    app: &App,
    by: &Actor,
    request: &Request,
    reporter: &str,
    language: Language,
) -> Result<FrozenReportId> {
    let district = request.division.get(..6).unwrap_or_default();
    let tx = app.db.write(by, district).await?;
    let mut lists = BTreeMap::new();
    for span in request.spans() {
        lists.insert(*span, figures::lists(&*tx, request, *span).await?);
    }
    let mut numbers = figures::count(&*tx, request).await?;
    // The lists are what is submitted; the numbers are their lengths.
    numbers.spans = lists
        .iter()
        .map(|(span, lists)| (*span, figures::sizes(lists)))
        .collect();
    let content = Content {
        head: service::letterhead(&*tx, by, reporter, request, language).await?,
        figures: numbers,
        lists,
    };
    let content = serde_json::to_value(&content).map_err(anyhow::Error::from)?;
    let mut row = frozen_report::Model {
        id: FrozenReportId(0),
        report: "screening".to_owned(),
        period: request.period.to_string(),
        division: request.division.clone(),
        hash: hash(&content),
        mac: None,
        content,
        organisation_id: by.organisation()?,
        frozen_by: by.person()?,
        frozen_at: by.now,
    };
    row.mac = Some(app.keys.seal_mac(MAC, sealed_text(&row).as_bytes())?);
    let mut row = row.into_active_model().reset_all();
    row.id = NotSet;
    let row = row.insert(&*tx).await?;
    let details = json!({ "query": request.query(), "hash": row.hash });
    event::record(
        &tx,
        by,
        "report.frozen",
        Subject::new("frozen_report", row.id.0),
        details,
    )
    .await?;
    tx.commit().await?;
    Ok(row.id)
}

/// A frozen report of a division whose numbers the actor may see.
pub async fn open(app: &App, by: &Actor, id: FrozenReportId) -> Result<Frozen> {
    let row = frozen_report::Entity::find_by_id(id)
        .one(&*app.db)
        .await?
        .filter(|row| row.division.starts_with(reach(by)))
        .ok_or(Error::NotFound)?;
    let intact = is_intact(&app.keys, &row)?;
    let content = serde_json::from_value(row.content.clone()).map_err(anyhow::Error::from)?;
    Ok(Frozen { row, content, intact })
}

/// A frozen report as lists show it: without its content, which holds every child's id.
#[derive(Clone, Debug, sea_orm::DerivePartialModel)]
#[sea_orm(entity = "frozen_report::Entity")]
pub struct FrozenRow {
    /// Its number.
    pub id: FrozenReportId,
    /// The month or the year.
    pub period: String,
    /// Where.
    pub division: String,
    /// Its hash.
    pub hash: String,
    /// By whom.
    pub frozen_by: entities::AccountId,
    /// When.
    pub frozen_at: chrono::DateTime<chrono::Utc>,
}

/// The frozen reports that an actor may open, the latest first.
pub async fn page(db: &impl ConnectionTrait, by: &Actor, list: &List) -> Result<Page<FrozenRow>> {
    use sea_orm::{PaginatorTrait as _, QuerySelect as _};
    let select = frozen_report::Entity::find()
        .filter(scope::within(frozen_report::Column::Division, reach(by)))
        .order_by_desc(frozen_report::Column::Id);
    let place = Page::<FrozenRow>::place(list.number(), select.clone().count(db).await?);
    let rows = select
        .offset(place.offset())
        .limit(crate::web::list::PAGE)
        .into_partial_model::<FrozenRow>()
        .all(db)
        .await?;
    Ok(place.with(rows))
}

/// What changed of one number since it was frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which table.
    pub span: Span,
    /// What is counted.
    pub indicator: String,
    /// In which row.
    pub row: String,
    /// Then.
    pub then: usize,
    /// Now.
    pub now: usize,
    /// Children who count now and did not then.
    pub came: Vec<ChildId>,
    /// Children who counted then and do not now.
    pub went: Vec<ChildId>,
}

/// Compares a frozen report with the same report counted now.
pub async fn changes(db: &impl ConnectionTrait, frozen: &Content) -> Result<Vec<Change>> {
    let request = &frozen.figures.request;
    let mut changes = Vec::new();
    let nobody = Vec::new();
    let nothing = BTreeMap::new();
    for (span, then) in &frozen.lists {
        let now = figures::lists(db, request, *span).await?;
        let indicators = then.keys().chain(now.keys()).collect::<BTreeSet<_>>();
        for indicator in indicators {
            let rows = (
                then.get(indicator).unwrap_or(&nothing),
                now.get(indicator).unwrap_or(&nothing),
            );
            for row in rows.0.keys().chain(rows.1.keys()).collect::<BTreeSet<_>>() {
                let (was, is) = (rows.0.get(row).unwrap_or(&nobody), rows.1.get(row).unwrap_or(&nobody));
                let came = beyond(is, was);
                let went = beyond(was, is);
                if !came.is_empty() || !went.is_empty() {
                    changes.push(Change {
                        span: *span,
                        indicator: indicator.clone(),
                        row: row.clone(),
                        then: was.len(),
                        now: is.len(),
                        came,
                        went,
                    });
                }
            }
        }
    }
    Ok(changes)
}

/// Those of one list that are more often in it than in the other: a visit more counts as well as a child more.
fn beyond(of: &[ChildId], other: &[ChildId]) -> Vec<ChildId> {
    let mut left: BTreeMap<ChildId, usize> = BTreeMap::new();
    for child in other {
        *left.entry(*child).or_default() += 1;
    }
    let mut more = Vec::new();
    for child in of {
        match left.get_mut(child) {
            Some(times) if *times > 0 => *times -= 1,
            _ => more.push(*child),
        }
    }
    more
}

/// File numbers and names of the children that an actor may see.
pub async fn visible_names(
    db: &impl ConnectionTrait,
    by: &Actor,
    children: &BTreeSet<ChildId>,
) -> Result<BTreeMap<ChildId, (String, String)>> {
    let mut names = BTreeMap::new();
    let ids: Vec<ChildId> = children.iter().copied().collect();
    // Bound variables are limited, and a list can be a whole district.
    for some in ids.chunks(10_000) {
        let found = child::Entity::find()
            .filter(scope::visible(by))
            .filter(child::Column::Id.is_in(some.iter().copied()))
            .all(db)
            .await?;
        names.extend(found.into_iter().map(|file| (file.id, (file.file_no, file.name))));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_visit_is_a_difference() {
        let ids = |list: &[i64]| list.iter().copied().map(ChildId).collect::<Vec<_>>();
        assert_eq!(beyond(&ids(&[1, 2, 2, 3]), &ids(&[2, 1])), ids(&[2, 3]));
        assert_eq!(beyond(&ids(&[1]), &ids(&[1, 1])), ids(&[]));
    }

    #[test]
    fn the_hash_does_not_depend_on_the_order_of_keys() {
        let one: Json = serde_json::from_str(r#"{"b": 1, "a": [1, 2]}"#).unwrap();
        let other: Json = serde_json::from_str(r#"{"a": [1, 2], "b": 1}"#).unwrap();
        assert_eq!(hash(&one), hash(&other));
        assert_eq!(hash(&one).len(), 64);
    }
}
