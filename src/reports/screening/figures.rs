//! Counting: one pass per stage and span, grouped by the rows of the report.

use std::collections::{BTreeMap, BTreeSet};

use entities::{ChildId, OrganisationId, organisation::organisation, words::OrganisationKind};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryResult,
    sea_query::{Expr, ExprTrait, Func, Query, SelectStatement},
};
use serde::{Deserialize, Serialize};

use super::{
    indicators::{self, Indicator},
    places::AGES,
    request::{By, Request, Span},
    rows::rows,
    sql::flag,
    stages::{Flag, ROWS, Stage, passes},
};
use crate::{organisations::queries, platform::Result};

/// A row of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Division code, check age in months, id of the site; empty for what belongs to none.
    pub key: String,
    /// Name of the place; empty where the key says it all.
    pub name: String,
}

/// How many, by indicator and row.
pub type Counts = BTreeMap<String, BTreeMap<String, i64>>;
/// Who, by indicator and row.
pub type Lists = BTreeMap<String, BTreeMap<String, Vec<ChildId>>>;

/// The numbers of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// What was asked for.
    pub request: Request,
    /// Its rows, without the total.
    pub rows: Vec<Row>,
    /// The numbers of each span.
    pub spans: BTreeMap<Span, Counts>,
    /// Resident children with autism known on the reference day.
    pub known: i64,
}

impl Figures {
    /// A number of one row; of the total without a row.
    pub fn count(&self, span: Span, indicator: &str, row: Option<&str>) -> i64 {
        let Some(by_row) = self.spans.get(&span).and_then(|counts| counts.get(indicator)) else {
            return 0;
        };
        match row {
            Some(row) => by_row.get(row).copied().unwrap_or(0),
            None => by_row.values().sum(),
        }
    }
}

/// Count a report.
pub async fn count(db: &impl ConnectionTrait, request: &Request) -> Result<Figures> {
    let mut spans = BTreeMap::new();
    let mut of_the_day = Counts::new();
    for span in request.spans() {
        let mut counts = of_the_day.clone();
        for (stage, members) in by_stage(request) {
            if members.iter().all(|member| of_the_day.contains_key(member.key)) {
                continue;
            }
            for found in all(db, &aggregate(stage, request, *span, &members)).await? {
                let row: String = found.try_get("", "k")?;
                for indicator in &members {
                    let number: i64 = found.try_get("", indicator.key)?;
                    if number != 0 {
                        counts
                            .entry(indicator.key.to_owned())
                            .or_default()
                            .insert(row.clone(), number);
                    }
                }
            }
        }
        of_the_day = of_a_day(request, &counts);
        spans.insert(*span, counts);
    }
    let known = by_row(db, request, Span::Period, &indicators::KNOWN)
        .await?
        .values()
        .sum();
    let found = spans
        .values()
        .flat_map(Counts::values)
        .flat_map(|rows| rows.keys().cloned())
        .collect();
    let rows = rows_of(db, request, &found).await?;
    Ok(Figures {
        request: request.clone(),
        rows,
        spans,
        known,
    })
}

/// Numbers that are the same in every span, so that they are counted once. Which residents were screened is not one.
fn of_a_day(request: &Request, counts: &Counts) -> Counts {
    let same = |key: &str| {
        indicators::find(key).is_some_and(|i| i.source(request.mode).0.is_of_a_day()) && key != "screened_residents"
    };
    counts
        .iter()
        .filter(|(key, _)| same(key))
        .map(|(key, rows)| (key.clone(), rows.clone()))
        .collect()
}

/// The children behind every number of a span: the same queries, read row by row instead of summed.
pub async fn lists(db: &impl ConnectionTrait, request: &Request, span: Span) -> Result<Lists> {
    let mut lists = Lists::new();
    for (stage, members) in by_stage(request) {
        let mut select = Query::select();
        select
            .expr_as(Expr::col((ROWS, "child_id")), "child_id")
            .expr_as(Expr::col((ROWS, "k")), "k");
        for indicator in &members {
            let (_, test) = indicator.source(request.mode);
            select.expr_as(flag(passes(test)).cast_as("bigint"), indicator.key);
        }
        select
            .from_subquery(rows(stage, request, span, &flags(&members, request)), ROWS)
            .order_by((ROWS, "child_id"), sea_orm::Order::Asc);
        for found in all(db, &select).await? {
            let row: String = found.try_get("", "k")?;
            let child: ChildId = found.try_get("", "child_id")?;
            for indicator in &members {
                if found.try_get::<i64>("", indicator.key)? == 1 {
                    let by_row = lists.entry(indicator.key.to_owned()).or_default();
                    by_row.entry(row.clone()).or_default().push(child);
                }
            }
        }
    }
    Ok(lists)
}

