//! Counting: one pass per milestone and span, grouped by the rows of the report.

use std::collections::{BTreeMap, BTreeSet};

use entities::{ChildId, OrganisationId, organisation::organisation, words::OrganisationKind};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryResult,
    sea_query::{Expr, ExprTrait, Func, Query, SelectStatement},
};
use serde::{Deserialize, Serialize};

use super::{
    ages::Ages,
    columns::{self, Column},
    indicators::{self, Indicator},
    milestones::{Flag, Milestone, ROWS, passes},
    request::{By, Request, Span},
    rows::rows,
    sql::flag,
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
    count_spans(db, request, request.spans()).await
}

/// Count some of its tables.
pub async fn count_spans(db: &impl ConnectionTrait, request: &Request, wanted: &[Span]) -> Result<Figures> {
    let milestones = by_milestone(request);
    let ages = Ages::of(db, request).await?;
    // Two at a time: what costs most is in different halves.
    let first = [Milestone::Residents, Milestone::Due, Milestone::DueBeforeOpening];
    let (first, rest): (Vec<_>, Vec<_>) = milestones.iter().partition(|(milestone, _)| first.contains(milestone));
    let (first, rest) = tokio::try_join!(
        counted(db, request, &ages, wanted, first),
        counted(db, request, &ages, wanted, rest)
    )?;
    let mut found = first;
    for (span, counts) in rest {
        found.entry(span).or_default().extend(counts);
    }
    let known = found
        .values_mut()
        .find_map(|counts| counts.remove(indicators::KNOWN.key));
    let keys = found
        .values()
        .flat_map(Counts::values)
        .flat_map(|rows| rows.keys().cloned())
        .collect();
    Ok(Figures {
        request: request.clone(),
        rows: rows_of(db, request, &keys).await?,
        spans: found,
        known: known.into_iter().flat_map(BTreeMap::into_values).sum(),
    })
}

/// A number to be counted: of which span, under which name, and the test on the rows of the query.
struct Wanted {
    span: Span,
    key: &'static str,
    test: Condition,
}

