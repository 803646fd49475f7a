//! Divisions as people write them: by code, by name, or by names from the wider to the narrower.

use std::collections::{BTreeMap, BTreeSet};

use entities::{division_code::DivisionCode, half_width::narrow, organisation::division};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Func},
};

pub use super::queries::is_place_name;
use super::queries::{DivisionOption, division_names, names_a_place};
use crate::{
    access::{places::upwards, scope},
    platform::{Choice, PlaceField, Result, condition},
};

/// More divisions than this are no list to choose from: they are searched by name.
const LISTED: usize = 300;
/// Places that a search proposes.
const PROPOSED: usize = 20;
/// Longest text that is looked up.
const LONGEST: usize = 60;

/// A place with the names of what it lies in: `330211`, 浙江省 宁波市 镇海区.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its code.
    pub code: String,
    /// Its names, the widest first.
    pub names: Vec<String>,
}

impl Place {
    /// As a field shows it: the code, then the names. [`code_of`] reads it back.
    pub fn shown(&self) -> String {
        format!("{} {}", self.code, self.names.join(" "))
    }
}

/// The code that a field says: `330211 浙江省 宁波市 镇海区` is `330211`. What begins with no digit stays as it is.
pub fn code_of(text: &str) -> &str {
    let text = text.trim();
    match text.split_once(char::is_whitespace) {
        Some((code, _)) if code.chars().all(char::is_numeric) => code,
        _ => text,
    }
}

/// Turn the name of a place into its code where it names exactly one; anything else stays as it was typed, and the
/// form tells what is wrong with it.
pub async fn settle(db: &impl ConnectionTrait, text: &mut String) -> Result<()> {
    if !text.trim().is_empty()
        && !text.trim_start().starts_with(char::is_numeric)
        && let [only] = meant(db, text).await?.as_slice()
    {
        only.code.clone_into(text);
    }
    Ok(())
}

/// The open places whose names end a text, everything before being names of what they lie in: 镇海区, 宁波市镇海区,
/// 浙江省 宁波市 镇海区.
async fn meant(db: &impl ConnectionTrait, text: &str) -> Result<Vec<Place>> {
    let text = plain(text);
    if text.chars().count() > LONGEST {
        return Ok(Vec::new());
    }
    let ends = text.char_indices().filter_map(|(at, _)| text.get(at..));
    let rows = division::Entity::find()
        .filter(division::COLUMN.name.is_in(ends))
        .filter(division::COLUMN.closed_on.is_null())
        .all(db)
        .await?;
    let mut found = places(db, rows).await?;
    found.retain(|place| reads_as(place.names.iter().rev().map(String::as_str), &text));
    Ok(found)
}

/// A place as it was written, without what stands between its names: `浙江省 / 宁波市，镇海区`.
pub fn plain(text: &str) -> String {
    narrow(text)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '/' | '-' | ',' | '、' | '>' | '\\' | '|' | '·'))
        .collect()
}

/// Whether a text is the name of a place, with names of what it lies in before it, in their order: all, some or none of
/// them, and `宁波镇海` as well as `宁波市镇海区`. `names` begin with the place's own.
pub fn reads_as<'a>(mut names: impl Iterator<Item = &'a str>, text: &str) -> bool {
    let own = names.next().and_then(|own| text.strip_suffix(own));
    let Some(mut rest) = own else { return false };
    for name in names {
        let before = rest
            .strip_suffix(name)
            .or_else(|| short(name).and_then(|short| rest.strip_suffix(short)));
        rest = before.unwrap_or(rest);
    }
    rest.is_empty()
}

/// A name without the word for its kind, where enough of it is left.
pub fn short(name: &str) -> Option<&str> {
    let short = ["街道", "自治区", "省", "市", "区", "县", "镇", "乡"]
        .iter()
        .find_map(|kind| name.strip_suffix(kind))?;
    (short.chars().count() > 1).then_some(short)
}

