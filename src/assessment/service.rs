//! Sheets: begun, kept, finished; withdrawn when they were a mistake.

use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use entities::{
    AccountId, AssessmentId, DiagnosisId, RescreenId,
    child::child,
    screening::{assessment, referral},
    words::AssessmentState,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel,
    QueryFilter, sea_query::Expr,
};
use serde_json::json;

use super::{
    forms::{Filled, NewSheet},
    instruments::library,
    queries,
    sheet::{self, Kept, Typed, draft},
};
use crate::{
    access::scope,
    children,
    platform::{
        Actor, App, Error, Result, Tx,
        event::{self, Subject},
        sweep::Sweep,
    },
    screening::instruments::{InputError, Language as Tongue, Outcome, Package},
};

/// A sheet is begun and finished within days; what is left longer was forgotten.
const FORGOTTEN: TimeDelta = TimeDelta::days(14);

/// What a sheet's page led to.
#[derive(Debug)]
pub enum Submitted {
    /// Finished, with its result.
    Finished(Box<Outcome>),
    /// Kept; these are missing.
    Open(Box<Outcome>),
}

/// Answers that do not fit their own package: nothing of ours makes them.
pub fn unfit(error: InputError) -> Error {
    Error::Unreadable(error.text().get(Tongue::En).to_owned())
}

fn subject(row: &assessment::Model) -> Subject {
    Subject::of_child("assessment", row.id.0, row.child_id)
}

/// Begin a sheet; the one that the same person has already begun for that child and instrument goes on.
pub async fn begin(app: &App, by: &Actor, new: &NewSheet) -> Result<(AssessmentId, bool)> {
    let district = scope::child(&*app.db, by, new.child).await?.district;
    let tx = app.db.write(by, &district).await?;
    let child = scope::child(&*tx, by, new.child).await?;
    if child.merged_into.is_some() {
        return Err(Error::refused("child.merged"));
    }
    if let Some(row) = queries::begun(&*tx, by, child.id, &new.instrument).await? {
        let id = row.id;
        if let (None, Some(wanted)) = (row.referral_id, new.referral) {
            // From now on it is filled in for this referral, and leads back to it.
            let referral = queries::referral_here(&*tx, by, child.id, wanted).await?;
            let mut change = row.into_active_model();
            change.referral_id = Set(Some(referral.id));
            change.update(&*tx).await?;
            tx.commit_quietly().await?;
        }
        return Ok((id, false));
    }
    let here = library::load(&*tx).await?;
    let package = here.get(&new.instrument).ok_or(Error::NotFound)?;
    if package.is_example() && !app.config.demo {
        return Err(Error::refused("assessment.example"));
    }
    let referral = match new.referral {
        Some(id) => Some(queries::referral_here(&*tx, by, child.id, id).await?.id),
        None => None,
    };
    let row = assessment::ActiveModel {
        referral_id: Set(referral),
        ..blank(&tx, by, &child, package, new.performed_on).await?
    };
    let id = insert(tx, by, row, "assessment.begun").await?;
    Ok((id, true))
}

async fn blank(
    tx: &Tx,
    by: &Actor,
    child: &child::Model,
    package: &Package,
    performed_on: NaiveDate,
) -> Result<assessment::ActiveModel> {
    let rules = children::service::check_age_rules(&**tx, &child.district, by).await?;
    let (months, _) = sheet::age_months(child, &rules.preterm, performed_on)
        .ok_or_else(|| Error::field("performed_on", "assessment.before_birth"))?;
    Ok(assessment::ActiveModel {
        id: NotSet,
        child_id: Set(child.id),
        instrument: Set(package.code.clone()),
        instrument_version: Set(package.version.clone()),
        state: Set(AssessmentState::Draft),
        rater: Set(1),
        round: Set(None),
        rescreen_id: Set(None),
        diagnosis_id: Set(None),
        referral_id: Set(None),
        organisation_id: Set(by.organisation()?),
        by: Set(by.person()?),
        performed_on: Set(performed_on),
        age_months: Set(i32::try_from(months)?),
        answers: Set(json!({})),
        item_scores: Set(json!([])),
        result: Set(json!({})),
        cutoffs: Set(None),
        version: Set(1),
        created_at: Set(by.now),
        finished_at: Set(None),
    })
}

