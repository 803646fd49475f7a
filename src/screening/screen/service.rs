//! Recording a screen.

use chrono::NaiveDate;
use entities::{
    ChildId, Numbers, ReferralId, ScreenId,
    age::GestationalWeeks,
    child::{child, departure, residence},
    screening::{diagnosis, planned_check, referral, screen},
    words::{AgeUsed, CheckState, Language, ReferralKind, ScreenOutcome, What},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::rules::{self, Occasion};
use crate::{
    access::scope,
    children::{self, age_words, care, check_ages::CheckAgeRules},
    notifications::telling,
    platform::{
        Actor, App, Error, Result, Say, Tx,
        draft::Draft,
        event::{self, Subject},
    },
    referral::{Proposal, is_open, propose_in, queries as referrals, receivers},
    task::queries as tasks,
};

/// The text that guardians get after an abnormal screen.
pub const RESCREEN_NEEDED: &str = "screening.rescreen_needed";

/// A screen as it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewScreen {
    /// The day it was done.
    pub performed_on: NaiveDate,
    /// The age it goes by; by the rule when none is chosen.
    pub age_used: Option<AgeUsed>,
    /// What was found.
    pub finding: Finding,
    /// Anything else.
    pub note: Option<String>,
}

/// What a screen found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The child was seen: numbers of the signs present, and loss or regression of language or social ability.
    Seen {
        /// 1 to 4, ascending.
        signs: Vec<u8>,
        /// At any age.
        regression: bool,
    },
    /// The child was not seen, and why.
    NotSeen(ScreenOutcome),
}

/// What a screen led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The record.
    pub screen: ScreenId,
    /// Its outcome.
    pub outcome: ScreenOutcome,
    /// The referral that waits for confirmation.
    pub referral: Option<ReferralId>,
    /// Abnormal, and no open re-screen hospital covers where the child lives.
    pub nobody_to_refer_to: bool,
}

/// What recording a screen would mean, worked out before anything is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The day and its ages.
    pub occasion: Occasion,
    /// The age it goes by.
    pub age_used: AgeUsed,
    /// The check age in months.
    pub check_age: u32,
    /// By the rule.
    pub outcome: ScreenOutcome,
    /// The check that it is.
    pub check: Option<planned_check::Model>,
    /// Done in its window, entered after it closed.
    pub entered_late: bool,
    /// The child has left meanwhile; the screen was done before.
    pub before_departure: bool,
}

/// What a screen of this child on this day would mean.
///
/// # Errors
/// Invalid or refused: a day to come or before birth, an age outside the programme, a check that is done already, a day
/// after the child left.
pub async fn judge(
    db: &impl ConnectionTrait,
    by: &Actor,
    file: &child::Model,
    rules: &CheckAgeRules,
    new: &NewScreen,
    corrects: Option<ScreenId>,
) -> Result<Judged> {
    if new.performed_on > by.today() {
        return Err(Error::field("performed_on", "screen.future"));
    }
    let left_on = left_on(db, file).await?;
    if left_on.is_some_and(|day| new.performed_on > day) {
        return Err(Error::refused("screen.child_left"));
    }
    let planned = planned_checks(db, file.id).await?;
    let occasion = occasion(file, rules, &planned, new.performed_on)
        .ok_or_else(|| Error::field("performed_on", "screen.before_birth"))?;
    let age_used = new.age_used.unwrap_or(occasion.by_rule);
    let check_age = occasion
        .check_age(age_used)
        .ok_or_else(|| Error::field("performed_on", "screen.outside_programme"))?;
    let outcome = match &new.finding {
        Finding::Seen { signs, regression } => rules::outcome(check_age, signs, *regression)?,
        Finding::NotSeen(outcome) => *outcome,
    };
    let mut check = planned
        .into_iter()
        .find(|c| u32::try_from(c.age_months) == Ok(check_age));
    if check
        .as_ref()
        .is_some_and(|check| check.state == CheckState::Done && check.screen_id != corrects)
    {
        if !tasks::is_wanted(db, file.id, What::Recheck).await? {
            return Err(Error::refused(
                Say::new("screen.already_done").with_word("age", age_words(check_age)),
            ));
        }
        // Somebody has to look again: it is no check of the eleven.
        check = None;
    }
    let entered_late = check
        .as_ref()
        .is_some_and(|c| (c.opens_on..=c.closes_on).contains(&new.performed_on) && by.today() > c.closes_on);
    Ok(Judged {
        occasion,
        age_used,
        check_age,
        outcome,
        check,
        entered_late,
        before_departure: left_on.is_some(),
    })
}

