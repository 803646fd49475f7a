//! What the order of those who wait is made from: nothing of it is typed for the order, all of it is read where it was
//! recorded for its own sake.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, Months, NaiveDate};
use entities::{
    ApplicationId, ChildId, GuardianId, OrganisationId,
    child::{child, guardianship, residence},
    enrolment::{application, enrolment_decision},
    places::{care_group_membership, place_offer},
    screening::assessment,
    words::{AssessmentState, EnrolmentMode, OfferState},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::order::{Place, Waits, order};
use crate::{
    enrolment::{age_months, decision::queries::holds, waiting::queries as waiting},
    places::rules::{OfferTerms, Priority},
    platform::{
        Result, Say, clock,
        error::Error,
        parameter::{self, Dated},
        rule::Rule as _,
    },
};

/// The band of a scale that counts as severe.
const SEVERE: &str = "severe";

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

/// Rows about everybody of a list, read at once.
struct Read {
    children: BTreeMap<ChildId, child::Model>,
    offers: Vec<place_offer::Model>,
    severe: BTreeSet<ChildId>,
    homes: Vec<residence::Model>,
    referred_on: Vec<enrolment_decision::Model>,
    siblings: BTreeMap<ChildId, BTreeSet<ChildId>>,
    enrolled: Vec<enrolment_decision::Model>,
    in_classes: Vec<care_group_membership::Model>,
    waiting: BTreeSet<ChildId>,
}

impl Read {
    async fn of(
        db: &impl ConnectionTrait,
        centre: OrganisationId,
        applications: &[application::Model],
    ) -> Result<Self> {
        let ids: Vec<ChildId> = applications.iter().map(|row| row.child_id).collect();
        let some = || ids.iter().copied();
        let children = child::Entity::find()
            .filter(child::COLUMN.id.is_in(some()))
            .all(db)
            .await?;
        let siblings = siblings(db, &ids).await?;
        let all: BTreeSet<ChildId> = siblings.values().flatten().copied().collect();
        let everybody = waiting::of_centre(db, centre).await?;
        Ok(Self {
            offers: place_offer::Entity::find()
                .filter(
                    place_offer::COLUMN
                        .application_id
                        .is_in(applications.iter().map(|row| row.id)),
                )
                .order_by_asc(place_offer::COLUMN.id)
                .all(db)
                .await?,
            severe: severe(db, &ids).await?,
            homes: residence::Entity::find()
                .filter(residence::COLUMN.child_id.is_in(some()))
                .filter(residence::COLUMN.until_on.is_not_null())
                .all(db)
                .await?,
            referred_on: waiting::referred_on(db, &ids).await?,
            enrolled: enrolment_decision::Entity::find()
                .filter(enrolment_decision::COLUMN.organisation_id.eq(centre))
                .filter(enrolment_decision::COLUMN.child_id.is_in(all.iter().copied()))
                .filter(enrolment_decision::COLUMN.valid_from.is_not_null())
                .all(db)
                .await?,
            in_classes: care_group_membership::Entity::find()
                .filter(care_group_membership::COLUMN.organisation_id.eq(centre))
                .filter(care_group_membership::COLUMN.child_id.is_in(all))
                .filter(care_group_membership::COLUMN.called_off_at.is_null())
                .all(db)
                .await?,
            waiting: everybody.iter().map(|row| row.child_id).collect(),
            children: children.into_iter().map(|row| (row.id, row)).collect(),
            siblings,
        })
    }

    /// What the order asks of an application.
    fn waits(
        &self,
        row: &application::Model,
        list: &[application::Model],
        moved_months: u32,
        today: NaiveDate,
    ) -> Option<Waits> {
        let child = self.children.get(&row.child_id)?;
        let applied_on = row.applied_on.unwrap_or_else(|| clock::day_of(row.entered_at));
        let nobody = BTreeSet::new();
        let siblings = self.siblings.get(&row.child_id).unwrap_or(&nobody);
        let has_place = |id: &ChildId| {
            let in_class = |one: &care_group_membership::Model| {
                one.child_id == *id && one.valid_from <= today && one.valid_to.is_none_or(|to| today <= to)
            };
            self.in_classes.iter().any(in_class)
                || self.enrolled.iter().any(|one| one.child_id == *id && holds(one, today))
        };
        let silent = self.offers.iter().filter(|offer| offer.application_id == row.id);
        let silent = silent.filter(|offer| offer.state == OfferState::Expired);
        Some(Waits {
            application: row.id,
            child: row.child_id,
            together: self.together(row, child, siblings, list),
            age_months: age_months(child.birth_on, today).unwrap_or_default(),
            severe: self.severe.contains(&row.child_id),
            economy: row.economy,
            sibling_enrolled: siblings.iter().any(has_place),
            sibling_waits: siblings.iter().any(|id| self.waiting.contains(id)),
            moved: self.moved(row, applied_on, moved_months),
            returned: self.referred_on.iter().any(|decision| {
                decision.child_id == row.child_id
                    && decision.application_id != row.id
                    && decision.decided_on <= applied_on
            }),
            applied_on,
            silent_on: silent.map(|offer| clock::day_of(offer.expires_at)).min(),
        })
    }

    /// The lowest number among the applications of children born together: brothers and sisters of one birthday, or of two that
    /// follow each other, because midnight may lie between them.
    fn together(
        &self,
        row: &application::Model,
        child: &child::Model,
        siblings: &BTreeSet<ChildId>,
        list: &[application::Model],
    ) -> ApplicationId {
        let twins = list.iter().filter(|other| {
            let birth = self.children.get(&other.child_id).map(|sibling| sibling.birth_on);
            let near = birth.is_some_and(|birth| (birth - child.birth_on).num_days().abs() <= 1);
            siblings.contains(&other.child_id) && near
        });
        twins.map(|other| other.id).chain([row.id]).min().unwrap_or(row.id)
    }

    /// Lived in another district until some day of the months before the application.
    fn moved(&self, row: &application::Model, applied_on: NaiveDate, months: u32) -> bool {
        let earliest = applied_on.checked_sub_months(Months::new(months));
        self.homes.iter().any(|home| {
            let left = home.until_on.filter(|until| *until <= applied_on);
            let recent = left.zip(earliest).is_some_and(|(until, earliest)| until > earliest);
            home.child_id == row.child_id && home.district != row.district && recent
        })
    }
}

/// Children whose newest finished scale with bands says severe.
async fn severe(db: &impl ConnectionTrait, children: &[ChildId]) -> Result<BTreeSet<ChildId>> {
    let rows = assessment::Entity::find()
        .filter(assessment::COLUMN.child_id.is_in(children.iter().copied()))
        .filter(assessment::COLUMN.state.eq(AssessmentState::Final))
        .order_by_asc(assessment::COLUMN.performed_on)
        .order_by_asc(assessment::COLUMN.id)
        .all(db)
        .await?;
    let mut newest: BTreeMap<ChildId, bool> = BTreeMap::new();
    for row in rows {
        if let Some(band) = row.result.get("band").and_then(serde_json::Value::as_str) {
            newest.insert(row.child_id, band == SEVERE);
        }
    }
    Ok(newest
        .into_iter()
        .filter(|(_, severe)| *severe)
        .map(|(id, _)| id)
        .collect())
}

/// Brothers and sisters: children who share a guardian now.
async fn siblings(db: &impl ConnectionTrait, children: &[ChildId]) -> Result<BTreeMap<ChildId, BTreeSet<ChildId>>> {
    let column = guardianship::COLUMN;
    let own = guardianship::Entity::find()
        .filter(column.child_id.is_in(children.iter().copied()))
        .filter(column.ended_on.is_null())
        .all(db)
        .await?;
    let guardians: BTreeSet<GuardianId> = own.iter().map(|tie| tie.guardian_id).collect();
    let all = guardianship::Entity::find()
        .filter(column.guardian_id.is_in(guardians))
        .filter(column.ended_on.is_null())
        .all(db)
        .await?;
    let mut found: BTreeMap<ChildId, BTreeSet<ChildId>> = BTreeMap::new();
    for tie in &own {
        let shared = all.iter().filter(|other| other.guardian_id == tie.guardian_id);
        let others = shared.map(|other| other.child_id).filter(|id| *id != tie.child_id);
        found.entry(tie.child_id).or_default().extend(others);
    }
    Ok(found)
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
