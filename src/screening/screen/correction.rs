//! Correcting a screen, and taking one back, with what hangs on it.

use entities::{
    ChildId, ScreenId,
    child::child,
    screening::{planned_check, referral, screen},
    words::{CheckState, Language, ReferralState, ScreenOutcome},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::service::{NewScreen, Recorded, cause, form, insert_in, judge, refer_in, tell_guardians_in, why};
use crate::{
    children,
    notifications::telling,
    platform::{
        Actor, App, Error, Result, Say, Tx,
        draft::Draft,
        event::{self, Subject},
    },
    referral::move_in,
};

/// A screen of a child that the actor's own organisation recorded and nobody took back.
pub async fn own(db: &impl ConnectionTrait, by: &Actor, child: ChildId, id: ScreenId) -> Result<screen::Model> {
    screen::Entity::find_by_id(id)
        .filter(screen::COLUMN.child_id.eq(child))
        .filter(screen::COLUMN.organisation_id.eq(by.organisation()?))
        .filter(screen::COLUMN.withdrawn_at.is_null())
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// Correct a screen: the old record is withdrawn, a new one takes its place and what hangs on it. A referral that was
/// not accepted yet goes with it, or is called back when the new record is not abnormal.
///
/// # Errors
/// Refused (`screen.accepted`) when the receiver has accepted the referral: the re-screen will tell.
pub async fn correct(app: &App, by: &Actor, child: ChildId, old: ScreenId, new: &NewScreen) -> Result<Recorded> {
    let file = children::service::survivor(app, by, child).await?;
    let tx = app.db.write(by, &file.district).await?;
    let old = own(&*tx, by, file.id, old).await?;
    let rules = children::service::check_age_rules(&*tx, &file.district, by).await?;
    let judged = judge(&*tx, by, &file, &rules, new, Some(old.id)).await?;
    let hanging = hanging(&*tx, &old).await?;
    take_back_in(&tx, by, &file, &old).await?;
    let mut judged = judged;
    // The check was given back a moment ago.
    if let Some(check) = &mut judged.check {
        check.state = CheckState::Pending;
    }
    let screen = insert_in(&tx, by, &file, new, &judged).await?;
    let abnormal = judged.outcome == ScreenOutcome::Abnormal;
    let (referral, nobody_to_refer_to) = match hanging {
        Some(referral) if abnormal => {
            let moved = referral::ActiveModel {
                id: Set(referral.id),
                screen_id: Set(Some(screen)),
                reason: Set(why(new, &judged)),
                version: Set(referral.version + 1),
                ..Default::default()
            };
            moved.update(&*tx).await?;
            (
                (referral.state == ReferralState::Proposed).then_some(referral.id),
                false,
            )
        }
        Some(referral) => {
            call_back_in(&tx, by, &referral).await?;
            (None, false)
        }
        None => refer_in(&tx, by, &file, new, &judged, screen).await?,
    };
    let was_abnormal = old.outcome == ScreenOutcome::Abnormal;
    if was_abnormal && !abnormal {
        telling::take_back_in(&tx, file.id, &cause(old.id)).await?;
    } else if abnormal && !was_abnormal && !judged.before_departure {
        tell_guardians_in(app, &tx, by, &file, screen, new.performed_on).await?;
    }
    Draft::discard_own_in(&tx, by, form(file.id, Some(old.id))).await?;
    tx.commit().await?;
    Ok(Recorded {
        screen,
        outcome: judged.outcome,
        referral,
        nobody_to_refer_to,
    })
}

/// Take a screen back that should not have been recorded at all: another child's, for one.
///
/// # Errors
/// Refused (`screen.accepted`) when the receiver has accepted the referral.
pub async fn withdraw(app: &App, by: &Actor, child: ChildId, id: ScreenId) -> Result<()> {
    let file = children::service::survivor(app, by, child).await?;
    let tx = app.db.write(by, &file.district).await?;
    let old = own(&*tx, by, file.id, id).await?;
    let hanging = hanging(&*tx, &old).await?;
    take_back_in(&tx, by, &file, &old).await?;
    if let Some(referral) = hanging {
        call_back_in(&tx, by, &referral).await?;
    }
    telling::take_back_in(&tx, file.id, &cause(old.id)).await?;
    tx.commit().await
}

/// The referral that rests on a screen and can still be called back.
async fn hanging(db: &impl ConnectionTrait, old: &screen::Model) -> Result<Option<referral::Model>> {
    let resting = referral::Entity::find()
        .filter(referral::COLUMN.screen_id.eq(old.id))
        .order_by_desc(referral::COLUMN.id)
        .all(db)
        .await?;
    let accepted = resting.iter().any(|r| {
        matches!(
            r.state,
            ReferralState::Accepted | ReferralState::Appointed | ReferralState::NoShow | ReferralState::Completed
        )
    });
    if accepted {
        return Err(Error::refused("screen.accepted"));
    }
    Ok(resting
        .into_iter()
        .find(|r| matches!(r.state, ReferralState::Proposed | ReferralState::Sent)))
}

/// Withdraw the record and give its check back.
async fn take_back_in(tx: &Tx, by: &Actor, file: &child::Model, old: &screen::Model) -> Result<()> {
    let row = screen::ActiveModel {
        id: Set(old.id),
        withdrawn_at: Set(Some(by.now)),
        version: Set(old.version + 1),
        ..Default::default()
    };
    row.update(&**tx).await?;
    let check = match old.planned_check_id {
        Some(id) => planned_check::Entity::find_by_id(id).one(&**tx).await?,
        None => None,
    };
    if let Some(check) = check.filter(|c| c.screen_id == Some(old.id)) {
        let state = if file.departure_id.is_some() {
            CheckState::Cancelled
        } else {
            let opening = children::opening::day(&**tx, &file.district, by).await?;
            children::opening::undone(check.closes_on, opening)
        };
        let row = planned_check::ActiveModel {
            id: Set(check.id),
            state: Set(state),
            screen_id: Set(None),
            ..Default::default()
        };
        row.update(&**tx).await?;
    }
    let subject = Subject::of_child("screen", old.id.0, file.id);
    event::record(tx, by, "screen.withdrawn", subject, json!({ "outcome": old.outcome })).await
}

async fn call_back_in(tx: &Tx, by: &Actor, referral: &referral::Model) -> Result<()> {
    let note = Say::new("screen.called_back").in_words(Language::Chinese);
    let to = ReferralState::Recalled;
    move_in(tx, by, referral, to, Some(note), Default::default()).await?;
    let subject = Subject::of_child("referral", referral.id.0, referral.child_id);
    event::record(
        tx,
        by,
        "referral.recalled",
        subject,
        json!({ "because": "screen.withdrawn" }),
    )
    .await
}
