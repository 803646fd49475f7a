//! Reads for the account pages and the command line.

use entities::{AccountId, OrganisationId, account::account, organisation::organisation};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    access::places,
    platform::{Actor, Error, Result},
};

/// An account by user name.
pub async fn by_user_name(db: &impl ConnectionTrait, user_name: &str) -> Result<Option<account::Model>> {
    let name = user_name.trim().to_lowercase();
    Ok(account::Entity::find()
        .filter(account::COLUMN.user_name.eq(name))
        .one(db)
        .await?)
}

/// An account by its id.
pub async fn by_id(db: &impl ConnectionTrait, id: AccountId) -> Result<account::Model> {
    account::Entity::find_by_id(id).one(db).await?.ok_or(Error::NotFound)
}

/// An open organisation that somebody may open accounts in.
pub(super) async fn workplace(
    db: &impl ConnectionTrait,
    by: &Actor,
    id: OrganisationId,
) -> Result<organisation::Model> {
    organisation::Entity::find_by_id(id)
        .filter(places::administered(by))
        .filter(organisation::COLUMN.closed_on.is_null())
        .one(db)
        .await?
        .ok_or_else(|| Error::field("organisation", "form.choice"))
}
