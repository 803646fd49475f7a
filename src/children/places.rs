//! Names of places on the pages of a file, and what their selects offer.

use sea_orm::ConnectionTrait;

use super::service;
use crate::{
    organisations::queries as organisations,
    platform::{Actor, PlaceField, Result},
};

/// Where an actor may register a child.
pub async fn registers_in(db: &impl ConnectionTrait, by: &Actor, chosen: &str) -> Result<PlaceField> {
    organisations::residence_field(db, service::registers_in(by), chosen).await
}

/// Where a child may move to: every street and village that the office knows.
pub async fn moves_to(db: &impl ConnectionTrait, chosen: &str) -> Result<PlaceField> {
    organisations::residence_field(db, "", chosen).await
}

/// A place as one reads an address: 浙江省 宁波市 镇海区 庄市街道; the code of a place that nobody knows.
pub async fn full_name(db: &impl ConnectionTrait, code: &str) -> Result<String> {
    let path = organisations::division_path(db, code).await?;
    if path.is_empty() {
        return Ok(code.to_owned());
    }
    let names: Vec<String> = path.into_iter().map(|division| division.name).collect();
    Ok(names.join(" "))
}
