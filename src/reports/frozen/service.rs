//! Frozen reports: what was submitted, with the children behind every number, and what changed since.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use entities::{
    AccountId, ChildId, FrozenContentId, FrozenReportId, child::child, kept::frozen_content, report::frozen_report,
    words::Language,
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::NotSet, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult,
    IntoActiveModel as _, JoinType, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::ExprTrait as _,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    access::scope,
    platform::{
        Actor, App, Check, Error, Keys, List, Page, Result, Tx,
        clock::day_of,
        event::{self, Subject},
        frozen::{self, Of, Opened},
    },
    reports::screening::{
        figures::{self, Figures, Lists},
        request::{Period, Request, Span, reach},
        service::{self, Letterhead},
    },
};

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
    /// Its content; who froze it when, and whether it still is what was frozen.
    pub opened: Opened<Content>,
}

/// What a content is of: everything that the row of the report says.
fn of(row: &frozen_report::Model) -> Of<'static> {
    Of {
        kind: "frozen_report",
        says: format!("{}\n{}\n{}", row.report, row.period, row.division),
    }
}

/// Give a code to every report that was frozen before there were codes and is still what was frozen; how many.
pub async fn seal_older_in(tx: &Tx, keys: &Keys) -> Result<u64> {
    let mut sealed = 0;
    for row in frozen_report::Entity::find().all(&**tx).await? {
        sealed += u64::from(frozen::seal_older_in(tx, keys, &of(&row), row.content_id).await?);
    }
    Ok(sealed)
}

/// The frozen reports that are not what was frozen any more.
pub async fn changed(db: &impl ConnectionTrait, keys: &Keys) -> Result<Vec<FrozenReportId>> {
    let rows = frozen_report::Entity::find()
        .order_by_asc(frozen_report::Column::Id)
        .all(db)
        .await?;
    let mut changed = Vec::new();
    // One at a time: a content holds every child of a district.
    for row in rows {
        if frozen::is_changed(db, keys, &of(&row), row.content_id).await? {
            changed.push(row.id);
        }
    }
    Ok(changed)
}

/// Longest reason, in characters.
const REASON: usize = 500;

/// What a frozen report is beside the others of its period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The one that counts as submitted: the last that was frozen after its period.
    Reported,
    /// A later version was submitted in its place.
    Replaced,
    /// Frozen while its period ran: no report.
    Early,
}

impl Standing {
    /// Its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Reported => "reports.frozen.reported",
            Self::Replaced => "reports.frozen.replaced",
            Self::Early => "reports.frozen.early",
        }
    }

    /// How it looks.
    pub const fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Reported => ("success", "done"),
            Self::Replaced => ("neutral", "history"),
            Self::Early => ("warning", "waiting"),
        }
    }

    /// Of a report among those of its period and division.
    pub fn of(row: &FrozenRow, all: &[FrozenRow]) -> Self {
        let is_early = |row: &FrozenRow| Period::parse(&row.period).is_some_and(|p| day_of(row.signed_at) < p.until());
        let later = |other: &&FrozenRow| {
            (&other.period, &other.division) == (&row.period, &row.division) && other.version > row.version
        };
        if is_early(row) {
            Self::Early
        } else if all.iter().filter(later).any(|other| !is_early(other)) {
            Self::Replaced
        } else {
            Self::Reported
        }
    }
}

/// Why a period is frozen again, or before its end: nobody does so unawares.
///
/// # Errors
/// There is no reason, and there has to be one.
fn reason(by: &Actor, request: &Request, again: bool, typed: &str) -> Result<Option<String>> {
    let mut check = Check::default();
    if !again && !request.runs_on(by.now) {
        let reason = check.optional_note("reason", typed, REASON);
        return Ok(check.done(Some(reason))?);
    }
    let reason = check.note("reason", typed, REASON);
    Ok(Some(check.done(reason)?))
}

