//! Assessments, looked at again when the age that they were read for is corrected. A finished one is never scored again: it
//! stays as it is, and whoever needs another fills one in.

use entities::{screening::assessment, words::AssessmentState};
use sea_orm::{ColumnTrait as _, EntityTrait, QueryFilter as _, QueryOrder as _};

use super::sheet;
use crate::{
    children,
    platform::{Result, Say, Tx, compartment::Corrected},
};

pub(super) async fn look_again_in(tx: &Tx, corrected: Corrected<'_>) -> Result<Vec<Say>> {
    if !corrected.changes_age() {
        return Ok(Vec::new());
    }
    let rules = children::service::check_age_rules(&**tx, &corrected.new.district, corrected.by).await?;
    let rows = assessment::Entity::find()
        .filter(assessment::COLUMN.child_id.eq(corrected.new.id))
        .filter(assessment::COLUMN.state.ne(AssessmentState::Withdrawn))
        .order_by_asc(assessment::COLUMN.id)
        .all(&**tx)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let now = sheet::months_on(
                corrected.new.birth_on,
                corrected.new.gestational_weeks,
                &rules.preterm,
                row.performed_on,
            )
            .map(|(months, _)| months);
            if now.map(i64::from) == Some(i64::from(row.age_months)) {
                return None;
            }
            let say = Say::new("judged.assessment")
                .with("code", row.instrument.to_uppercase())
                .with("on", row.performed_on)
                .with_word("was", months(row.age_months));
            Some(match now {
                Some(now) => say.with_word("now", months(now)),
                None => say.with_word("now", "judged.outside"),
            })
        })
        .collect())
}

fn months(n: impl ToString) -> Say {
    Say::new("check.age.months").with("n", n)
}