/// The occasion of a screen of this child.
pub fn occasion(
    file: &child::Model,
    rules: &CheckAgeRules,
    planned: &[planned_check::Model],
    on: NaiveDate,
) -> Option<Occasion> {
    let weeks = file.gestational_weeks.and_then(|n| GestationalWeeks::try_from(n).ok());
    Occasion::on(file.birth_on, weeks, rules, planned, on)
}

/// The checks of a child, youngest age first.
pub async fn planned_checks(db: &impl ConnectionTrait, child: ChildId) -> Result<Vec<planned_check::Model>> {
    Ok(planned_check::Entity::find()
        .filter(planned_check::COLUMN.child_id.eq(child))
        .order_by_asc(planned_check::COLUMN.age_months)
        .all(db)
        .await?)
}

/// The day on which the child left the pipeline; none while it is in it.
async fn left_on(db: &impl ConnectionTrait, file: &child::Model) -> Result<Option<NaiveDate>> {
    let Some(id) = file.departure_id else { return Ok(None) };
    Ok(departure::Entity::find_by_id(id).one(db).await?.map(|d| d.left_on))
}

/// The path of the form, under which it is kept on its way: a new screen's, or that of a correction.
pub fn form(child: ChildId, corrects: Option<ScreenId>) -> String {
    match corrects {
        Some(old) => format!("/children/{child}/screens/{old}/correction"),
        None => format!("/children/{child}/screens/new"),
    }
}

/// Record a screen.
pub async fn record(app: &App, by: &Actor, child: ChildId, new: &NewScreen) -> Result<Recorded> {
    let file = children::service::survivor(app, by, child).await?;
    let tx = app.db.write(by, &file.district).await?;
    let rules = children::service::check_age_rules(&*tx, &file.district, by).await?;
    let recorded = record_in(&tx, app, by, child, &rules, new).await?;
    Draft::discard_own_in(&tx, by, form(file.id, None)).await?;
    tx.commit().await?;
    Ok(recorded)
}

/// Record a screen in the caller's transaction.
pub async fn record_in(
    tx: &Tx,
    app: &App,
    by: &Actor,
    child: ChildId,
    rules: &CheckAgeRules,
    new: &NewScreen,
) -> Result<Recorded> {
    let file = scope::child(&**tx, by, child).await?;
    let judged = judge(&**tx, by, &file, rules, new, None).await?;
    let screen = insert_in(tx, by, &file, new, &judged).await?;
    let (referral, nobody_to_refer_to) = refer_in(tx, by, &file, new, &judged, screen).await?;
    if judged.outcome == ScreenOutcome::Abnormal && !judged.before_departure {
        tell_guardians_in(app, tx, by, &file, screen, new.performed_on).await?;
    }
    Ok(Recorded {
        screen,
        outcome: judged.outcome,
        referral,
        nobody_to_refer_to,
    })
}

/// The row, the check it settles, the tie, the event.
pub(super) async fn insert_in(
    tx: &Tx,
    by: &Actor,
    file: &child::Model,
    new: &NewScreen,
    judged: &Judged,
) -> Result<ScreenId> {
    let db = &**tx;
    let (district, street) = lived_in(db, file, new.performed_on).await?;
    let (signs, regression) = match &new.finding {
        Finding::Seen { signs, regression } => (signs.as_slice(), *regression),
        Finding::NotSeen(_) => (&[][..], false),
    };
    let row = screen::ActiveModel {
        id: sea_orm::ActiveValue::NotSet,
        child_id: Set(file.id),
        planned_check_id: Set(judged.check.as_ref().map(|c| c.id)),
        organisation_id: Set(by.organisation()?),
        screener_id: Set(by.person()?),
        district: Set(district.clone()),
        street: Set(street.clone()),
        performed_on: Set(new.performed_on),
        recorded_at: Set(by.now),
        entered_late: Set(judged.entered_late),
        age_months: Set(i32::try_from(judged.check_age).map_err(anyhow::Error::from)?),
        age_days: Set(judged.occasion.age_days),
        corrected_age_days: Set(judged.occasion.corrected_age_days),
        age_used: Set(judged.age_used),
        outcome: Set(judged.outcome),
        signs: Set(Numbers::from(signs)),
        regression: Set(regression),
        note: Set(new.note.clone()),
        withdrawn_at: Set(None),
        version: Set(1),
    };
    let id = row.insert(db).await?.id;
    if let Some(check) = &judged.check
        && rules::settles(judged.outcome)
    {
        let done = planned_check::ActiveModel {
            id: Set(check.id),
            state: Set(CheckState::Done),
            screen_id: Set(Some(id)),
            district: Set(district),
            street: Set(street),
            ..Default::default()
        };
        done.update(db).await?;
    }
    care::tie_in(tx, by, by.organisation()?, file.id).await?;
    let details = json!({
        "performed_on": new.performed_on, "age_months": judged.check_age, "age_used": judged.age_used,
        "outcome": judged.outcome, "signs": signs, "regression": regression, "entered_late": judged.entered_late,
    });
    let subject = Subject::of_child("screen", id.0, file.id);
    event::record(tx, by, "screen.recorded", subject, details).await?;
    Ok(id)
}

