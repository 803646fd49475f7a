//! Reads for the account pages and the command line.

use std::collections::BTreeMap;

use entities::{AccountId, OrganisationId, account::account, organisation::organisation};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect as _};

use super::rules;
use crate::{
    access::places::{self, Reach},
    platform::{Actor, Error, Result},
};

/// An account by user name.
pub async fn by_user_name(db: &impl ConnectionTrait, user_name: &str) -> Result<Option<account::Model>> {
    let name = rules::user_name(user_name);
    // What cannot be a name is nobody's, and PostgreSQL takes no NUL.
    if name.chars().any(char::is_control) {
        return Ok(None);
    }
    Ok(account::Entity::find()
        .filter(account::COLUMN.user_name.eq(name))
        .one(db)
        .await?)
}

/// An account by its id.
pub async fn by_id(db: &impl ConnectionTrait, id: AccountId) -> Result<account::Model> {
    account::Entity::find_by_id(id).one(db).await?.ok_or(Error::NotFound)
}

/// An open organisation that somebody may open accounts in: those accounts reach no further than the administrator's own
/// area.
pub(super) async fn workplace(
    db: &impl ConnectionTrait,
    by: &Actor,
    id: OrganisationId,
) -> Result<organisation::Model> {
    let place = organisation::Entity::find_by_id(id)
        .filter(places::known(by))
        .filter(organisation::COLUMN.closed_on.is_null())
        .one(db)
        .await?
        .ok_or_else(|| Error::field("organisation", "form.choice"))?;
    match places::reach(db, by, &place).await?.objection() {
        None => Ok(place),
        Some(why) => Err(Error::field("organisation", why)),
    }
}

/// How far an account reaches, seen from an administrator's area.
pub(super) async fn reach(db: &impl ConnectionTrait, by: &Actor, account: &account::Model) -> Result<Reach> {
    let place = organisation::Entity::find_by_id(account.organisation_id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    places::reach(db, by, &place).await
}

/// Names of the people behind accounts, as pages show them.
pub async fn names(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = AccountId>,
) -> Result<BTreeMap<AccountId, String>> {
    let rows: Vec<(AccountId, String)> = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .column(account::Column::DisplayName)
        .filter(account::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Name of the person behind an account; nothing for a sweep or the command line.
pub async fn name(db: &impl ConnectionTrait, id: Option<AccountId>) -> Result<String> {
    let Some(id) = id else { return Ok(String::new()) };
    Ok(names(db, [id]).await?.remove(&id).unwrap_or_default())
}
