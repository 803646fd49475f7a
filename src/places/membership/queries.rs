//! Reads of memberships, through the actor's scope.

use chrono::NaiveDate;
use entities::{
    CareGroupMembershipId, ChildId, OrganisationId,
    places::{care_group, care_group_membership},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    access::scope,
    places::group::queries::days_of_member,
    platform::{Actor, Error, Result},
};

/// One of them with its class, or not found: a centre sees its own; whoever looks on has to see the child as well.
pub async fn find(
    db: &impl ConnectionTrait,
    by: &Actor,
    id: CareGroupMembershipId,
) -> Result<(care_group_membership::Model, care_group::Model)> {
    let mut condition = scope::of_organisations(by, care_group_membership::Column::OrganisationId);
    if by.looks_on() {
        condition = Condition::all()
            .add(condition)
            .add(care_group_membership::Column::ChildId.in_subquery(scope::child_ids(by)));
    }
    let found = care_group_membership::Entity::find_by_id(id).filter(condition).one(db);
    let row = found.await?.ok_or(Error::NotFound)?;
    let group = care_group::Entity::find_by_id(row.group_id).one(db).await?;
    Ok((row, group.ok_or(Error::NotFound)?))
}

/// The memberships of a child at a centre that began or will, the oldest first.
pub async fn of_child(
    db: &impl ConnectionTrait,
    centre: OrganisationId,
    child: ChildId,
) -> Result<Vec<care_group_membership::Model>> {
    let column = care_group_membership::COLUMN;
    Ok(care_group_membership::Entity::find()
        .filter(column.organisation_id.eq(centre))
        .filter(column.child_id.eq(child))
        .filter(column.called_off_at.is_null())
        .order_by_asc(column.valid_from)
        .order_by_asc(column.id)
        .all(db)
        .await?)
}

/// The class of a child at a centre on a day.
pub async fn on(
    db: &impl ConnectionTrait,
    centre: OrganisationId,
    child: ChildId,
    day: NaiveDate,
) -> Result<Option<care_group_membership::Model>> {
    let all = of_child(db, centre, child).await?;
    Ok(all.into_iter().find(|row| days_of_member(row).holds(day)))
}
