//! Reads of classes, through the actor's scope.

use chrono::{DateTime, NaiveDate, Utc};
use entities::{
    CareGroupId, OrganisationId, PlaceOfferId,
    enrolment::enrolment_decision,
    places::{care_group, care_group_capacity, care_group_membership, care_group_teacher, place_offer},
    words::{EnrolmentMode, OfferState},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    access::scope,
    places::room::{self, Span},
    platform::{Actor, Error, Result},
};

/// The condition on `care_group` rows: a centre sees its own, federations those of their area.
pub fn visible(by: &Actor) -> Condition {
    scope::of_organisations(by, care_group::Column::OrganisationId)
}

/// One of them, or not found.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: CareGroupId) -> Result<care_group::Model> {
    care_group::Entity::find_by_id(id)
        .filter(visible(by))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// The classes of a centre that are there at some day of a stretch, by name.
pub async fn of_centre(
    db: &impl ConnectionTrait,
    centre: OrganisationId,
    within: Span,
) -> Result<Vec<care_group::Model>> {
    let column = care_group::COLUMN;
    let mut begins = Condition::all();
    if let Some(to) = within.to {
        begins = begins.add(column.valid_from.lte(to));
    }
    let lasts = Condition::any()
        .add(column.valid_to.is_null())
        .add(column.valid_to.gte(within.from));
    Ok(care_group::Entity::find()
        .filter(column.organisation_id.eq(centre))
        .filter(begins)
        .filter(lasts)
        .order_by_asc(column.name)
        .order_by_asc(column.id)
        .all(db)
        .await?)
}

/// The days of a class.
pub const fn days(row: &care_group::Model) -> Span {
    Span::new(row.valid_from, row.valid_to)
}

/// Numbers of places of classes, by class, mode and day.
pub async fn capacities(db: &impl ConnectionTrait, groups: &[CareGroupId]) -> Result<Vec<care_group_capacity::Model>> {
    let column = care_group_capacity::COLUMN;
    Ok(care_group_capacity::Entity::find()
        .filter(column.group_id.is_in(groups.iter().copied()))
        .order_by_asc(column.group_id)
        .order_by_asc(column.mode)
        .order_by_asc(column.valid_from)
        .all(db)
        .await?)
}

/// Who led classes when.
pub async fn teachers(db: &impl ConnectionTrait, groups: &[CareGroupId]) -> Result<Vec<care_group_teacher::Model>> {
    let column = care_group_teacher::COLUMN;
    Ok(care_group_teacher::Entity::find()
        .filter(column.group_id.is_in(groups.iter().copied()))
        .order_by_asc(column.group_id)
        .order_by_asc(column.valid_from)
        .all(db)
        .await?)
}

/// Children in classes, then and now, without what never began.
pub async fn members(db: &impl ConnectionTrait, groups: &[CareGroupId]) -> Result<Vec<care_group_membership::Model>> {
    let column = care_group_membership::COLUMN;
    Ok(care_group_membership::Entity::find()
        .filter(column.group_id.is_in(groups.iter().copied()))
        .filter(column.called_off_at.is_null())
        .order_by_asc(column.valid_from)
        .order_by_asc(column.id)
        .all(db)
        .await?)
}

/// Open offers of places in classes that are still held at an instant.
pub async fn held(
    db: &impl ConnectionTrait,
    groups: &[CareGroupId],
    now: DateTime<Utc>,
) -> Result<Vec<place_offer::Model>> {
    let column = place_offer::COLUMN;
    Ok(place_offer::Entity::find()
        .filter(column.group_id.is_in(groups.iter().copied()))
        .filter(column.state.eq(OfferState::Open))
        .filter(column.expires_at.gt(now))
        .order_by_asc(column.id)
        .all(db)
        .await?)
}

/// The days of a membership.
pub const fn days_of_member(row: &care_group_membership::Model) -> Span {
    Span::new(row.valid_from, row.valid_to)
}