async fn insert(tx: Tx, by: &Actor, row: assessment::ActiveModel, action: &str) -> Result<AssessmentId> {
    let row = row.insert(&*tx).await?;
    let details = json!({
        "instrument": row.instrument, "version": row.instrument_version, "performed_on": row.performed_on,
        "round": row.round,
    });
    event::record(&tx, by, action, subject(&row), details).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// Begin the second rating of a round: another person, the same version of the instrument, nothing of the first.
pub async fn begin_second(app: &App, by: &Actor, first: AssessmentId, performed_on: NaiveDate) -> Result<AssessmentId> {
    let district = queries::find(&*app.db, by, first).await?.1.district;
    let tx = app.db.write(by, &district).await?;
    let (row, child) = queries::find(&*tx, by, first).await?;
    may_be_rated_again(&row, by)?;
    if let Some(other) = queries::second(&*tx, row.id).await? {
        // Their own sheet goes on; somebody else's is in the way.
        return if Some(other.by) == by.account && other.state == AssessmentState::Draft {
            Ok(other.id)
        } else {
            Err(Error::refused("assessment.second.taken"))
        };
    }
    let here = library::load(&*tx).await?;
    let package = here.needed(&row.instrument, &row.instrument_version)?;
    let second = assessment::ActiveModel {
        rater: Set(2),
        round: Set(Some(row.id)),
        ..blank(&tx, by, &child, package, performed_on).await?
    };
    insert(tx, by, second, "assessment.second_begun").await
}

/// A finished first rating, and another person.
pub fn may_be_rated_again(row: &assessment::Model, by: &Actor) -> Result<()> {
    if row.state != AssessmentState::Final || row.round.is_some() {
        return Err(Error::refused("assessment.second.not_of_this"));
    }
    if Some(row.by) == by.account {
        return Err(Error::refused("assessment.second.same_person"));
    }
    Ok(())
}

/// Keep what a page holds.
///
/// # Errors
/// [`Error::Stale`] when another page saved since this one was made, or the sheet is finished.
pub async fn keep(app: &App, by: &Actor, id: AssessmentId, package: &Package, filled: &Filled) -> Result<()> {
    let (tx, row, kept) = open(app, by, id, filled).await?;
    let kept = grown(package, &row, &kept, filled)?;
    draft(&row).store_in(&tx, app, by.now, &kept).await?;
    tx.commit_quietly().await
}

async fn open(app: &App, by: &Actor, id: AssessmentId, filled: &Filled) -> Result<(Tx, assessment::Model, Kept)> {
    let district = queries::find(&*app.db, by, id).await?.1.district;
    let tx = app.db.write(by, &district).await?;
    let (row, _) = queries::own_sheet(&*tx, by, id).await?;
    let kept = sheet::kept(app, &*tx, &row).await?;
    if !kept.is_known_to(filled.base, &filled.window) {
        return Err(Error::stale_as("assessment.other_window"));
    }
    Ok((tx, row, kept))
}

/// What is kept once a page's answers are in. The second stage has no choice of cut-offs of its own.
fn grown(package: &Package, row: &assessment::Model, kept: &Kept, filled: &Filled) -> Result<Kept> {
    if (package.code.as_str(), package.version.as_str()) != (row.instrument.as_str(), row.instrument_version.as_str()) {
        return Err(Error::stale());
    }
    let typed = Typed {
        cutoffs: filled.cutoffs.clone(),
        answers: sheet::merged(package, &kept.answers, &filled.answers, filled.stage).map_err(unfit)?,
    };
    Ok(kept.next(&filled.window, typed))
}

/// The age a sheet is read for.
pub fn months(row: &assessment::Model) -> u32 {
    u32::try_from(row.age_months).unwrap_or(0)
}

/// Finish a sheet when nothing is missing; otherwise keep it. A finished one holds the version of the package, every
/// answer with its points, the cut-off set and the explanation, and is never scored again.
pub async fn submit(app: &App, by: &Actor, id: AssessmentId, package: &Package, filled: &Filled) -> Result<Submitted> {
    let (tx, row, kept) = open(app, by, id, filled).await?;
    let mut kept = grown(package, &row, &kept, filled)?;
    let outcome = sheet::standing(package, &kept, months(&row)).map_err(unfit)?;
    if !outcome.complete {
        draft(&row).store_in(&tx, app, by.now, &kept).await?;
        tx.commit_quietly().await?;
        return Ok(Submitted::Open(Box::new(outcome)));
    }
    kept.answers = sheet::called_for(package, &kept.answers).map_err(unfit)?;
    let outcome = sheet::standing(package, &kept, months(&row)).map_err(unfit)?;
    draft(&row).discard_in(&tx).await?;
    let version = row.version + 1;
    let mut change = row.into_active_model();
    change.state = Set(AssessmentState::Final);
    change.answers = Set(json!(kept.answers));
    change.item_scores = Set(json!(outcome.item_scores));
    change.result = Set(json!(outcome));
    change.cutoffs = Set(outcome.cutoffs.clone());
    change.version = Set(version);
    change.finished_at = Set(Some(by.now));
    let row = change.update(&*tx).await?;
    let details = json!({
        "instrument": row.instrument, "version": row.instrument_version, "cutoffs": row.cutoffs, "round": row.round,
    });
    event::record(&tx, by, "assessment.finished", subject(&row), details).await?;
    tx.commit().await?;
    Ok(Submitted::Finished(Box::new(outcome)))
}

/// Withdraw an own assessment that was a mistake, or give up a sheet. One that a re-screen or a diagnosis rests on
/// stays; so does the first of a round while the second stands.
pub async fn withdraw(app: &App, by: &Actor, id: AssessmentId) -> Result<assessment::Model> {
    let district = queries::find(&*app.db, by, id).await?.1.district;
    let tx = app.db.write(by, &district).await?;
    let (row, _) = queries::find(&*tx, by, id).await?;
    may_be_withdrawn(&row, by.account)?;
    if queries::has_second(&*tx, id).await? {
        return Err(Error::refused("assessment.withdrawal.second"));
    }
    let details = json!({ "state": row.state });
    draft(&row).discard_in(&tx).await?;
    let version = row.version + 1;
    let mut change = row.into_active_model();
    change.state = Set(AssessmentState::Withdrawn);
    change.version = Set(version);
    let row = change.update(&*tx).await?;
    event::record(&tx, by, "assessment.withdrawn", subject(&row), details).await?;
    tx.commit().await?;
    Ok(row)
}

/// One's own, and nothing rests on it.
pub fn may_be_withdrawn(row: &assessment::Model, account: Option<AccountId>) -> Result<()> {
    if Some(row.by) != account {
        return Err(Error::Forbidden);
    }
    if row.state == AssessmentState::Withdrawn {
        return Err(Error::stale());
    }
    if row.rescreen_id.is_some() || row.diagnosis_id.is_some() {
        return Err(Error::refused("assessment.withdrawal.used"));
    }
    Ok(())
}

/// Tie sheets that were finished here to what was found because of a referral; one that belongs to a finding already
/// stays there.
pub async fn attach_in(
    tx: &Tx,
    by: &Actor,
    row: &referral::Model,
    ids: &[AssessmentId],
    (rescreen, diagnosis): (Option<RescreenId>, Option<DiagnosisId>),
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    assessment::Entity::update_many()
        .col_expr(assessment::Column::RescreenId, Expr::value(rescreen))
        .col_expr(assessment::Column::DiagnosisId, Expr::value(diagnosis))
        .col_expr(assessment::Column::ReferralId, Expr::value(Some(row.id)))
        .filter(assessment::COLUMN.id.is_in(ids.iter().copied()))
        .filter(assessment::COLUMN.child_id.eq(row.child_id))
        .filter(assessment::COLUMN.organisation_id.eq(by.organisation()?))
        .filter(assessment::COLUMN.rescreen_id.is_null())
        .filter(assessment::COLUMN.diagnosis_id.is_null())
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Untie the sheets of a finding that was taken back; they stay what they were filled in for.
pub async fn detach_in(tx: &Tx, (rescreen, diagnosis): (Option<RescreenId>, Option<DiagnosisId>)) -> Result<()> {
    let mut of = Condition::any();
    if let Some(id) = rescreen {
        of = of.add(assessment::COLUMN.rescreen_id.eq(id));
    }
    if let Some(id) = diagnosis {
        of = of.add(assessment::COLUMN.diagnosis_id.eq(id));
    }
    if of.is_empty() {
        return Ok(());
    }
    assessment::Entity::update_many()
        .col_expr(assessment::Column::RescreenId, Expr::value(None::<RescreenId>))
        .col_expr(assessment::Column::DiagnosisId, Expr::value(None::<DiagnosisId>))
        .filter(of)
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Gives up sheets that were begun and forgotten.
pub const SWEEP: Sweep = Sweep {
    name: "sheets",
    every: Duration::from_secs(3600),
    run: |app, by| Box::pin(give_up_forgotten(app, by)),
};

/// Give up the sheets that were begun long ago and of which nothing is kept any more.
async fn give_up_forgotten(app: &App, by: &Actor) -> Result<String> {
    let tx = app.db.write(by, "").await?;
    let old = assessment::Entity::find()
        .filter(assessment::COLUMN.state.eq(AssessmentState::Draft))
        .filter(assessment::COLUMN.created_at.lt(by.now - FORGOTTEN))
        .all(&*tx)
        .await?;
    let mut given_up = 0;
    for row in old {
        if draft(&row).is_kept_since(&*tx, by.now - FORGOTTEN).await? {
            continue;
        }
        draft(&row).discard_in(&tx).await?;
        let mut change = row.clone().into_active_model();
        change.state = Set(AssessmentState::Withdrawn);
        change.version = Set(row.version + 1);
        change.update(&*tx).await?;
        event::record(&tx, by, "assessment.given_up", subject(&row), json!({})).await?;
        given_up += 1;
    }
    tx.commit_quietly().await?;
    Ok(if given_up == 0 {
        String::new()
    } else {
        format!("given_up={given_up}")
    })
}
