//! Offering a place, and taking an offer back.
//!
//! A place is free when the children of its class and the open offers leave one on every day of it. Everybody who gives places of
//! a centre away queues in the lane of its district, so the last one is given once: to whoever comes first, and the other is
//! told so.

use chrono::Datelike as _;
use entities::{
    ApplicationId, CareGroupId, PlaceOfferId,
    enrolment::application,
    places::{care_group, place_offer},
    words::{ApplicationState, OfferState},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
};
use serde_json::json;

use super::service::{self, CODE, own, subject, tell_family};
use crate::{
    enrolment::{
        application::queries as applications,
        decision::service::{Placement, must_be_free},
        waiting::service::may_offer,
    },
    places::{
        centre,
        group::{
            queries::{self as groups, Rooms},
            service::not_there,
        },
        membership::service::full,
        room::Span,
        rules::OfferTerms,
        waiting::facts::{Basis, WaitingList, waits_for_a_call},
    },
    platform::{
        Actor, App, Calendar, Error, Result, Say, Tx, Version, clock, counter, event, parameter, rule::Rule as _,
    },
};

/// A place that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOffer {
    /// The class.
    pub group: CareGroupId,
    /// The mode, and the days.
    pub placement: Placement,
    /// Why those are passed over who stand before, where somebody does.
    pub passed_over: Option<String>,
}