/// Open places that a half-typed text may mean, the widest first.
pub async fn proposed(db: &impl ConnectionTrait, text: &str) -> Result<Vec<Place>> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Ok(Vec::new());
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let named = match (words.first(), words.last()) {
        (Some(code), _) if code.chars().all(|c| c.is_ascii_digit()) => {
            Condition::all().add(scope::within(division::Column::Code, code))
        }
        (_, Some(last)) => Condition::all().add(division::Column::Name.like(condition::holding(last))),
        _ => return Ok(Vec::new()),
    };
    let length = Func::char_length(Expr::col((division::Entity, division::Column::Code)));
    let rows = division::Entity::find()
        .filter(named)
        .filter(division::COLUMN.closed_on.is_null())
        .order_by_asc(Expr::from(length))
        .order_by_asc(division::COLUMN.code)
        .limit(200)
        .all(db)
        .await?;
    let rows = rows.into_iter().filter(names_a_place).collect();
    let mut found = places(db, rows).await?;
    found.retain(|place| {
        let all = place.shown();
        words.iter().all(|word| all.contains(word))
    });
    if found.is_empty() {
        found = meant(db, text).await?;
    }
    found.truncate(PROPOSED);
    Ok(found)
}

/// Rows with the names of what they lie in.
async fn places(db: &impl ConnectionTrait, rows: Vec<division::Model>) -> Result<Vec<Place>> {
    let above: BTreeSet<String> = rows.iter().flat_map(|row| upwards(&row.code)).collect();
    let names = division_names(db, above).await?;
    Ok(rows.into_iter().map(|row| placed(row.code, &names)).collect())
}

fn placed(code: String, names: &BTreeMap<String, String>) -> Place {
    let above = upwards(&code).into_iter().filter_map(|code| {
        let name = names.get(&code)?;
        is_place_name(name).then(|| name.clone())
    });
    Place {
        names: above.collect(),
        code,
    }
}

/// A field for a place: a list while there are few to choose from, otherwise typed, with proposals.
pub async fn field(
    db: &impl ConnectionTrait,
    options: impl Future<Output = Result<Vec<DivisionOption>>>,
    coverage: &str,
    digits: &[usize],
    chosen: &str,
) -> Result<PlaceField> {
    if super::queries::division_count(db, coverage, digits).await? > LISTED {
        return typed(db, chosen).await;
    }
    let options = options.await?;
    let choices = options.into_iter().map(|one| Choice::new(one.code, one.label, chosen));
    Ok(PlaceField {
        options: choices.collect(),
        typed: None,
    })
}

/// A field for any place of the country.
pub async fn typed(db: &impl ConnectionTrait, chosen: &str) -> Result<PlaceField> {
    let code = DivisionCode::parse(code_of(chosen)).ok();
    let shown = match code {
        Some(code) => {
            let names = division_names(db, upwards(code.as_str())).await?;
            placed(code.as_str().to_owned(), &names).shown()
        }
        None => chosen.to_owned(),
    };
    Ok(PlaceField {
        options: Vec::new(),
        typed: Some(shown.trim().to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            code: "320106".to_owned(),
            names: ["江苏省", "南京市", "鼓楼区"].map(str::to_owned).into(),
        }
    }

    #[test]
    fn a_field_is_read_back_by_its_code() {
        assert_eq!(code_of(&place().shown()), "320106");
        for (text, code) in [
            (" 330211 ", "330211"),
            ("镇海区", "镇海区"),
            ("浙江省 宁波市", "浙江省 宁波市"),
            ("", ""),
        ] {
            assert_eq!(code_of(text), code);
        }
        assert_eq!(
            plain(" 浙江省 / 宁波市，镇海区－庄市街道\u{200b}"),
            "浙江省宁波市镇海区庄市街道"
        );
    }

    #[test]
    fn names_are_read_from_the_end() {
        for (text, reads) in [
            ("南京鼓楼区", true),
            ("江苏南京市鼓楼区", true),
            ("鼓楼区", true),
            ("南京市鼓楼区", true),
            ("江苏省南京市鼓楼区", true),
            ("江苏省鼓楼区", true),
            ("福州市鼓楼区", false),
            ("南京市", false),
            ("南京鼓楼", false),
            ("鼓楼区鼓楼区", false),
        ] {
            let place = place();
            assert_eq!(
                reads_as(place.names.iter().rev().map(String::as_str), text),
                reads,
                "{text}"
            );
        }
    }
}
