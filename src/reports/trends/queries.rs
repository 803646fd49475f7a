//! What a report says beyond its table: the funnel, the time between the steps, how common autism is, and the year before.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entities::screening::{diagnosis, rescreen};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityName as _,
    sea_query::{Expr, ExprTrait, Func, Query, SelectStatement},
};

use crate::{
    platform::{Result, workbook::Ratio},
    reports::{
        screening::{
            ages::Ages,
            columns::{self, Column},
            figures::{self, Figures, all},
            indicators,
            milestones::{Milestone, ROWS},
            request::{By, Mode, Request, Span},
            rows::rows,
            table::ratio,
        },
        statistics::{Rate, Tenths, Z_95, median, quantile, wilson},
    },
};

/// The steps of the funnel, by indicator: a cohort never grows on its way down.
pub const FUNNEL: [&str; 6] = [
    "screened",
    "positive",
    "rescreened",
    "rescreen_abnormal",
    "diagnosed",
    "autism",
];

/// Days between two steps of the children that did both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Locale key, below `reports.waiting`.
    pub key: &'static str,
    /// Children that did both.
    pub children: usize,
    /// Half of them needed at most so many days.
    pub median: Option<Tenths>,
    /// Nine in ten needed at most so many days.
    pub most: Option<Tenths>,
}

/// How long the children of the cohort of a span waited between the steps.
pub async fn waiting(db: &impl ConnectionTrait, request: &Request, span: Span) -> Result<Vec<Waiting>> {
    let mut first_to_rescreen = Vec::new();
    let mut rescreen_to_diagnosis = Vec::new();
    let mut first_to_diagnosis = Vec::new();
    let ages = Ages::of(db, request).await?;
    for row in all(db, &steps(request, &ages, span)).await? {
        let first: NaiveDate = row.try_get("", "first")?;
        let again: Option<NaiveDate> = row.try_get("", "again")?;
        let assessed: Option<NaiveDate> = row.try_get("", "assessed")?;
        first_to_rescreen.extend(again.map(|day| (day - first).num_days()));
        first_to_diagnosis.extend(assessed.map(|day| (day - first).num_days()));
        let between = again
            .zip(assessed)
            .map(|(again, assessed)| (assessed - again).num_days());
        rescreen_to_diagnosis.extend(between.filter(|days| *days >= 0));
    }
    let waited = |key, days: &[i64]| Waiting {
        key,
        children: days.len(),
        median: median(days),
        most: quantile(days, 90),
    };
    Ok(vec![
        waited("first_to_rescreen", &first_to_rescreen),
        waited("rescreen_to_diagnosis", &rescreen_to_diagnosis),
        waited("first_to_diagnosis", &first_to_diagnosis),
    ])
}

/// The first day of every step of the children of a cohort.
fn steps(request: &Request, ages: &Ages, span: Span) -> SelectStatement {
    let earliest = |table: sea_orm::sea_query::TableRef, day: Expr, holds: Condition| {
        let select = Query::select()
            .expr(Func::min(day))
            .from(table)
            .cond_where(holds)
            .to_owned();
        Expr::SubQuery(None, Box::new(select.into()))
    };
    let of_child = |owner: Expr| owner.eq(Expr::col((ROWS, "child_id")));
    let first = || Expr::col((ROWS, "day"));
    let again = Condition::all()
        .add(of_child(rescreen::Column::ChildId.into_expr()))
        .add(rescreen::Column::WithdrawnAt.is_null())
        .add(rescreen::Column::PerformedOn.into_expr().gte(first()));
    let assessed = Condition::all()
        .add(of_child(diagnosis::Column::ChildId.into_expr()))
        .add(diagnosis::Column::WithdrawnAt.is_null())
        .add(diagnosis::Column::DiagnosedOn.into_expr().gte(first()));
    Query::select()
        .expr_as(first(), "first")
        .expr_as(
            earliest(
                rescreen::Entity.table_ref(),
                rescreen::Column::PerformedOn.into_expr(),
                again,
            ),
            "again",
        )
        .expr_as(
            earliest(
                diagnosis::Entity.table_ref(),
                diagnosis::Column::DiagnosedOn.into_expr(),
                assessed,
            ),
            "assessed",
        )
        .from_subquery(rows(Milestone::Cohort, request, ages, span, &[]), ROWS)
        .and_where(Expr::col((ROWS, "n")).eq(1))
        .to_owned()
}

