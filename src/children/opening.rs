//! The opening day of a district (区开办日): checks whose time was over before it are nobody's omission.
//!
//! The day is a dated rule of the trade ([`OpeningDay`]), none until the office decides on one. What it means
//! stands in the rows: such a check is `before_opening` instead of pending, so that no list, number or reminder takes it
//! for missed. [`settle`] brings the rows of a district in line with the rule, however they got out of it.

use std::{collections::BTreeMap, time::Duration};

use chrono::NaiveDate;
use entities::{ChildId, screening::planned_check, words::CheckState};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait as _, QueryFilter, QuerySelect, Select, prelude::Expr,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    access::scope,
    platform::{
        Actor, App, Result, condition,
        event::{self, Subject},
        parameter,
        rule::Rule as _,
        sweep::Sweep,
    },
};

/// The rule: the first day of work in a district.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningDay {
    /// None: not set, every check counts.
    pub opens_on: Option<NaiveDate>,
}

/// The opening day of a district; none when nobody set one.
pub async fn day(db: &impl ConnectionTrait, district: &str, by: &Actor) -> Result<Option<NaiveDate>> {
    let rule: Option<OpeningDay> = parameter::find(db, OpeningDay::CODE, district, by.today()).await?;
    Ok(rule.and_then(|rule| rule.opens_on))
}

/// What an undone check of this last day is.
pub fn undone(closes_on: NaiveDate, opening: Option<NaiveDate>) -> CheckState {
    if opening.is_some_and(|day| closes_on < day) {
        CheckState::BeforeOpening
    } else {
        CheckState::Pending
    }
}

/// Bring every undone check under a coverage in line with the opening days; what changed, by district.
pub async fn settle(app: &App, by: &Actor, coverage: &str) -> Result<BTreeMap<String, u64>> {
    // The form that set the day has been counted; what follows from it are transactions of their own.
    let by = &Actor {
        submission: None,
        ..by.clone()
    };
    let districts: Vec<String> = planned_check::Entity::find()
        .select_only()
        .column(planned_check::Column::District)
        .distinct()
        .filter(scope::within(
            planned_check::Column::District,
            coverage.get(..6).unwrap_or(coverage),
        ))
        .into_tuple()
        .all(&*app.db)
        .await?;
    let mut changed = BTreeMap::new();
    for district in districts {
        let count = settle_district(app, by, &district).await?;
        if count > 0 {
            changed.insert(district, count);
        }
    }
    Ok(changed)
}

async fn settle_district(app: &App, by: &Actor, district: &str) -> Result<u64> {
    let opening = day(&*app.db, district, by).await?;
    if out_of_line(district, opening).count(&*app.db).await? == 0 {
        return Ok(0);
    }
    let tx = app.db.write(by, district).await?;
    let opening = day(&*tx, district, by).await?;
    let children: Vec<ChildId> = out_of_line(district, opening)
        .select_only()
        .column(planned_check::Column::ChildId)
        .distinct()
        .into_tuple()
        .all(&*tx)
        .await?;
    tx.touch_all(children);
    let mut count = 0;
    for state in [CheckState::Pending, CheckState::BeforeOpening] {
        let done = planned_check::Entity::update_many()
            .col_expr(planned_check::Column::State, Expr::value(state))
            .filter(planned_check::COLUMN.district.eq(district))
            .filter(should_be(state, opening))
            .exec(&*tx)
            .await?;
        count += done.rows_affected;
    }
    let details = json!({ "district": district, "opens_on": opening, "checks": count });
    event::record(&tx, by, "opening_day.applied", Subject::none(), details).await?;
    tx.commit().await?;
    Ok(count)
}

fn out_of_line(district: &str, opening: Option<NaiveDate>) -> Select<planned_check::Entity> {
    let either = sea_orm::Condition::any()
        .add(should_be(CheckState::Pending, opening))
        .add(should_be(CheckState::BeforeOpening, opening));
    planned_check::Entity::find()
        .filter(planned_check::COLUMN.district.eq(district))
        .filter(either)
}

/// Rows that are undone, should be in this state and are not.
fn should_be(state: CheckState, opening: Option<NaiveDate>) -> sea_orm::Condition {
    let check = planned_check::COLUMN;
    let all = sea_orm::Condition::all();
    match (state, opening) {
        (CheckState::BeforeOpening, Some(day)) => all
            .add(check.state.eq(CheckState::Pending))
            .add(check.closes_on.lt(day)),
        (CheckState::Pending, Some(day)) => all
            .add(check.state.eq(CheckState::BeforeOpening))
            .add(check.closes_on.gte(day)),
        (CheckState::Pending, None) => all.add(check.state.eq(CheckState::BeforeOpening)),
        (CheckState::BeforeOpening | CheckState::Done | CheckState::Cancelled, _) => condition::nothing(),
    }
}

/// Checks follow the opening day of the district where the child lives.
pub const SWEEP: Sweep = Sweep {
    name: "opening-days",
    every: Duration::from_secs(6 * 60 * 60),
    run: |app, by| Box::pin(sweep(app, by)),
};

/// Children move between districts, and days are corrected; whatever a check was left as, it follows the rule of where the
/// child lives.
async fn sweep(app: &App, by: &Actor) -> Result<String> {
    let changed: u64 = settle(app, by, "").await?.values().sum();
    Ok(if changed == 0 {
        String::new()
    } else {
        format!("checks={changed}")
    })
}