/// The days of a place that is offered.
pub const fn days_of_offer(row: &place_offer::Model) -> Span {
    Span::new(row.valid_from, Some(row.valid_to))
}

/// The room of classes: how many places, who is there, what is held for whom.
#[derive(Clone, Debug, Default)]
pub struct Rooms {
    /// Numbers of places.
    pub capacities: Vec<care_group_capacity::Model>,
    /// Children.
    pub members: Vec<care_group_membership::Model>,
    /// Open offers.
    pub held: Vec<place_offer::Model>,
}

impl Rooms {
    /// That of some classes at an instant.
    pub async fn of(db: &impl ConnectionTrait, groups: &[CareGroupId], now: DateTime<Utc>) -> Result<Self> {
        Ok(Self {
            capacities: capacities(db, groups).await?,
            members: members(db, groups).await?,
            held: held(db, groups, now).await?,
        })
    }

    /// How many places a class has in a mode, by days.
    pub fn capacity(&self, group: CareGroupId, mode: EnrolmentMode) -> Vec<(Span, i32)> {
        let rows = self.capacities.iter();
        let rows = rows.filter(|row| (row.group_id, row.mode) == (group, mode));
        rows.map(|row| (Span::new(row.valid_from, row.valid_to), row.places))
            .collect()
    }

    /// Days on which its places are taken by children.
    pub fn children(&self, group: CareGroupId, mode: EnrolmentMode) -> Vec<Span> {
        let rows = self.members.iter();
        let rows = rows.filter(|row| (row.group_id, row.mode) == (group, mode));
        rows.map(days_of_member).collect()
    }

    /// Days for which its places are held by offers; `apart` is the offer that asks.
    pub fn offers(&self, group: CareGroupId, mode: EnrolmentMode, apart: Option<PlaceOfferId>) -> Vec<Span> {
        let rows = self.held.iter().filter(|row| Some(row.id) != apart);
        let rows = rows.filter(|row| (row.group_id, row.mode) == (group, mode));
        rows.map(days_of_offer).collect()
    }

    /// The first day of some on which a class has no place left in a mode.
    pub fn full_on(
        &self,
        group: CareGroupId,
        mode: EnrolmentMode,
        wanted: Span,
        apart: Option<PlaceOfferId>,
    ) -> Option<NaiveDate> {
        let mut taken = self.children(group, mode);
        taken.extend(self.offers(group, mode, apart));
        room::full_on(&self.capacity(group, mode), &taken, wanted, 1)
    }
}

/// Decisions of a centre that give a place on a day or later, and whose child is in no class of it then.
pub async fn without_class(
    db: &impl ConnectionTrait,
    centre: OrganisationId,
    on: NaiveDate,
) -> Result<Vec<enrolment_decision::Model>> {
    let column = enrolment_decision::COLUMN;
    let decisions = enrolment_decision::Entity::find()
        .filter(column.organisation_id.eq(centre))
        .filter(column.valid_from.is_not_null())
        .filter(column.valid_to.gte(on))
        .filter(column.revoked_on.is_null())
        .order_by_asc(column.valid_from)
        .order_by_asc(column.id)
        .all(db)
        .await?;
    let member = care_group_membership::COLUMN;
    let members = care_group_membership::Entity::find()
        .filter(member.organisation_id.eq(centre))
        .filter(member.called_off_at.is_null())
        .filter(
            Condition::any()
                .add(member.valid_to.is_null())
                .add(member.valid_to.gte(on)),
        )
        .all(db)
        .await?;
    let lacks = |row: &enrolment_decision::Model| {
        let begins = row.valid_from.map_or(on, |from| from.max(on));
        let mut theirs = members.iter().filter(|member| member.child_id == row.child_id);
        !theirs.any(|member| days_of_member(member).holds(begins))
    };
    Ok(decisions.into_iter().filter(lacks).collect())
}