/// How common autism is among the residents: those known, per thousand, with the interval of Wilson at 95%.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prevalence {
    /// Known cases among the residents.
    pub ratio: Ratio,
    /// The interval in per mille with two decimals; none without residents.
    pub interval: Option<(String, String)>,
}

/// The estimate of a report.
pub fn prevalence(figures: &Figures) -> Prevalence {
    let residents = figures.count(Span::Period, "residents", None);
    let counts = u64::try_from(figures.known).ok().zip(u64::try_from(residents).ok());
    let ends = counts.and_then(|(known, of)| wilson(known, of, Z_95));
    Prevalence {
        ratio: Ratio::per_mille(figures.known, residents),
        interval: ends.map(|(low, high)| (per_mille(low), per_mille(high))),
    }
}

/// A share in per mille with two decimals.
#[expect(clippy::float_arithmetic, reason = "an interval is an estimate; it is only printed")]
fn per_mille(share: f64) -> String {
    format!("{:.2}‰", share * 1000.0)
}

/// An indicator beside the same of the year before.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The column.
    pub key: &'static str,
    /// Now, as printed.
    pub now: String,
    /// A year earlier, as printed.
    pub before: String,
    /// The difference of numbers; empty for shares, which are compared by eye.
    pub change: String,
}

/// The totals of a span beside those of the year before.
pub fn compared(now: &Figures, before: &Figures, span: Span) -> Vec<Compared> {
    let row = |column: &'static Column| match column {
        Column::Count(key) => {
            let (is, was) = (now.count(span, key, None), before.count(span, key, None));
            Compared {
                key,
                now: is.to_string(),
                before: was.to_string(),
                change: if is == was {
                    "0".to_owned()
                } else {
                    format!("{:+}", is - was)
                },
            }
        }
        Column::Share(rate) => Compared {
            key: rate.key,
            now: ratio(now, span, rate, None).text(),
            before: ratio(before, span, rate, None).text(),
            change: String::new(),
        },
    };
    columns::columns().map(row).collect()
}

/// How old the children were when autism was found: years completed, with their number.
pub async fn age_at_diagnosis(db: &impl ConnectionTrait, request: &Request, span: Span) -> Result<Vec<(u32, i64)>> {
    let by_age = Request {
        by: By::Age,
        mode: Mode::Period,
        ..request.clone()
    };
    let counted = match indicators::find("autism") {
        Some(indicator) => figures::by_row(db, &by_age, span, indicator).await?,
        None => BTreeMap::new(),
    };
    Ok(bands(Ages::of(db, &by_age).await?.rows(), &counted))
}

/// The same of numbers by age.
pub fn ages_of(by_age: &Figures) -> Vec<(u32, i64)> {
    let counted = by_age.spans.get(&Span::Period).and_then(|counts| counts.get("autism"));
    let ages = by_age.rows.iter().filter_map(|row| row.key.parse().ok());
    bands(ages, counted.unwrap_or(&BTreeMap::new()))
}

fn bands(ages: impl Iterator<Item = u32>, counted: &BTreeMap<String, i64>) -> Vec<(u32, i64)> {
    ages.map(|months| (months, counted.get(&months.to_string()).copied().unwrap_or(0)))
        .collect()
}

/// The rate of a funnel step in the step before it.
pub fn step_rate(of: i64, before: i64) -> String {
    let counts = u64::try_from(of).ok().zip(u64::try_from(before).ok());
    counts.map_or_else(String::new, |(of, before)| Rate::new(of, before).percent(1))
}
