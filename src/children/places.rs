//! Names of places on the pages of a file, and what their selects offer.

use entities::words::Language;
use sea_orm::ConnectionTrait;

use super::service;
use crate::{
    organisations::queries as organisations,
    platform::{Actor, Result},
    web::PlaceField,
};

/// Where an actor may register a child.
pub async fn registers_in(db: &impl ConnectionTrait, by: &Actor, chosen: &str) -> Result<PlaceField> {
    organisations::residence_field(db, service::registers_in(by), chosen).await
}

/// Where a child may move to: every street and village that the office knows.
pub async fn moves_to(db: &impl ConnectionTrait, chosen: &str) -> Result<PlaceField> {
    organisations::residence_field(db, "", chosen).await
}

/// A place as one reads an address: 浙江省 宁波市 镇海区 庄市街道.
pub async fn full_name(db: &impl ConnectionTrait, language: Language, code: &str) -> Result<String> {
    let path = organisations::division_path(db, code).await?;
    if path.is_empty() {
        let province = provinces(language).find(|(province, _)| *province == code);
        return Ok(province.map_or_else(|| code.to_owned(), |(_, name)| name));
    }
    let names: Vec<String> = path.into_iter().map(|division| division.name).collect();
    Ok(names.join(" "))
}

/// Provinces of GB/T 2260: code and name.
fn provinces(language: Language) -> impl Iterator<Item = (&'static str, String)> {
    include_str!("provinces.txt").lines().filter_map(move |line| {
        let mut parts = line.split(' ');
        let (code, chinese, english) = (parts.next()?, parts.next()?, parts.next()?);
        let name = match language {
            Language::Chinese => chinese.to_owned(),
            Language::English => english.replace('-', " "),
        };
        Some((code, name))
    })
}
