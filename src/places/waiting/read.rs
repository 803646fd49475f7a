//! What the order of those who wait is made from: nothing of it is typed for the order, all of it is read where it was
//! recorded for its own sake.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};
use entities::{
    ApplicationId, ChildId, GuardianId, OrganisationId,
    child::{child, guardianship, residence},
    enrolment::{application, enrolment_decision},
    places::{care_group_membership, place_offer},
    screening::assessment,
    words::{AssessmentState, OfferState},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::order::Waits;
use crate::{
    enrolment::{age_months, decision::queries::holds, waiting::queries as waiting},
    platform::{Result, clock},
};

/// The band of a scale that counts as severe.
const SEVERE: &str = "severe";

/// Rows about everybody of a list, read at once.
pub(super) struct Read {
    pub(super) children: BTreeMap<ChildId, child::Model>,
    pub(super) offers: Vec<place_offer::Model>,
    severe: BTreeSet<ChildId>,
    homes: Vec<residence::Model>,
    referred_on: Vec<enrolment_decision::Model>,
    siblings: BTreeMap<ChildId, BTreeSet<ChildId>>,
    enrolled: Vec<enrolment_decision::Model>,
    in_classes: Vec<care_group_membership::Model>,
    waiting: BTreeSet<ChildId>,
}

impl Read {
    pub(super) async fn of(
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
    pub(super) fn waits(
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
