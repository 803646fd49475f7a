//! Names of places on the pages of a file, and what their selects offer.

use entities::words::Language;
use sea_orm::ConnectionTrait;

use super::service;
use crate::{
    organisations::queries as organisations,
    platform::{Actor, Result},
    web::Choice,
};

/// Where an actor may register a child.
pub async fn registers_in(db: &impl ConnectionTrait, by: &Actor, chosen: &str) -> Result<Vec<Choice>> {
    Ok(choices(
        organisations::residences(db, service::registers_in(by)).await?,
        chosen,
    ))
}

/// Where a child may move to: every street and village that the office knows.
pub async fn moves_to(db: &impl ConnectionTrait, chosen: &str) -> Result<Vec<Choice>> {
    Ok(choices(organisations::residences(db, "").await?, chosen))
}

/// Where a household may be registered: provinces, and below them what the office knows.
pub async fn households(db: &impl ConnectionTrait, language: Language, chosen: &str) -> Result<Vec<Choice>> {
    let mut found: Vec<Choice> = provinces(language)
        .map(|(code, name)| Choice::new(code, name, chosen))
        .collect();
    let known = organisations::division_options(db, "", &[4, 6, 9, 12]).await?;
    found.extend(choices(known, chosen));
    if !chosen.is_empty() && !found.iter().any(|choice| choice.selected) {
        found.push(Choice::new(chosen, chosen, chosen));
    }
    found.sort_by(|a, b| a.value.cmp(&b.value));
    Ok(found)
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

fn choices(options: Vec<organisations::DivisionOption>, chosen: &str) -> Vec<Choice> {
    options
        .into_iter()
        .map(|option| Choice::new(option.code, option.label, chosen))
        .collect()
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
