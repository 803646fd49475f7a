//! Screens, looked at again when a fact that they were judged by is corrected. A screen whose signs belong to another age
//! stays on record as it is and settles its check no more; one that fits again settles it again.

use entities::{
    age::GestationalWeeks,
    child::child,
    screening::{planned_check, screen},
    words::{AgeUsed, CheckState},
};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait, QueryFilter as _, QueryOrder as _,
};
use serde_json::json;

use super::{rules, service::lived_in};
use crate::{
    children::{self, age_words, check_ages::CheckAgeRules},
    platform::{
        Error, Result, Say, Tx,
        compartment::{Corrected, Facts},
        event::{self, Subject},
    },
};

pub(super) async fn look_again_in(tx: &Tx, corrected: Corrected<'_>) -> Result<Vec<Say>> {
    if !corrected.changes_age() && !corrected.changes_home() {
        return Ok(Vec::new());
    }
    let screens = screen::Entity::find()
        .filter(screen::COLUMN.child_id.eq(corrected.new.id))
        .filter(screen::COLUMN.withdrawn_at.is_null())
        .order_by_asc(screen::COLUMN.performed_on)
        .order_by_asc(screen::COLUMN.id)
        .all(&**tx)
        .await?;
    let rules = children::service::check_age_rules(&**tx, &corrected.new.district, corrected.by).await?;
    let file = child::Entity::find_by_id(corrected.new.id)
        .one(&**tx)
        .await?
        .ok_or(Error::NotFound)?;
    let mut told = Vec::new();
    for row in screens {
        if corrected.changes_age() {
            told.push(by_age_in(tx, corrected, &rules, &row).await?);
        }
        if corrected.changes_home() {
            let (_, street) = lived_in(&**tx, &file, row.performed_on).await?;
            if street != row.street {
                told.push(Say::new("judged.screen.street").with("on", row.performed_on));
            }
        }
    }
    Ok(told)
}

async fn by_age_in(tx: &Tx, corrected: Corrected<'_>, rules: &CheckAgeRules, row: &screen::Model) -> Result<Say> {
    let asked = u8::try_from(row.age_months).ok();
    let now = belongs_to(rules, corrected, row);
    let check = match row.planned_check_id {
        Some(id) => planned_check::Entity::find_by_id(id).one(&**tx).await?,
        None => None,
    };
    let settled_by_it = check.as_ref().is_some_and(|check| check.screen_id == Some(row.id));
    let fits = now.is_some() && now == asked;
    let key = match (&check, fits) {
        (Some(check), false) if settled_by_it => {
            let state = if corrected.new.left {
                CheckState::Cancelled
            } else {
                let opening = children::opening::day(&**tx, &corrected.new.district, corrected.by).await?;
                children::opening::undone(check.closes_on, opening)
            };
            settle_in(tx, check, state, None).await?;
            note_in(tx, corrected, row, "screen.outdated").await?;
            "judged.screen.reopened"
        }
        (Some(check), true) if !settled_by_it && check.state != CheckState::Done && rules::settles(row.outcome) => {
            settle_in(tx, check, CheckState::Done, Some(row)).await?;
            note_in(tx, corrected, row, "screen.fits_again").await?;
            "judged.screen.fits_again"
        }
        (_, true) => "judged.screen.fits",
        (_, false) => "judged.screen.other_age",
    };
    let say = Say::new(key)
        .with("on", row.performed_on)
        .with_word("asked", age_words(row.age_months));
    Ok(match now {
        Some(now) => say.with_word("now", age_words(now)),
        None => say.with_word("now", "judged.outside"),
    })
}

/// The check age that a screen belongs to by the corrected facts. Whoever chose between two ages has chosen.
fn belongs_to(rules: &CheckAgeRules, corrected: Corrected<'_>, row: &screen::Model) -> Option<u8> {
    let ages = |file: &Facts| {
        let weeks = file
            .gestational_weeks
            .and_then(|weeks| GestationalWeeks::try_from(weeks).ok());
        rules.preterm.ages_on(file.birth_on, weeks, row.performed_on)
    };
    // The record says whether there was another age then; what the file says of it may have changed since.
    let had_choice = row.corrected_age_days.is_some();
    let now = ages(corrected.new)?;
    if now.chronological.months >= rules.ends_at_months {
        return None;
    }
    rules.column_for_age(match row.age_used {
        AgeUsed::Chronological if had_choice => now.chronological,
        AgeUsed::Chronological | AgeUsed::Corrected => now.for_development(),
    })
}

async fn settle_in(tx: &Tx, check: &planned_check::Model, state: CheckState, by: Option<&screen::Model>) -> Result<()> {
    let row = planned_check::ActiveModel {
        id: Set(check.id),
        state: Set(state),
        screen_id: Set(by.map(|row| row.id)),
        ..Default::default()
    };
    row.update(&**tx).await?;
    Ok(())
}

async fn note_in(tx: &Tx, corrected: Corrected<'_>, row: &screen::Model, action: &str) -> Result<()> {
    let subject = Subject::of_child("screen", row.id.0, row.child_id);
    event::record(
        tx,
        corrected.by,
        action,
        subject,
        json!({ "age_months": row.age_months }),
    )
    .await
}
