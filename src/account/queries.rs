//! Reads for the account pages and the command line.

use entities::account::account;
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter};

use crate::platform::Result;

/// An account by user name.
pub async fn by_user_name(db: &impl ConnectionTrait, user_name: &str) -> Result<Option<account::Model>> {
    let name = user_name.trim().to_lowercase();
    Ok(account::Entity::find()
        .filter(account::COLUMN.user_name.eq(name))
        .one(db)
        .await?)
}