/// Where the child lived on a day: reports of that day count by it.
pub(super) async fn lived_in(
    db: &impl ConnectionTrait,
    file: &child::Model,
    on: NaiveDate,
) -> Result<(String, String)> {
    let places = residence::Entity::find()
        .filter(residence::COLUMN.child_id.eq(file.id))
        .order_by_desc(residence::COLUMN.from_on)
        .order_by_desc(residence::COLUMN.id)
        .all(db)
        .await?;
    let then = places
        .into_iter()
        .find(|r| r.from_on <= on && r.until_on.is_none_or(|until| on < until));
    Ok(then.map_or_else(
        || (file.district.clone(), file.street.clone()),
        |r| (r.district, r.street),
    ))
}

/// Propose the referral that an abnormal screen calls for, unless the child is on its way already.
pub(super) async fn refer_in(
    tx: &Tx,
    by: &Actor,
    file: &child::Model,
    new: &NewScreen,
    judged: &Judged,
    screen: ScreenId,
) -> Result<(Option<ReferralId>, bool)> {
    if judged.outcome != ScreenOutcome::Abnormal || judged.before_departure || on_its_way(&**tx, file.id).await? {
        return Ok((None, false));
    }
    if receivers(&**tx, ReferralKind::Rescreen, &file.division)
        .await?
        .is_empty()
    {
        return Ok((None, true));
    }
    let proposal = Proposal {
        child: file.id,
        kind: ReferralKind::Rescreen,
        to: None,
        reason: why(new, judged),
        screen: Some(screen),
        rescreen: None,
        diagnosis: None,
        continues: None,
    };
    Ok((Some(propose_in(tx, by, proposal).await?), false))
}

pub(super) fn why(new: &NewScreen, judged: &Judged) -> String {
    let (signs, regression) = match &new.finding {
        Finding::Seen { signs, regression } => (signs.as_slice(), *regression),
        Finding::NotSeen(_) => (&[][..], false),
    };
    reason(judged.check_age, new.performed_on, signs, regression)
}

/// Why the child is referred, for the receiver. Part of the record, so in the language of the records.
pub fn reason(age_months: u32, performed_on: NaiveDate, signs: &[u8], regression: bool) -> String {
    let numbers: Vec<String> = signs.iter().map(ToString::to_string).collect();
    let key = match (signs.is_empty(), regression) {
        (false, true) => "screen.reason.both",
        (false, false) => "screen.reason.signs",
        (true, _) => "screen.reason.regression",
    };
    Say::new(key)
        .with_word("age", age_words(age_months))
        .with("on", performed_on)
        .with("signs", numbers.join("、"))
        .in_words(Language::Chinese)
}

/// Somebody is looking at the child already, or it has its diagnosis.
async fn on_its_way(db: &impl ConnectionTrait, child: ChildId) -> Result<bool> {
    let open = referral::Entity::find()
        .filter(referral::COLUMN.child_id.eq(child))
        .all(db)
        .await?
        .iter()
        .any(|r| is_open(r.state));
    let diagnosed = diagnosis::Entity::find()
        .filter(diagnosis::COLUMN.child_id.eq(child))
        .filter(diagnosis::COLUMN.withdrawn_at.is_null())
        .filter(diagnosis::COLUMN.autism.eq(true))
        .one(db)
        .await?
        .is_some();
    Ok(open || diagnosed)
}

/// Tell the family that the child should be looked at again.
pub(super) async fn tell_guardians_in(
    app: &App,
    tx: &Tx,
    by: &Actor,
    file: &child::Model,
    screen: ScreenId,
    performed_on: NaiveDate,
) -> Result<()> {
    let site = by.workplace.as_ref().map_or("", |w| w.name.as_str());
    let due_on = referrals::due_because_of(&**tx, referral::Column::ScreenId, screen.0).await?;
    let mut params = json!({ "performed_on": performed_on, "site": site });
    // Without a hospital there is no day yet.
    if let (Some(map), Some(day)) = (params.as_object_mut(), due_on) {
        map.insert("due_on".into(), json!(day));
    }
    telling::tell_guardians(app, tx, by, file.id, RESCREEN_NEEDED, params, &cause(screen)).await?;
    Ok(())
}

pub(super) fn cause(screen: ScreenId) -> String {
    format!("screen/{screen}")
}
