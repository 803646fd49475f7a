//! Files of an owner, and of a child.

use std::collections::BTreeMap;

use entities::{AttachmentId, ChildId, attachment::attachment, words::AttachmentState};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, Select,
};

use super::{
    owner::Owner,
    states::{Attachments, is_there},
};
use crate::{
    access::scope,
    platform::{Actor, Error, Result, states::Machine as _},
};

/// The condition on rows that belong to an owner.
pub(super) fn is_of(owner: &Owner) -> Condition {
    let column = attachment::COLUMN;
    let of = Condition::all().add(column.owner_kind.eq(owner.kind));
    match owner.id {
        Some(id) => of.add(column.owner_id.eq(id)),
        None => of
            .add(column.child_id.eq(owner.child))
            .add(column.organisation_id.eq(owner.place)),
    }
}

pub(super) fn of_owner(owner: &Owner) -> Select<attachment::Entity> {
    attachment::Entity::find()
        .filter(is_of(owner))
        .order_by_asc(attachment::COLUMN.id)
}

/// Everything that was added to an owner, oldest first; what was taken back is told as well.
pub async fn of(db: &impl ConnectionTrait, owner: &Owner) -> Result<Vec<attachment::Model>> {
    Ok(of_owner(owner).all(db).await?)
}

/// One of them, or not found.
pub async fn one_of(db: &impl ConnectionTrait, owner: &Owner, id: AttachmentId) -> Result<attachment::Model> {
    let found = of_owner(owner).filter(attachment::COLUMN.id.eq(id)).one(db).await?;
    found.ok_or(Error::NotFound)
}

/// What still belongs to rows of another table, by row, oldest first. That the rows may be seen was asked before.
pub async fn of_rows(
    db: &impl ConnectionTrait,
    kind: &str,
    rows: impl IntoIterator<Item = i64>,
) -> Result<BTreeMap<i64, Vec<attachment::Model>>> {
    let there = AttachmentState::ALL.iter().copied().filter(|state| is_there(*state));
    let found = attachment::Entity::find()
        .filter(attachment::COLUMN.owner_kind.eq(kind))
        .filter(attachment::Column::OwnerId.is_in(rows))
        .filter(attachment::COLUMN.state.is_in(there))
        .order_by_asc(attachment::COLUMN.id)
        .all(db)
        .await?;
    let mut by_row: BTreeMap<i64, Vec<attachment::Model>> = BTreeMap::new();
    for one in found {
        if let Some(row) = one.owner_id {
            by_row.entry(row).or_default().push(one);
        }
    }
    Ok(by_row)
}

/// What an actor sees of a child's files, newest first: organisations what they brought in, federations what those of their
/// area did. That the child may be seen was asked before.
pub async fn of_child(db: &impl ConnectionTrait, by: &Actor, child: ChildId) -> Result<Vec<attachment::Model>> {
    Ok(seen(by)
        .filter(attachment::COLUMN.child_id.eq(child))
        .order_by_desc(attachment::COLUMN.id)
        .all(db)
        .await?)
}

/// One of them, or not found. Both the child and the file lie in the actor's scope.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: AttachmentId) -> Result<attachment::Model> {
    let found = seen(by).filter(attachment::COLUMN.id.eq(id)).one(db).await?;
    let found = found.ok_or(Error::NotFound)?;
    // What is about nobody yet is opened through what it belongs to.
    let child = found.child_id.ok_or(Error::NotFound)?;
    scope::child(db, by, child).await?;
    Ok(found)
}

fn seen(by: &Actor) -> Select<attachment::Entity> {
    attachment::Entity::find().filter(scope::of_organisations(by, attachment::Column::OrganisationId))
}

/// How many are there of a kind that may be opened: whether an owner has brought what was asked for.
pub async fn ready(db: &impl ConnectionTrait, owner: &Owner, kind: &str) -> Result<u64> {
    Ok(of_owner(owner)
        .filter(attachment::COLUMN.kind.eq(kind))
        .filter(attachment::COLUMN.state.eq(AttachmentState::Ready))
        .count(db)
        .await?)
}

/// Those that still have to be looked into, oldest first.
pub(super) async fn waiting(
    db: &impl ConnectionTrait,
    after: AttachmentId,
    most: u64,
) -> Result<Vec<attachment::Model>> {
    use sea_orm::QuerySelect as _;
    Ok(attachment::Entity::find()
        .filter(attachment::COLUMN.state.is_in(Attachments::open()))
        .filter(attachment::COLUMN.id.gt(after))
        .order_by_asc(attachment::COLUMN.id)
        .limit(most)
        .all(db)
        .await?)
}

/// How many wait in a state: for whoever looks after the installation.
pub async fn number(db: &impl ConnectionTrait, state: AttachmentState) -> Result<u64> {
    Ok(attachment::Entity::find()
        .filter(attachment::COLUMN.state.eq(state))
        .count(db)
        .await?)
}