/// The numbers of some milestones. What two spans have in common is counted by one query.
async fn counted(
    db: &impl ConnectionTrait,
    request: &Request,
    ages: &Ages,
    spans: &[Span],
    milestones: Vec<(&Milestone, &Vec<&'static Indicator>)>,
) -> Result<BTreeMap<Span, Counts>> {
    let mut found: BTreeMap<Span, Counts> = spans.iter().map(|span| (*span, Counts::new())).collect();
    for (milestone, members) in milestones {
        for (query, wanted) in queries_of(*milestone, request, ages, spans, members) {
            for row in all(db, &query).await? {
                let k: String = row.try_get("", "k")?;
                for (index, one) in wanted.iter().enumerate() {
                    let number: i64 = row.try_get("", &format!("number{index}"))?;
                    if number != 0 {
                        let counts = found.entry(one.span).or_default();
                        counts.entry(one.key.to_owned()).or_default().insert(k.clone(), number);
                    }
                }
            }
        }
    }
    Ok(found)
}

/// The queries of a milestone for some spans, each with what it counts.
fn queries_of(
    milestone: Milestone,
    request: &Request,
    ages: &Ages,
    spans: &[Span],
    members: &[&'static Indicator],
) -> Vec<(SelectStatement, Vec<Wanted>)> {
    let every = |span: Span, of: Span| {
        let wanted = members.iter().map(move |indicator| Wanted {
            span,
            key: indicator.key,
            test: passes(indicator.source(request.mode).1.within(of)),
        });
        wanted.collect::<Vec<_>>()
    };
    let both = spans.len() > 1;
    let mut asked = flags(members, request);
    let known = |span: Span| Wanted {
        span,
        key: indicators::KNOWN.key,
        test: passes(indicators::KNOWN.source(request.mode).1),
    };
    match milestone {
        // Of one day: the residents are the same in both tables, and only who was screened is not.
        Milestone::Residents => {
            asked.push(Flag::Known);
            if both && asked.contains(&Flag::Screened) {
                asked.push(Flag::ScreenedThisYear);
            }
            let mut wanted: Vec<Wanted> = spans.iter().flat_map(|span| every(*span, *span)).collect();
            wanted.extend(spans.first().map(|span| known(*span)));
            let first = spans.first().copied().unwrap_or(Span::Period);
            vec![(numbers(rows(milestone, request, ages, first, &asked), &wanted), wanted)]
        }
        Milestone::OverdueRescreens | Milestone::OverdueDiagnoses => {
            let wanted: Vec<Wanted> = spans.iter().flat_map(|span| every(*span, *span)).collect();
            let first = spans.first().copied().unwrap_or(Span::Period);
            vec![(numbers(rows(milestone, request, ages, first, &asked), &wanted), wanted)]
        }
        // The latest of a child in the year is its latest in the month, when it lies in the month.
        Milestone::Due | Milestone::DueBeforeOpening if both => {
            let mut wanted = every(Span::YearToDate, Span::YearToDate);
            wanted.extend(every(Span::Period, Span::Period).into_iter().map(|mut one| {
                one.test = one.test.add(Expr::col((ROWS, "day")).gte(request.from(Span::Period)));
                one
            }));
            vec![(
                numbers(rows(milestone, request, ages, Span::YearToDate, &asked), &wanted),
                wanted,
            )]
        }
        Milestone::Due
        | Milestone::DueBeforeOpening
        | Milestone::Screens
        | Milestone::Refusals
        | Milestone::RescreenReferrals
        | Milestone::Rescreens
        | Milestone::DiagnosisReferrals
        | Milestone::Diagnoses
        | Milestone::Losses
        | Milestone::Cohort => spans
            .iter()
            .map(|span| {
                let wanted = every(*span, *span);
                (numbers(rows(milestone, request, ages, *span, &asked), &wanted), wanted)
            })
            .collect(),
    }
}

/// How many rows pass each test, by the row of the report.
fn numbers(rows: SelectStatement, wanted: &[Wanted]) -> SelectStatement {
    let mut select = Query::select();
    select.expr_as(Expr::col((ROWS, "k")), "k");
    for (index, one) in wanted.iter().enumerate() {
        let number = Expr::from(Func::sum(flag(one.test.clone()))).cast_as("bigint");
        select.expr_as(number, format!("number{index}"));
    }
    select.from_subquery(rows, ROWS).group_by_col((ROWS, "k")).to_owned()
}

/// The children behind every number of a span: the same queries, read row by row instead of summed.
pub async fn lists(db: &impl ConnectionTrait, request: &Request, span: Span) -> Result<Lists> {
    let ages = &Ages::of(db, request).await?;
    let mut lists = Lists::new();
    for (milestone, members) in by_milestone(request) {
        let mut select = Query::select();
        select
            .expr_as(Expr::col((ROWS, "child_id")), "child_id")
            .expr_as(Expr::col((ROWS, "k")), "k");
        for indicator in &members {
            let (_, test) = indicator.source(request.mode);
            select.expr_as(flag(passes(test)).cast_as("bigint"), indicator.key);
        }
        select
            .from_subquery(rows(milestone, request, ages, span, &flags(&members, request)), ROWS)
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
    let ages = &Ages::of(db, request).await?;
    let (milestone, _) = indicator.source(request.mode);
    let found = all(db, &aggregate(milestone, request, ages, span, &[indicator])).await?;
    found
        .iter()
        .map(|row| Ok((row.try_get("", "k")?, row.try_get("", indicator.key)?)))
        .collect()
}

/// The totals of some indicators: nothing else is counted.
pub async fn totals<const N: usize>(
    db: &impl ConnectionTrait,
    request: &Request,
    span: Span,
    keys: [&str; N],
) -> Result<[i64; N]> {
    let ages = &Ages::of(db, request).await?;
    let mut totals = [0; N];
    let mut milestones: BTreeMap<Milestone, Vec<&'static Indicator>> = BTreeMap::new();
    for indicator in keys.iter().filter_map(|key| indicators::find(key)) {
        let (milestone, _) = indicator.source(request.mode);
        milestones.entry(milestone).or_default().push(indicator);
    }
    for (milestone, members) in milestones {
        for found in all(db, &aggregate(milestone, request, ages, span, &members)).await? {
            for indicator in &members {
                let number: i64 = found.try_get("", indicator.key)?;
                let at = keys.iter().zip(&mut totals).find(|(key, _)| **key == indicator.key);
                if let Some((_, total)) = at {
                    *total += number;
                }
            }
        }
    }
    Ok(totals)
}

/// The indicators of the table by the milestone they are counted in.
fn by_milestone(request: &Request) -> BTreeMap<Milestone, Vec<&'static Indicator>> {
    let mut milestones: BTreeMap<Milestone, Vec<&'static Indicator>> = BTreeMap::new();
    let wanted = wanted(request);
    for indicator in indicators::all().filter(|i| wanted.contains(i.key)) {
        milestones
            .entry(indicator.source(request.mode).0)
            .or_default()
            .push(indicator);
    }
    milestones
}

/// The indicators that the columns of this mode need.
fn wanted(request: &Request) -> BTreeSet<&'static str> {
    columns::columns()
        .flat_map(|column| match column {
            Column::Count(key) => vec![*key],
            Column::Share(rate) => vec![rate.numerator(request.mode), rate.denominator(request.mode)],
        })
        .collect()
}

fn flags(members: &[&Indicator], request: &Request) -> Vec<Flag> {
    let flags: BTreeSet<Flag> = members.iter().filter_map(|i| i.source(request.mode).1.flag()).collect();
    flags.into_iter().collect()
}

fn aggregate(
    milestone: Milestone,
    request: &Request,
    ages: &Ages,
    span: Span,
    members: &[&Indicator],
) -> SelectStatement {
    let mut select = Query::select();
    select.expr_as(Expr::col((ROWS, "k")), "k");
    for indicator in members {
        let (_, test) = indicator.source(request.mode);
        let number = Expr::from(Func::sum(flag(passes(test)))).cast_as("bigint");
        select.expr_as(number, indicator.key);
    }
    select
        .from_subquery(rows(milestone, request, ages, span, &flags(members, request)), ROWS)
        .group_by_col((ROWS, "k"))
        .to_owned()
}

pub(in crate::reports) async fn all(db: &impl ConnectionTrait, select: &SelectStatement) -> Result<Vec<QueryResult>> {
    Ok(db.query_all(select).await?)
}

/// The rows that the report has whatever was counted, and those that something was found for.
pub async fn rows_of(db: &impl ConnectionTrait, request: &Request, found: &BTreeSet<String>) -> Result<Vec<Row>> {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    match request.by {
        By::Age => {
            // A screen keeps the check age that it was done for, whatever the rule says today.
            let mut ages: BTreeSet<u32> = Ages::of(db, request).await?.rows().collect();
            ages.extend(found.iter().filter_map(|key| key.parse::<u32>().ok()));
            return Ok(ages
                .into_iter()
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
