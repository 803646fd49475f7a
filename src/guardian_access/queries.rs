//! Who a guardian is, by what they typed and by who was let in.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entities::{
    GuardianId,
    child::{guardian, guardianship},
    guardian_access::guardian_access,
    words::AccessWay,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::rules::{self, Address};
use crate::platform::{Keys, Result, crypto::fingerprint};

/// What the blind index of addresses is made for.
pub const ADDRESS: &str = "guardian_access.address";

/// The hash of what a browser's cookie holds.
pub fn browser(cookie: &str) -> String {
    fingerprint(cookie.as_bytes())
}

/// Guardians who answer for somebody today.
fn answering() -> sea_orm::Select<guardian::Entity> {
    let ties = guardianship::Entity::find()
        .filter(guardianship::COLUMN.ended_on.is_null())
        .select_only()
        .column(guardianship::Column::GuardianId)
        .into_query();
    guardian::Entity::find()
        .filter(guardian::Column::Id.in_subquery(ties))
        .order_by_asc(guardian::COLUMN.id)
}

fn at(keys: &Keys, address: &Address, typed: &str) -> Result<Condition> {
    Ok(match address.way {
        AccessWay::Phone => {
            Condition::all().add(guardian::COLUMN.phone_index.eq(keys.index("phone", &address.compared)?))
        }
        AccessWay::Mail => Condition::any()
            .add(guardian::COLUMN.email.eq(address.compared.clone()))
            .add(guardian::COLUMN.email.eq(typed.trim())),
        // Nothing goes to a counter.
        AccessWay::Counter => crate::platform::condition::nothing(),
    })
}

/// The guardians of a name at an address; one person may stand on file more than once.
pub async fn at_address(
    db: &impl ConnectionTrait,
    keys: &Keys,
    name: &str,
    typed: &str,
) -> Result<Vec<guardian::Model>> {
    let Some(address) = Address::read(typed) else {
        return Ok(Vec::new());
    };
    let found = answering().filter(at(keys, &address, typed)?).all(db).await?;
    Ok(found
        .into_iter()
        .filter(|one| rules::is_same_name(&one.name, name))
        .collect())
}

/// All rows of the person whom a row is of: the same name, and the telephone or the address of it.
pub async fn same_person(db: &impl ConnectionTrait, one: &guardian::Model) -> Result<Vec<GuardianId>> {
    let mut same = Condition::any().add(guardian::COLUMN.id.eq(one.id));
    if let Some(index) = &one.phone_index {
        same = same.add(guardian::COLUMN.phone_index.eq(index.clone()));
    }
    if let Some(email) = &one.email {
        same = same.add(guardian::COLUMN.email.eq(email.clone()));
    }
    let rows = answering().filter(same).all(db).await?;
    let ids: BTreeSet<GuardianId> = rows
        .into_iter()
        .filter(|other| rules::is_same_name(&other.name, &one.name))
        .map(|other| other.id)
        .collect();
    Ok(ids.into_iter().collect())
}

/// A visit that lasts, by the cookie of its browser; with the guardian.
pub async fn visit(
    db: &impl ConnectionTrait,
    cookie: &str,
    now: DateTime<Utc>,
) -> Result<Option<(guardian_access::Model, guardian::Model)>> {
    let row = guardian_access::Entity::find()
        .filter(guardian_access::COLUMN.browser.eq(browser(cookie)))
        .filter(guardian_access::COLUMN.opened_at.is_not_null())
        .filter(guardian_access::COLUMN.until.gt(now))
        .filter(guardian_access::COLUMN.seen_at.gt(now - rules::IDLE))
        .one(db)
        .await?;
    let Some((row, id)) = row.and_then(|row| row.guardian_id.map(|id| (row, id))) else {
        return Ok(None);
    };
    // Somebody who answers for nobody any more is let in no longer.
    let guardian = answering().filter(guardian::COLUMN.id.eq(id)).one(db).await?;
    Ok(guardian.map(|guardian| (row, guardian)))
}

/// What counts against somebody who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Codes that the address asked for shortly.
    pub shortly: u64,
    /// In a day.
    pub today: u64,
    /// Questions of the network in an hour.
    pub network: u64,
}

impl Asked {
    /// One more is one too many.
    pub const fn is_too_often(self) -> bool {
        self.shortly >= rules::OF_ADDRESS
            || self.today >= rules::OF_ADDRESS_A_DAY
            || self.network >= rules::OF_NETWORK_AN_HOUR
    }
}

/// How often an address and a network asked.
pub async fn asked(db: &impl ConnectionTrait, address: &str, network: &str, now: DateTime<Utc>) -> Result<Asked> {
    let since = |at: DateTime<Utc>| guardian_access::Entity::find().filter(guardian_access::COLUMN.asked_at.gt(at));
    let of_address = |at| since(at).filter(guardian_access::COLUMN.address_index.eq(address));
    Ok(Asked {
        shortly: of_address(now - rules::SHORTLY).count(db).await?,
        today: of_address(now - chrono::TimeDelta::days(1)).count(db).await?,
        network: since(now - chrono::TimeDelta::hours(1))
            .filter(guardian_access::COLUMN.remote.eq(network))
            .count(db)
            .await?,
    })
}

/// Codes that were tried in vain for a guardian in a day.
pub async fn wrong_of(db: &impl ConnectionTrait, guardian: GuardianId, now: DateTime<Utc>) -> Result<i64> {
    let tries: Vec<i32> = guardian_access::Entity::find()
        .filter(guardian_access::COLUMN.guardian_id.eq(guardian))
        .filter(guardian_access::COLUMN.opened_at.is_null())
        .filter(guardian_access::COLUMN.asked_at.gt(now - chrono::TimeDelta::days(1)))
        .select_only()
        .column(guardian_access::Column::Tries)
        .into_tuple()
        .all(db)
        .await?;
    Ok(tries.into_iter().map(i64::from).sum())
}
