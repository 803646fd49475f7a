//! What moves on because a day has passed: certificates come near their end, children begin, trials end. Once a day the tasks of
//! everybody who has a place are worked out anew.

use std::{collections::BTreeMap, time::Duration};

use chrono::Datelike as _;
use entities::{ChildId, enrolment::enrolment_decision};
use sea_orm::{Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::platform::{Actor, App, Result, counter, sweep::Sweep};

/// The last day that was gone through, counted from the first of our era.
const MARK: &str = "enrolment.dates";
/// Children in one transaction.
const AT_ONCE: usize = 500;

/// Looks at its mark every hour, and goes through once a day.
pub(super) const SWEEP: Sweep = Sweep {
    name: "enrolment-dates",
    every: Duration::from_secs(60 * 60),
    run: |app, by| Box::pin(sweep(app, by)),
};

async fn sweep(app: &App, by: &Actor) -> Result<String> {
    let today = by.today();
    let day = i64::from(today.num_days_from_ce());
    if counter::read(&*app.db, MARK).await? == Some(day) {
        return Ok(String::new());
    }
    let column = enrolment_decision::COLUMN;
    let rows: Vec<(String, ChildId)> = enrolment_decision::Entity::find()
        .select_only()
        .columns([
            enrolment_decision::Column::District,
            enrolment_decision::Column::ChildId,
        ])
        .distinct()
        .filter(column.valid_from.is_not_null())
        .filter(column.revoked_on.is_null())
        .filter(
            Condition::any()
                .add(column.valid_to.is_null())
                .add(column.valid_to.gte(today)),
        )
        .order_by_asc(enrolment_decision::Column::District)
        .order_by_asc(enrolment_decision::Column::ChildId)
        .into_tuple()
        .all(&*app.db)
        .await?;
    let mut districts: BTreeMap<String, Vec<ChildId>> = BTreeMap::new();
    let count = rows.len();
    for (district, child) in rows {
        districts.entry(district).or_default().push(child);
    }
    for (district, children) in districts {
        for some in children.chunks(AT_ONCE) {
            let tx = app.db.write(by, &district).await?;
            tx.touch_all(some.iter().copied());
            tx.commit_quietly().await?;
        }
    }
    let tx = app.db.write(by, "").await?;
    counter::keep_in(&tx, MARK, day).await?;
    tx.commit_quietly().await?;
    Ok(format!("children={count}"))
}
