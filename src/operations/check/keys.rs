//! The key file.

use entities::{
    Sealed,
    child::{child, guardian},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::{Finding, ok, warning, wrong};
use crate::platform::{Config, Db, Keys, Result, crypto::CryptoError};

/// The key file opens something that is sealed.
pub(super) async fn keys(config: &Config, db: &Db) -> Result<Finding> {
    let path = config.key_file();
    let keys = match Keys::load(&path) {
        Ok(keys) => keys,
        Err(CryptoError::Missing(_)) if sample(db).await?.is_none() => {
            return Ok(warning(
                "keys",
                format!("{} does not exist yet; `serve` makes it", path.display()),
            ));
        }
        Err(error) => return Ok(wrong("keys", error.to_string())),
    };
    if let Some((purpose, sealed)) = sample(db).await?
        && let Err(error) = keys.open(purpose, &sealed)
    {
        return Ok(wrong(
            "keys",
            format!("{} does not open what is in the database: {error}", path.display()),
        ));
    }
    Ok(match Keys::is_exposed(&path) {
        Ok(true) => warning(
            "keys",
            format!("others than its owner may read {}: chmod 600", path.display()),
        ),
        _ => ok("keys", path.display().to_string()),
    })
}

/// Something sealed: the newest identity number or telephone.
async fn sample(db: &Db) -> Result<Option<(&'static str, Sealed)>> {
    let child = child::Entity::find()
        .filter(child::COLUMN.identity_no.is_not_null())
        .order_by_desc(child::COLUMN.id)
        .limit(1)
        .one(&**db)
        .await?;
    if let Some(number) = child.and_then(|c| c.identity_no) {
        return Ok(Some(("child.identity_no", number)));
    }
    let guardian = guardian::Entity::find()
        .filter(guardian::COLUMN.phone.is_not_null())
        .order_by_desc(guardian::COLUMN.id)
        .limit(1)
        .one(&**db)
        .await?;
    Ok(guardian.and_then(|g| g.phone).map(|phone| ("guardian.phone", phone)))
}
