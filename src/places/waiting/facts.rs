//! The list of a centre and mode in its order, with what was offered to those who wait, and how long others waited.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use entities::{
    ApplicationId, ChildId, OrganisationId,
    child::child,
    enrolment::application,
    places::{care_group_membership, place_offer},
    words::{EnrolmentMode, OfferState},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    order::{Place, Waits, order},
    read::Read,
};
use crate::{
    enrolment::waiting::queries as waiting,
    places::rules::{OfferTerms, Priority},
    platform::{
        Result, Say, clock,
        error::Error,
        parameter::{self, Dated},
        rule::Rule as _,
    },
};

/// The list of a centre and mode, in its order.
#[derive(Clone, Debug)]
pub struct WaitingList {
    /// The rule that it goes by.
    pub rule: Dated<Priority>,
    /// The terms of offers.
    pub terms: OfferTerms,
    /// Where everybody stands.
    pub places: Vec<Place>,
    /// Their applications.
    pub applications: BTreeMap<ApplicationId, application::Model>,
    /// Their children.
    pub children: BTreeMap<ChildId, child::Model>,
    /// What was offered to them, the newest last.
    pub offers: Vec<place_offer::Model>,
    /// How many days those waited who accepted a place of this list, by group, the newest first.
    pub waited: Vec<(String, i64)>,
}

/// What an offer keeps of where the child stood when it was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Basis {
    /// The group.
    pub group: String,
    /// Its name, as the rule said it then.
    pub name: String,
    /// Since when the rule held.
    pub rule_from: Option<NaiveDate>,
    /// The first of the places of its day in the group.
    pub from: usize,
    /// The last of them.
    pub to: usize,
    /// How many the group had.
    pub of: usize,
    /// Why those were passed over who stood before it.
    pub passed_over: Option<String>,
}

impl Basis {
    /// That of an offer.
    pub fn of(row: &place_offer::Model) -> Self {
        serde_json::from_value(row.basis.clone()).unwrap_or_default()
    }
}

impl WaitingList {
    /// That of a centre whose rules are those of a district.
    pub async fn of(
        db: &impl ConnectionTrait,
        centre: OrganisationId,
        district: &str,
        mode: EnrolmentMode,
        today: NaiveDate,
    ) -> Result<Self> {
        let rule: Option<Dated<Priority>> = parameter::dated(db, Priority::CODE, district, today).await?;
        let missing = || {
            Say::new("parameter.missing")
                .with("code", Priority::CODE)
                .with("on", today)
        };
        let rule = rule.ok_or_else(|| Error::refused(missing()))?;
        let terms: OfferTerms = parameter::get(db, OfferTerms::CODE, district, today).await?;
        let applications = waiting::of_list(db, centre, mode).await?;
        let read = Read::of(db, centre, &applications).await?;
        let waits: Vec<Waits> = applications
            .iter()
            .filter_map(|row| read.waits(row, &applications, rule.value.moved_months, today))
            .collect();
        Ok(Self {
            places: order(&rule.value, &waits),
            waited: waited(db, centre, mode).await?,
            applications: applications.into_iter().map(|row| (row.id, row)).collect(),
            children: read.children,
            offers: read.offers,
            rule,
            terms,
        })
    }

    /// Where an application stands.
    pub fn place(&self, id: ApplicationId) -> Option<&Place> {
        self.places.iter().find(|place| place.application == id)
    }

    /// The offers of an application, the newest last.
    pub fn offers_of(&self, id: ApplicationId) -> impl Iterator<Item = &place_offer::Model> {
        self.offers.iter().filter(move |row| row.application_id == id)
    }

    /// Whether somebody who waits may be offered something today: nothing is open, put off, or to be talked about first.
    pub fn can_be_offered(&self, id: ApplicationId, today: NaiveDate) -> bool {
        let last = self.offers_of(id).last();
        last.is_none_or(|offer| match offer.state {
            OfferState::Open => false,
            OfferState::Deferred => offer.deferred_until.is_none_or(|day| day <= today),
            OfferState::Expired => !waits_for_a_call(&self.offers, offer),
            OfferState::Accepted
            | OfferState::Kept
            | OfferState::Left
            | OfferState::Withdrawn
            | OfferState::Cancelled => true,
        })
    }

