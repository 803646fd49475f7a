//! Which version of the chain holds where and when.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    AccountId, OrganisationId, ReviewChainId,
    account::{account, account_role},
    enrolment::review_chain,
    words::{ChainState, ReviewKind, Role},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::shipped;
use crate::{
    access::{places::upwards, scope},
    platform::{Actor, Error, Result, approval::Chain},
};

/// The row that holds in a district on a day: the district's own before the city's, the newest that has begun; none before
/// anybody put one in force.
pub async fn in_force(
    db: &impl ConnectionTrait,
    kind: ReviewKind,
    district: &str,
    on: NaiveDate,
) -> Result<Option<review_chain::Model>> {
    let mut rows = review_chain::Entity::find()
        .filter(review_chain::COLUMN.kind.eq(kind))
        .filter(review_chain::COLUMN.state.eq(ChainState::InForce))
        .filter(review_chain::COLUMN.valid_from.lte(on))
        .filter(review_chain::COLUMN.district.is_in(upwards(district)))
        .all(db)
        .await?;
    rows.sort_by_key(|row| std::cmp::Reverse((row.district.len(), row.valid_from, row.number)));
    Ok(rows.into_iter().next())
}

/// The chain that holds in a district on a day: the one that the program brings where there is no other.
pub async fn chain_on(db: &impl ConnectionTrait, kind: ReviewKind, district: &str, on: NaiveDate) -> Result<Chain> {
    match in_force(db, kind, district, on).await? {
        Some(row) => definition(&row),
        None => Ok(shipped::chain()?.chain),
    }
}

/// A row's chain.
pub fn definition(row: &review_chain::Model) -> Result<Chain> {
    serde_json::from_value(row.definition.clone())
        .map_err(|e| Error::Internal(anyhow::anyhow!("review chain {}: {e}", row.id)))
}

/// The chain of a row by its number.
pub async fn of(db: &impl ConnectionTrait, id: ReviewChainId) -> Result<Chain> {
    let row = review_chain::Entity::find_by_id(id).one(db).await?;
    definition(&row.ok_or(Error::NotFound)?)
}

/// The versions that an administrator may see: of the own area, and of the divisions above it; the newest first.
pub async fn all(db: &impl ConnectionTrait, by: &Actor) -> Result<Vec<review_chain::Model>> {
    let own = by.coverage();
    let rows = review_chain::Entity::find()
        .filter(
            sea_orm::Condition::any()
                .add(scope::within(review_chain::COLUMN.district.0, own))
                .add(review_chain::COLUMN.district.is_in(upwards(own))),
        )
        .order_by_asc(review_chain::COLUMN.district)
        .order_by_desc(review_chain::COLUMN.number)
        .all(db)
        .await?;
    Ok(rows)
}

/// One of them, or not found.
pub async fn find(db: &impl ConnectionTrait, by: &Actor, id: ReviewChainId) -> Result<review_chain::Model> {
    let row = review_chain::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let own = by.coverage();
    if row.district.starts_with(own) || own.starts_with(&row.district) {
        Ok(row)
    } else {
        Err(Error::NotFound)
    }
}

/// How many who can sign in hold one of some roles at a place.
pub async fn holders(db: &impl ConnectionTrait, place: OrganisationId, roles: &[Role]) -> Result<usize> {
    let there: Vec<AccountId> = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::COLUMN.organisation_id.eq(place))
        .filter(account::COLUMN.disabled_at.is_null())
        .into_tuple()
        .all(db)
        .await?;
    let held = account_role::Entity::find()
        .filter(account_role::COLUMN.account_id.is_in(there))
        .filter(account_role::COLUMN.role.is_in(roles.iter().copied()))
        .all(db)
        .await?;
    let people: BTreeSet<AccountId> = held.into_iter().map(|one| one.account_id).collect();
    Ok(people.len())
}
