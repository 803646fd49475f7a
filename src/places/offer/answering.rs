//! What a family answers, and what follows. Whether an offer still holds is decided once, by the clock, inside the transaction:
//! an answer that waited for the lane until the instant had passed comes too late.

use chrono::NaiveDate;
use entities::{
    PlaceOfferId,
    places::place_offer,
    words::{AnswerWay, OfferState},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use serde_json::json;

use super::service::{self, group_of, own, subject, tell_centre, tell_family};
use crate::{
    enrolment::{
        application::queries as applications,
        decision::service::Placement,
        waiting::service::{admit_in, leave_in},
    },
    places::{
        membership::service::{Coming, begin_in},
        offer::queries,
        rules::OfferTerms,
        waiting::facts::waits_for_a_call,
    },
    platform::{Actor, App, Error, Result, Say, Tx, Version, clock, event, parameter, rule::Rule as _},
};

/// What a family answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Accepted, declined and waits on, declined and leaves the list, or later.
    pub answer: OfferState,
    /// Who answered, by name.
    pub by: String,
    /// How.
    pub how: AnswerWay,
    /// Why.
    pub reason: Option<String>,
    /// From which day on, where it is put off.
    pub deferred_until: Option<NaiveDate>,
}

/// Record what the family answered. What is accepted becomes a decision and a place in the class, in the same transaction.
///
/// # Errors
/// Refused when the offer ended, also by the clock, or the class has no place any more; by field when it is put off too long.
pub async fn answer(app: &App, by: &Actor, id: PlaceOfferId, version: Version, answer: Answer) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    answer_in(&tx, app, by, row, answer).await?;
    tx.commit().await
}

/// The same in a transaction of the districts of the application and of the centre.
pub async fn answer_in(
    tx: &Tx,
    app: &App,
    by: &Actor,
    row: place_offer::Model,
    answer: Answer,
) -> Result<place_offer::Model> {
    let now = app.clock.now().max(by.now);
    if row.state != OfferState::Open {
        return Err(Error::refused(
            Say::new("offer.over").with_word("state", row.state.word()),
        ));
    }
    if row.expires_at <= now {
        return Err(Error::refused(
            Say::new("offer.too_late").with("at", clock::shown(row.expires_at)),
        ));
    }
    let decision = match answer.answer {
        OfferState::Accepted => Some(accept_in(tx, app, by, &row).await?),
        OfferState::Left => {
            let application = applications::find(&**tx, by, row.application_id).await?;
            leave_in(tx, by, application, answer.reason.as_deref().unwrap_or_default()).await?;
            None
        }
        OfferState::Deferred => {
            put_off(tx, &row.district, &answer, clock::day_of(now)).await?;
            None
        }
        OfferState::Kept => None,
        OfferState::Open | OfferState::Expired | OfferState::Withdrawn | OfferState::Cancelled => {
            return Err(Error::field("answer", "form.choice"));
        }
    };
    let details = json!({
        "number": row.number, "answer": answer.answer, "how": answer.how, "until": answer.deferred_until,
        "reason": answer.reason,
    });
    let to = answer.answer;
    let row = service::move_in(tx, row, to, |row| {
        row.answered_at = Set(Some(now));
        row.answered_by = Set(Some(answer.by));
        row.answered_how = Set(Some(answer.how));
        row.answer_recorded_by = Set(by.account);
        row.reason = Set(answer.reason);
        row.deferred_until = Set(answer.deferred_until);
        row.decision_id = Set(decision);
    });
    let row = row.await?;
    event::record(tx, by, "place_offer.answered", subject(&row), details).await?;
    tell_centre(tx, by, &row, "place.answered").await?;
    // Of two guardians the first who answers decides; the other learns of it.
    tell_family(app, tx, by, &row, "place.answered").await?;
    Ok(row)
}

/// The decision, as decided by whoever offered the place, and the place in the class.
async fn accept_in(tx: &Tx, app: &App, by: &Actor, row: &place_offer::Model) -> Result<entities::EnrolmentDecisionId> {
    let application = applications::find(&**tx, by, row.application_id).await?;
    let placement = Placement {
        mode: row.mode,
        minutes_per_week: row.minutes_per_week,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
    };
    let decision = admit_in(tx, by, application, placement, row.made_by, None)
        .await
        .map_err(in_words)?;
    let group = group_of(tx, row).await?;
    let coming = Coming {
        decision: &decision,
        group: &group,
        mode: row.mode,
        from: row.valid_from,
        offer: Some(row.id),
        field: "answer",
    };
    begin_in(tx, app, by, coming).await?;
    Ok(decision.id)
}

/// What is wrong with a day of the place is no field of this form: it is told beside the answer.
fn in_words(error: Error) -> Error {
    let Error::Invalid(errors) = error else { return error };
    let first = errors.all().first().map(|(_, say)| (*say).clone());
    match first {
        Some(say) => Error::field("answer", say),
        None => Error::Invalid(errors),
    }
}

async fn put_off(tx: &Tx, district: &str, answer: &Answer, today: NaiveDate) -> Result<()> {
    let terms: OfferTerms = parameter::get(&**tx, OfferTerms::CODE, district, today).await?;
    let latest = terms.latest(today);
    match answer.deferred_until {
        Some(day) if day > today && day <= latest => Ok(()),
        Some(_) | None => {
            let say = Say::new("offer.deferred_until.range").with("latest", latest);
            Err(Error::field("deferred_until", say))
        }
    }
}

/// What came of calling a family that was silent twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// It leaves the list; else it waits on.
    pub leaves: bool,
    /// Who was talked to.
    pub by: String,
    /// Why it leaves.
    pub reason: Option<String>,
}

/// Record what came of calling a family that was silent twice: only then it may be taken off the list, or asked again.
///
/// # Errors
/// Refused when no call is wanted.
pub async fn call(app: &App, by: &Actor, id: PlaceOfferId, version: Version, called: Called) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    let now = app.clock.now().max(by.now);
    let offers = queries::of_application(&*tx, row.application_id).await?;
    if !waits_for_a_call(&offers, &row) {
        return Err(Error::refused("offer.no_call"));
    }
    if called.leaves {
        let application = applications::find(&*tx, by, row.application_id).await?;
        leave_in(&tx, by, application, called.reason.as_deref().unwrap_or_default()).await?;
    }
    let details = json!({ "number": row.number, "leaves": called.leaves, "reason": called.reason });
    let next = row.version + 1;
    let mut after = row.into_active_model();
    after.called_at = Set(Some(now));
    after.answered_by = Set(Some(called.by));
    after.answered_how = Set(Some(AnswerWay::Phone));
    after.answer_recorded_by = Set(by.account);
    after.reason = Set(called.reason);
    after.version = Set(next);
    let row = after.update(&*tx).await?;
    event::record(&tx, by, "place_offer.called", subject(&row), details).await?;
    tx.commit().await
}
