//! The instruments.

use super::{Finding, ok, wrong};
use crate::{
    assessment::instruments::service as packages,
    platform::{Db, Result},
};

/// Every instrument passes its test vectors.
pub(super) async fn instruments(db: &Db) -> Result<Vec<Finding>> {
    let faults = packages::verify(db).await?;
    if faults.is_empty() {
        return Ok(vec![ok("instruments", "all pass their test vectors")]);
    }
    Ok(faults.into_iter().map(|fault| wrong("instruments", fault)).collect())
}