/// The size of every list.
pub fn sizes(lists: &Lists) -> Counts {
    let size = |children: &Vec<ChildId>| i64::try_from(children.len()).unwrap_or(i64::MAX);
    lists
        .iter()
        .map(|(key, rows)| {
            (
                key.clone(),
                rows.iter().map(|(row, list)| (row.clone(), size(list))).collect(),
            )
        })
        .collect()
}

/// One indicator by the rows of the report.
pub async fn by_row(
    db: &impl ConnectionTrait,
    request: &Request,
    span: Span,
    indicator: &Indicator,
) -> Result<BTreeMap<String, i64>> {
    let (stage, _) = indicator.source(request.mode);
    let found = all(db, &aggregate(stage, request, span, &[indicator])).await?;
    found
        .iter()
        .map(|row| Ok((row.try_get("", "k")?, row.try_get("", indicator.key)?)))
        .collect()
}

/// The indicators of the table by the stage they are counted in.
fn by_stage(request: &Request) -> BTreeMap<Stage, Vec<&'static Indicator>> {
    let mut stages: BTreeMap<Stage, Vec<&'static Indicator>> = BTreeMap::new();
    let wanted = wanted(request);
    for indicator in indicators::ALL.iter().filter(|i| wanted.contains(i.key)) {
        stages
            .entry(indicator.source(request.mode).0)
            .or_default()
            .push(indicator);
    }
    stages
}

/// The indicators that the columns of this mode need.
fn wanted(request: &Request) -> BTreeSet<&'static str> {
    indicators::columns()
        .flat_map(|column| match column {
            indicators::Column::Count(key) => vec![*key],
            indicators::Column::Share(rate) => vec![rate.numerator(request.mode), rate.denominator],
        })
        .collect()
}

fn flags(members: &[&Indicator], request: &Request) -> Vec<Flag> {
    let flags: BTreeSet<Flag> = members.iter().filter_map(|i| i.source(request.mode).1.flag()).collect();
    flags.into_iter().collect()
}

fn aggregate(stage: Stage, request: &Request, span: Span, members: &[&Indicator]) -> SelectStatement {
    let mut select = Query::select();
    select.expr_as(Expr::col((ROWS, "k")), "k");
    for indicator in members {
        let (_, test) = indicator.source(request.mode);
        let number = Expr::from(Func::sum(flag(passes(test)))).cast_as("bigint");
        select.expr_as(number, indicator.key);
    }
    select
        .from_subquery(rows(stage, request, span, &flags(members, request)), ROWS)
        .group_by_col((ROWS, "k"))
        .to_owned()
}

pub(super) async fn all(db: &impl ConnectionTrait, select: &SelectStatement) -> Result<Vec<QueryResult>> {
    Ok(db.query_all(select).await?)
}

/// The rows that the report has whatever was counted, and those that something was found for.
pub async fn rows_of(db: &impl ConnectionTrait, request: &Request, found: &BTreeSet<String>) -> Result<Vec<Row>> {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    match request.by {
        By::Age => {
            let ages = std::iter::once(0).chain(AGES);
            return Ok(ages
                .map(|months| Row {
                    key: months.to_string(),
                    name: String::new(),
                })
                .collect());
        }
        By::Street => {
            let level = if request.is_city() { 6 } else { 9 };
            for place in queries::division_options(db, &request.division, &[level]).await? {
                // Of a city, the districts that take part: the others would be lines of nothing.
                if !request.is_city() || found.contains(&place.code) {
                    known.insert(place.code, place.label);
                }
            }
            let others = found
                .iter()
                .filter(|key| !known.contains_key(*key))
                .cloned()
                .collect::<Vec<_>>();
            let names = queries::division_names(db, others.clone()).await?;
            for code in others {
                let name = names.get(&code).unwrap_or(&code).clone();
                known.insert(code, name);
            }
        }
        By::Site => {
            for site in queries::working_in(db, OrganisationKind::ScreeningSite, &request.division).await? {
                known.insert(site.id.to_string(), site.name);
            }
            let ids: Vec<OrganisationId> = found
                .iter()
                .filter(|key| !known.contains_key(*key))
                .filter_map(|key| key.parse().ok())
                .collect();
            let others = organisation::Entity::find()
                .filter(organisation::Column::Id.is_in(ids))
                .all(db)
                .await?;
            known.extend(others.into_iter().map(|site| (site.id.to_string(), site.name)));
        }
    }
    let mut rows: Vec<Row> = known.into_iter().map(|(key, name)| Row { key, name }).collect();
    if request.by == By::Site {
        rows.sort_by_key(|row| row.key.parse::<i64>().unwrap_or(i64::MAX));
        rows.extend(found.contains("").then(|| Row {
            key: String::new(),
            name: String::new(),
        }));
    }
    Ok(rows)
}