/// Offer a place to the family of an application that waits: it is held until its instant, and the family is told.
///
/// # Errors
/// Refused when somebody entered the application and offers for it, when something is open or put off, or a call has to come
/// first; by field when there is no place on some day, or somebody stands before and no reason is given.
pub async fn offer(app: &App, by: &Actor, id: ApplicationId, new: &NewOffer) -> Result<PlaceOfferId> {
    let seen = applications::find(&*app.db, by, id).await?;
    let tx = service::lanes(app, by, &seen.district).await?;
    let row = offer_in(&tx, app, by, id, new).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// The same in a transaction of the districts of the application and of the centre.
pub async fn offer_in(tx: &Tx, app: &App, by: &Actor, id: ApplicationId, new: &NewOffer) -> Result<place_offer::Model> {
    let now = app.clock.now().max(by.now);
    let today = clock::day_of(now);
    let centre = centre::own(by)?;
    let row = applications::find(&**tx, by, id).await?;
    if row.centre_id != centre {
        return Err(Error::Forbidden);
    }
    if row.state != ApplicationState::Waiting {
        return Err(Error::refused("offer.not_waiting"));
    }
    if !may_offer(&row, by) {
        return Err(Error::refused("review.another_person"));
    }
    let list = WaitingList::of(&**tx, centre, centre::lane(by), row.mode, today).await?;
    may_be_asked(&list, id, today)?;
    let group = free_place(tx, by, new, now).await?;
    must_begin_later(tx, &row, new, today).await?;
    let basis = basis(&list, id, new, today)?;
    let terms: OfferTerms = parameter::get(&**tx, OfferTerms::CODE, &row.district, today).await?;
    let calendar = Calendar::load(&**tx).await?;
    let last = calendar.add_working_days(today, terms.hold_working_days).0;
    let year = today.year();
    let district = &row.district;
    let running = counter::count_in(tx, &format!("place_offer/{district}/{year}"), 1).await?;
    let offer = place_offer::ActiveModel {
        id: NotSet,
        number: Set(format!("{district}-{CODE}-{year}-{running:04}")),
        application_id: Set(row.id),
        child_id: Set(row.child_id),
        district: Set(district.clone()),
        organisation_id: Set(centre),
        group_id: Set(group.id),
        mode: Set(new.placement.mode),
        minutes_per_week: Set(new.placement.minutes_per_week),
        valid_from: Set(new.placement.valid_from),
        valid_to: Set(new.placement.valid_to),
        state: Set(OfferState::Open),
        basis: Set(serde_json::to_value(&basis)?),
        made_by: Set(by.person()?),
        made_at: Set(now),
        expires_at: Set(clock::start_of(clock::next_day(last))),
        reminded_at: Set(None),
        answered_at: Set(None),
        answered_by: Set(None),
        answered_how: Set(None),
        answer_recorded_by: Set(None),
        reason: Set(None),
        deferred_until: Set(None),
        called_at: Set(None),
        decision_id: Set(None),
        version: Set(1),
    };
    let offer = offer.insert(&**tx).await?;
    let details = json!({
        "number": offer.number, "group": group.name, "from": offer.valid_from, "until": offer.expires_at,
        "passed_over": basis.passed_over,
    });
    event::record(tx, by, "place_offer.made", subject(&offer), details).await?;
    tell_family(app, tx, by, &offer, "place.offered").await?;
    Ok(offer)
}

/// Nothing is open or put off, and no call has to come first.
fn may_be_asked(list: &WaitingList, id: ApplicationId, today: chrono::NaiveDate) -> Result<()> {
    let Some(last) = list.offers_of(id).last() else {
        return Ok(());
    };
    if last.state == OfferState::Open {
        return Err(Error::refused(
            Say::new("offer.open_already").with("number", &last.number),
        ));
    }
    if waits_for_a_call(&list.offers, last) {
        return Err(Error::refused(
            Say::new("offer.call_first").with("number", &last.number),
        ));
    }
    if list.can_be_offered(id, today) {
        return Ok(());
    }
    let say = Say::new("offer.put_off");
    Err(Error::refused(match last.deferred_until {
        Some(day) => say.with("day", day),
        None => say.with("day", "—"),
    }))
}

/// The class of an offer, with a place on every day of it.
async fn free_place(
    tx: &Tx,
    by: &Actor,
    new: &NewOffer,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<care_group::Model> {
    let group = groups::find(&**tx, by, new.group).await;
    let group = group.map_err(|_| Error::field("group", "form.choice"))?;
    let place = &new.placement;
    let wanted = Span::new(place.valid_from, Some(place.valid_to));
    let there = groups::days(&group);
    let days = wanted.within(there).filter(|_| there.holds(place.valid_from));
    let days = days.ok_or_else(|| Error::field("valid_from", not_there(&group)))?;
    let rooms = Rooms::of(&**tx, &[group.id], now).await?;
    match rooms.full_on(group.id, place.mode, days, None) {
        Some(day) => Err(Error::field("group", full(&group, place.mode, day))),
        None => Ok(group),
    }
}

/// The place does not lie behind us, and no other decision of the child has one of its days.
async fn must_begin_later(tx: &Tx, row: &application::Model, new: &NewOffer, today: chrono::NaiveDate) -> Result<()> {
    let place = &new.placement;
    if place.valid_from < today {
        return Err(Error::field("valid_from", "offer.from_past"));
    }
    must_be_free(tx, row, place).await
}

/// Where the child stands, as the offer keeps it. Whoever passes others over says why.
fn basis(list: &WaitingList, id: ApplicationId, new: &NewOffer, today: chrono::NaiveDate) -> Result<Basis> {
    let place = list.place(id).ok_or_else(|| Error::refused("offer.not_waiting"))?;
    let before = list.before(id, today);
    if before > 0 && new.passed_over.is_none() {
        let say = Say::new("offer.somebody_before").with("n", before);
        return Err(Error::field("passed_over", say));
    }
    let row = list.rule.value.groups.iter().find(|row| row.code == place.group);
    Ok(Basis {
        group: place.group.clone(),
        name: row.map(|row| row.zh.clone()).unwrap_or_default(),
        rule_from: Some(list.rule.valid_from),
        from: place.range.0,
        to: place.range.1,
        of: place.of,
        passed_over: new.passed_over.clone().filter(|_| before > 0),
    })
}

/// The centre takes an open offer back, and tells the family.
///
/// # Errors
/// Refused when it ended already.
pub async fn withdraw(app: &App, by: &Actor, id: PlaceOfferId, version: Version, why: String) -> Result<()> {
    let (tx, row) = own(app, by, id, version).await?;
    let details = json!({ "number": row.number, "why": why });
    let row = service::move_in(&tx, row, OfferState::Withdrawn, |row| row.reason = Set(Some(why))).await?;
    event::record(&tx, by, "place_offer.withdrawn", subject(&row), details).await?;
    tell_family(app, &tx, by, &row, "place.withdrawn").await?;
    tx.commit().await
}