/// Freeze a report: numbers and lists are taken in one transaction. A period that was frozen already gets its next
/// version; that, and one that is not over, needs a reason.
///
/// # Errors
/// There is no reason where one is needed.
pub async fn freeze(
    app: &App,
    by: &Actor,
    request: &Request,
    why: &str,
    reporter: &str,
    language: Language,
) -> Result<FrozenReportId> {
    let district = request.division.get(..6).unwrap_or_default();
    let tx = app.db.write(by, district).await?;
    let earlier = frozen_report::Entity::find()
        .filter(of_period(request))
        .order_by_desc(frozen_report::Column::Version)
        .one(&*tx)
        .await?;
    let reason = reason(by, request, earlier.is_some(), why)?;
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
    let mut row = frozen_report::Model {
        id: FrozenReportId(0),
        report: "screening".to_owned(),
        period: request.period.to_string(),
        division: request.division.clone(),
        content_id: FrozenContentId(0),
        version: earlier.map_or(1, |row| row.version + 1),
        reason,
    };
    let reference = frozen::freeze_in(&tx, &app.keys, by, &of(&row), &content).await?;
    row.content_id = reference.content;
    let mut row = row.into_active_model().reset_all();
    row.id = NotSet;
    let row = row.insert(&*tx).await?;
    let details = json!({ "query": request.query(), "hash": reference.hash, "version": row.version });
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

/// What was frozen of the same period and division.
fn of_period(request: &Request) -> Condition {
    Condition::all()
        .add(frozen_report::Column::Report.eq("screening"))
        .add(frozen_report::Column::Period.eq(request.period.to_string()))
        .add(frozen_report::Column::Division.eq(request.division.as_str()))
}

/// A frozen report of a division whose numbers the actor may see.
pub async fn open(app: &App, by: &Actor, id: FrozenReportId) -> Result<Frozen> {
    let row = frozen_report::Entity::find_by_id(id)
        .one(&*app.db)
        .await?
        .filter(|row| row.division.starts_with(reach(by)))
        .ok_or(Error::NotFound)?;
    let opened = frozen::open(&*app.db, &app.keys, &of(&row), row.content_id).await?;
    Ok(Frozen { row, opened })
}

/// A frozen report as lists show it: without its content, which holds every child's id.
#[derive(Clone, Debug, FromQueryResult)]
pub struct FrozenRow {
    /// Its number.
    pub id: FrozenReportId,
    /// The month or the year.
    pub period: String,
    /// Where.
    pub division: String,
    /// Which one of its period and division.
    pub version: i32,
    /// Why again, or before the end.
    pub reason: Option<String>,
    /// Its hash.
    pub hash: String,
    /// By whom.
    pub signed_by: AccountId,
    /// When.
    pub signed_at: DateTime<Utc>,
}

/// Frozen reports without their contents, the latest first.
fn rows() -> Select<frozen_report::Entity> {
    let content = frozen_report::Entity::belongs_to(frozen_content::Entity)
        .from(frozen_report::Column::ContentId)
        .to(frozen_content::Column::Id)
        .into();
    frozen_report::Entity::find()
        .select_only()
        .columns([
            frozen_report::Column::Id,
            frozen_report::Column::Period,
            frozen_report::Column::Division,
            frozen_report::Column::Version,
            frozen_report::Column::Reason,
        ])
        .columns([
            frozen_content::Column::Hash,
            frozen_content::Column::SignedBy,
            frozen_content::Column::SignedAt,
        ])
        .join(JoinType::InnerJoin, content)
        .order_by_desc(frozen_report::Column::Id)
}

/// The frozen reports that an actor may open, the latest first.
pub async fn page(db: &impl ConnectionTrait, by: &Actor, list: &List) -> Result<Page<FrozenRow>> {
    let select = rows().filter(scope::within(frozen_report::Column::Division, reach(by)));
    list.fetch_as(db, select).await
}

/// All of the same periods and divisions as some.
pub async fn siblings(db: &impl ConnectionTrait, of: &[FrozenRow]) -> Result<Vec<FrozenRow>> {
    let either = of.iter().fold(Condition::any(), |either, row| {
        either.add(
            frozen_report::COLUMN
                .period
                .eq(row.period.as_str())
                .and(frozen_report::COLUMN.division.eq(row.division.as_str())),
        )
    });
    if of.is_empty() {
        return Ok(Vec::new());
    }
    Ok(rows().filter(either).into_model().all(db).await?)
}

/// What was frozen already of what is asked for.
pub async fn earlier(db: &impl ConnectionTrait, request: &Request) -> Result<Vec<FrozenRow>> {
    Ok(rows().filter(of_period(request)).into_model().all(db).await?)
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