    /// Those who stand before an application and could be offered something.
    pub fn before(&self, id: ApplicationId, today: NaiveDate) -> usize {
        let first = self.places.iter().take_while(|place| place.application != id);
        first
            .filter(|place| self.can_be_offered(place.application, today))
            .count()
    }

    /// How many days the last of a group waited, the newest first: so many as the terms say.
    pub fn last_waits(&self, group: &str) -> Vec<i64> {
        let most = usize::try_from(self.terms.told_waits).unwrap_or(usize::MAX);
        let of_group = self.waited.iter().filter(|(code, _)| code == group);
        of_group.map(|(_, days)| *days).take(most).collect()
    }
}

/// Nobody answered this offer, nor one before it, and nobody has called the family since.
pub fn waits_for_a_call(offers: &[place_offer::Model], offer: &place_offer::Model) -> bool {
    let silent_before = offers.iter().any(|other| {
        other.application_id == offer.application_id && other.state == OfferState::Expired && other.id < offer.id
    });
    offer.state == OfferState::Expired && silent_before && offer.called_at.is_none()
}

/// How many days those waited who accepted a place of a list, by group, the newest first.
async fn waited(db: &impl ConnectionTrait, centre: OrganisationId, mode: EnrolmentMode) -> Result<Vec<(String, i64)>> {
    let column = place_offer::COLUMN;
    let rows = place_offer::Entity::find()
        .filter(column.organisation_id.eq(centre))
        .filter(column.mode.eq(mode))
        .filter(column.state.eq(OfferState::Accepted))
        .order_by_desc(column.answered_at)
        .order_by_desc(column.id)
        .all(db)
        .await?;
    let applications = application::Entity::find()
        .filter(
            application::COLUMN
                .id
                .is_in(rows.iter().map(|offer| offer.application_id)),
        )
        .all(db)
        .await?;
    let waited = rows.iter().filter_map(|offer| {
        let application = applications.iter().find(|row| row.id == offer.application_id);
        let since = application?.applied_on?;
        let answered = clock::day_of(offer.answered_at?);
        Some((Basis::of(offer).group, (answered - since).num_days()))
    });
    Ok(waited.collect())
}

/// The day after which somebody may be offered something again, where the family put it off.
pub fn put_off_until(offer: &place_offer::Model, today: NaiveDate) -> Option<NaiveDate> {
    let until = offer.deferred_until.filter(|_| offer.state == OfferState::Deferred)?;
    (until > today).then_some(until)
}

/// The applications of a centre that wait and hold an open offer: invited, and not served yet.
pub async fn invited(db: &impl ConnectionTrait, centre: OrganisationId) -> Result<Vec<place_offer::Model>> {
    let column = place_offer::COLUMN;
    Ok(place_offer::Entity::find()
        .filter(column.organisation_id.eq(centre))
        .filter(column.state.eq(OfferState::Open))
        .order_by_asc(column.expires_at)
        .order_by_asc(column.id)
        .all(db)
        .await?)
}

/// The children who are in a class of a centre on a day: served.
pub async fn served(db: &impl ConnectionTrait, centre: OrganisationId, on: NaiveDate) -> Result<usize> {
    let column = care_group_membership::COLUMN;
    let rows = care_group_membership::Entity::find()
        .filter(column.organisation_id.eq(centre))
        .filter(column.called_off_at.is_null())
        .filter(column.valid_from.lte(on))
        .filter(
            Condition::any()
                .add(column.valid_to.is_null())
                .add(column.valid_to.gte(on)),
        )
        .all(db)
        .await?;
    let children: BTreeSet<ChildId> = rows.iter().map(|row| row.child_id).collect();
    Ok(children.len())
}

/// The last day on which an offer can be answered.
pub fn last_day(offer: &place_offer::Model) -> NaiveDate {
    let after = clock::day_of(offer.expires_at);
    after.checked_sub_days(Days::new(1)).unwrap_or(after)
}
