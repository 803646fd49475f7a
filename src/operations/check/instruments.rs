//! The instruments.

use entities::screening::assessment;
use sea_orm::{EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

use super::{Finding, ok, wrong};
use crate::{
    assessment::instruments::{library, service as packages},
    platform::{Config, Db, Result},
};

/// Every instrument passes its test vectors.
pub(super) async fn instruments(config: &Config, db: &Db) -> Result<Vec<Finding>> {
    let mut faults = packages::verify(db).await?;
    if !config.demo {
        faults.extend(examples_in_use(db).await?);
    }
    if faults.is_empty() {
        return Ok(vec![ok("instruments", "all pass their test vectors")]);
    }
    Ok(faults.into_iter().map(|fault| wrong("instruments", fault)).collect())
}

/// Children were judged with an instrument that shows the format only.
async fn examples_in_use(db: &Db) -> Result<Vec<String>> {
    let here = library::load(&**db).await?;
    let mut found = Vec::new();
    for package in here.all().filter(|package| package.is_example()) {
        let sheets = assessment::Entity::find()
            .filter(assessment::COLUMN.instrument.eq(&package.code))
            .filter(assessment::COLUMN.instrument_version.eq(&package.version))
            .count(&**db)
            .await?;
        if sheets > 0 {
            found.push(format!(
                "{} {} is an example and was used for {sheets} sheets: their results say nothing",
                package.code, package.version
            ));
        }
    }
    Ok(found)
}
