//! Who has a citizen number.

use entities::{ChildId, child::child, words::IdentityKind};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    person::{Identity, likeness::is_citizen},
    platform::{Error, Keys, Result},
};

/// The file that has a citizen number, besides one.
pub async fn holder(
    db: &impl ConnectionTrait,
    keys: &Keys,
    identity: &Identity,
    except: Option<ChildId>,
) -> Result<Option<child::Model>> {
    let Some(number) = identity.number().filter(|_| is_citizen(identity.kind())) else {
        return Ok(None);
    };
    let mut select = child::Entity::find()
        .filter(child::COLUMN.identity_index.eq(keys.index("identity", number)?))
        .filter(
            child::COLUMN
                .identity_kind
                .is_in([IdentityKind::CitizenId, IdentityKind::ResidencePermit]),
        )
        .filter(child::COLUMN.merged_into.is_null())
        .order_by_asc(child::COLUMN.id);
    if let Some(except) = except {
        select = select.filter(child::COLUMN.id.ne(except));
    }
    Ok(select.one(db).await?)
}

/// No other file has this citizen number.
///
/// # Errors
/// At the number's field when one has.
pub async fn must_be_free(db: &impl ConnectionTrait, keys: &Keys, identity: &Identity, except: ChildId) -> Result<()> {
    match holder(db, keys, identity, Some(except)).await? {
        Some(_) => Err(Error::field("identity_no", "child.number_taken")),
        None => Ok(()),
    }
}
