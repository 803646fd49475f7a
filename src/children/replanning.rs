//! Windows of checks, planned again: from corrected facts, and when the rule that makes them changes.

use std::{collections::BTreeMap, time::Duration};

use chrono::NaiveDate;
use entities::{
    ChildId,
    age::GestationalWeeks,
    child::{child, residence},
    screening::planned_check,
    words::CheckState,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;

use super::{
    check_ages::{self, CheckAgeRules, PlannedCheck},
    opening, rows, service,
};
use crate::{
    access::scope,
    platform::{
        Actor, App, Error, Result, Tx,
        event::{self, Subject},
        sweep::Sweep,
    },
};

/// Children at once.
const CHUNK: u64 = 500;

/// No rule calls a child preterm that was born after so many weeks.
const TERM: i32 = 41;

/// The windows of children born too early follow the clock in force.
pub(super) const SWEEP: Sweep = Sweep {
    name: "preterm-windows",
    every: Duration::from_secs(6 * 60 * 60),
    run: |app, by| Box::pin(sweep(app, by)),
};

async fn sweep(app: &App, by: &Actor) -> Result<String> {
    let changed = follow_the_clock(app, by, "").await?;
    Ok(if changed == 0 {
        String::new()
    } else {
        format!("children={changed}")
    })
}

/// Plan the windows of children born too early by the rules in force, wherever they were planned by another clock. The
/// answer is how many children had other ones. May run twice.
pub(super) async fn follow_the_clock(app: &App, by: &Actor, coverage: &str) -> Result<usize> {
    // The form that changed the rule has been counted; what follows from it are transactions of their own.
    let by = &Actor {
        submission: None,
        ..by.clone()
    };
    let districts: Vec<String> = early(coverage)
        .select_only()
        .column(child::Column::District)
        .distinct()
        .into_tuple()
        .all(&*app.db)
        .await?;
    let mut changed = 0;
    for district in districts {
        let rules = service::check_age_rules(&*app.db, &district, by).await?;
        let mut last = ChildId(0);
        // Never more than some of a district's children at once.
        loop {
            let some = early(&district)
                .filter(child::COLUMN.id.gt(last))
                .order_by_asc(child::Column::Id)
                .limit(CHUNK)
                .all(&*app.db)
                .await?;
            let Some(end) = some.last() else { break };
            last = end.id;
            if !out_of_step(&*app.db, &rules, &some).await?.is_empty() {
                changed += realign(app, by, &district, some.iter().map(|child| child.id).collect()).await?;
            }
        }
    }
    Ok(changed)
}

/// Files of children who may have been born too early.
fn early(coverage: &str) -> sea_orm::Select<child::Entity> {
    child::Entity::find()
        .filter(scope::within(
            child::Column::District,
            coverage.get(..6).unwrap_or(coverage),
        ))
        .filter(child::COLUMN.gestational_weeks.lt(TERM))
        .filter(child::COLUMN.merged_into.is_null())
}

/// Rows whose window is not the one of the plan, each with the one that is.
async fn out_of_step(
    db: &impl ConnectionTrait,
    rules: &CheckAgeRules,
    children: &[child::Model],
) -> Result<Vec<(planned_check::Model, PlannedCheck)>> {
    let plans: BTreeMap<ChildId, (bool, Vec<PlannedCheck>)> = children
        .iter()
        .map(|child| {
            let weeks = child
                .gestational_weeks
                .and_then(|weeks| GestationalWeeks::try_from(weeks).ok());
            let is_early = rules.preterm.corrected_birth(child.birth_on, weeks).is_some();
            (child.id, (is_early, check_ages::plan(child.birth_on, weeks, rules)))
        })
        .collect();
    // Most were not born early, and have one age and a plan of its own, unless another rule called them early.
    let early = plans.iter().filter(|(_, (is_early, _))| *is_early).map(|(id, _)| *id);
    let known = planned_check::Entity::find()
        .filter(planned_check::COLUMN.child_id.is_in(plans.keys().copied()))
        .filter(
            Condition::any()
                .add(planned_check::COLUMN.child_id.is_in(early))
                .add(planned_check::COLUMN.corrected.eq(true)),
        )
        .all(db)
        .await?;
    Ok(known
        .into_iter()
        .filter_map(|row| {
            let (_, plan) = plans.get(&row.child_id)?;
            let check = plan
                .iter()
                .find(|check| i32::from(check.age_months) == row.age_months)?;
            let same = (row.opens_on, row.due_on, row.closes_on, row.corrected)
                == (check.opens_on, check.due_on, check.closes_on, check.corrected);
            (!same).then_some((row, *check))
        })
        .collect())
}

async fn realign(app: &App, by: &Actor, district: &str, ids: Vec<ChildId>) -> Result<usize> {
    let tx = app.db.write(by, district).await?;
    let rules = service::check_age_rules(&*tx, district, by).await?;
    let opening = opening::day(&*tx, district, by).await?;
    let children = child::Entity::find()
        .filter(child::COLUMN.id.is_in(ids))
        .all(&*tx)
        .await?;
    let mut changed: BTreeMap<ChildId, usize> = BTreeMap::new();
    for (row, check) in out_of_step(&*tx, &rules, &children).await? {
        *changed.entry(row.child_id).or_default() += 1;
        set_window_in(&tx, &row, &check, &rules.version, opening).await?;
    }
    if changed.is_empty() {
        return Ok(0);
    }
    for (child, checks) in &changed {
        let details = json!({ "rules": rules.version, "checks": checks });
        event::record(&tx, by, "child.replanned", Subject::child(*child), details).await?;
    }
    tx.commit().await?;
    Ok(changed.len())
}

/// A check has this window from now on.
async fn set_window_in(
    tx: &Tx,
    known: &planned_check::Model,
    check: &PlannedCheck,
    rules: &str,
    opening: Option<NaiveDate>,
) -> Result<()> {
    let mut row = known.clone().into_active_model();
    row.opens_on = Set(check.opens_on);
    row.due_on = Set(check.due_on);
    row.closes_on = Set(check.closes_on);
    row.corrected = Set(check.corrected);
    row.rules = Set(rules.to_owned());
    match known.state {
        CheckState::Done | CheckState::Cancelled => {}
        CheckState::Pending | CheckState::BeforeOpening => row.state = Set(opening::undone(check.closes_on, opening)),
    }
    row.update(&**tx).await?;
    Ok(())
}

/// Plan the checks again from corrected facts. A check that was done stays done, in the window that is its own now; whether
/// it still fits is looked at by whoever did it. A pending one that no longer belongs to the child's time here goes.
pub(super) async fn replan_in(tx: &Tx, by: &Actor, old: &child::Model, new: &child::Model) -> Result<()> {
    let from = first_day_here_in(tx, old, new).await?;
    let rules = service::check_age_rules(&**tx, &new.district, by).await?;
    let opening = opening::day(&**tx, &new.district, by).await?;
    let weeks = new
        .gestational_weeks
        .and_then(|weeks| GestationalWeeks::try_from(weeks).ok());
    let plan = check_ages::plan(new.birth_on, weeks, &rules);
    let wanted: Vec<_> = check_ages::while_resident(&plan, Some(from), None).collect();
    let known = planned_check::Entity::find()
        .filter(planned_check::COLUMN.child_id.eq(new.id))
        .all(&**tx)
        .await?;
    for row in &known {
        let check = wanted
            .iter()
            .find(|check| i32::from(check.age_months) == row.age_months);
        match check {
            Some(check) => set_window_in(tx, row, check, &rules.version, opening).await?,
            // Done before the child came, as it is planned now.
            None if row.state == CheckState::Done => {
                if let Some(check) = plan.iter().find(|check| i32::from(check.age_months) == row.age_months) {
                    set_window_in(tx, row, check, &rules.version, opening).await?;
                }
            }
            None => {
                planned_check::Entity::delete_by_id(row.id).exec(&**tx).await?;
            }
        }
    }
    for check in wanted {
        if !known.iter().any(|row| row.age_months == i32::from(check.age_months)) {
            let mut row = rows::check_row(check, &rules.version, &new.district, &new.street, new.id);
            row.state = Set(if new.departure_id.is_some() {
                CheckState::Cancelled
            } else {
                opening::undone(check.closes_on, opening)
            });
            row.insert(&**tx).await?;
        }
    }
    Ok(())
}

/// The first day of the first residence; it follows the birth date when the child has lived here since birth.
async fn first_day_here_in(tx: &Tx, old: &child::Model, new: &child::Model) -> Result<NaiveDate> {
    let first = residence::Entity::find()
        .filter(residence::COLUMN.child_id.eq(new.id))
        .order_by_asc(residence::COLUMN.from_on)
        .order_by_asc(residence::COLUMN.id)
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)?;
    if first.from_on != old.birth_on && first.from_on >= new.birth_on {
        return Ok(first.from_on);
    }
    let mut row = first.into_active_model();
    row.from_on = Set(new.birth_on);
    Ok(row.update(&**tx).await?.from_on)
}
