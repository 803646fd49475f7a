//! Places as a roster names them: a code, a street, a village, or street and village together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entities::{division_code::DivisionCode, organisation::division};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    organisations::{
        changes,
        naming::{is_place_name, plain, reads_as, short},
    },
    platform::{Result, Say},
};

/// Open divisions by code and by name.
#[derive(Clone, Debug)]
pub struct Places {
    /// Where the importer may register children.
    coverage: String,
    by_code: BTreeMap<String, String>,
    /// Codes that go on as another one: lists of others often have the old one still.
    successors: BTreeMap<String, String>,
    by_name: HashMap<String, Vec<String>>,
    /// 庄市 for 庄市街道.
    by_short_name: HashMap<String, Vec<String>>,
}

/// None of these codes has ended.
pub async fn are_open<'a>(db: &impl ConnectionTrait, codes: impl Iterator<Item = &'a str>) -> Result<bool> {
    let codes: BTreeSet<&str> = codes.collect();
    let ended = division::Entity::find()
        .filter(division::COLUMN.closed_on.is_not_null())
        .all(db)
        .await?;
    Ok(ended.iter().all(|row| !codes.contains(row.code.as_str())))
}

impl Places {
    /// Everything that is open, for an importer who registers under `coverage`.
    pub async fn load(db: &impl ConnectionTrait, coverage: &str) -> Result<Self> {
        let rows = division::Entity::find()
            .filter(division::COLUMN.closed_on.is_null())
            .all(db)
            .await?;
        let mut places = Self::new(coverage, rows.into_iter().map(|row| (row.code, row.name)).collect());
        places.successors = changes::successors(db).await?;
        Ok(places)
    }

    fn new(coverage: &str, by_code: BTreeMap<String, String>) -> Self {
        let mut by_name: HashMap<String, Vec<String>> = HashMap::new();
        let mut by_short_name: HashMap<String, Vec<String>> = HashMap::new();
        for (code, name) in &by_code {
            let name = plain(name);
            if let Some(short) = short(&name) {
                by_short_name.entry(short.to_owned()).or_default().push(code.clone());
            }
            by_name.entry(name).or_default().push(code.clone());
        }
        Self {
            coverage: coverage.to_owned(),
            successors: BTreeMap::new(),
            by_code,
            by_name,
            by_short_name,
        }
    }

    /// Names that the template offers for the residence.
    pub fn offered(&self) -> Vec<String> {
        let under = self
            .by_code
            .iter()
            .filter(|(code, _)| code.starts_with(&self.coverage) && code.len() >= 9);
        under
            .map(|(code, name)| {
                let street = code.get(..9).filter(|street| street.len() < code.len());
                match street.and_then(|street| self.by_code.get(street)) {
                    Some(street) => format!("{street}{name}"),
                    None => name.clone(),
                }
            })
            .collect()
    }

    /// The code of a residence: a street or village where the importer may register.
    ///
    /// # Errors
    /// Why the text names no such place, or more than one.
    pub fn residence(&self, text: &str) -> Result<String, Say> {
        let code = self.find(text, |code| code.len() >= 9 && code.starts_with(&self.coverage));
        match code {
            Err(Failure::Unknown) if self.find(text, |code| code.len() >= 9).is_ok() => {
                Err("child.not_your_division".into())
            }
            Err(failure) => Err(failure.say(text)),
            Ok(code) => Ok(code),
        }
    }

    /// The code of a household registration (户籍), any level; codes of other provinces need not be known here.
    ///
    /// # Errors
    /// Why the text names no place.
    pub fn household(&self, text: &str) -> Result<String, Say> {
        match DivisionCode::parse(text) {
            Ok(code) => Ok(code.as_str().to_owned()),
            Err(_) => self.find(text, |_| true).map_err(|failure| failure.say(text)),
        }
    }

    fn find(&self, text: &str, fits: impl Fn(&str) -> bool) -> Result<String, Failure> {
        if let Ok(code) = DivisionCode::parse(text) {
            let code = changes::present(&self.successors, code.as_str());
            let known = self.by_code.contains_key(code) && fits(code);
            return if known {
                Ok(code.to_owned())
            } else {
                Err(Failure::Unknown)
            };
        }
        let text = plain(text);
        let named = self.named(&self.by_name, &text, |name| name);
        let named = if named.is_empty() {
            self.named(&self.by_short_name, &text, |name| short(name).unwrap_or(name))
        } else {
            named
        };
        let mut fitting = named.into_iter().filter(|code| fits(code));
        match (fitting.next(), fitting.next()) {
            (Some(code), None) => Ok(code.to_owned()),
            (Some(_), Some(_)) => Err(Failure::Ambiguous),
            (None, _) => Err(Failure::Unknown),
        }
    }

    /// The divisions whose names end a text, everything before being names of what they lie in: 朝阳社区,
    /// 庄市街道朝阳社区, 镇海区庄市街道, 浙江省宁波市镇海区庄市街道.
    fn named<'p>(
        &'p self,
        names: &'p HashMap<String, Vec<String>>,
        text: &str,
        own: impl Fn(&str) -> &str,
    ) -> Vec<&'p str> {
        let ends = text.char_indices().filter_map(|(at, _)| names.get(text.get(at..)?));
        ends.flatten()
            .map(String::as_str)
            .filter(|code| {
                let above = [9, 6, 4, 2].into_iter().filter(|digits| *digits < code.len());
                let above = above
                    .filter_map(|digits| self.by_code.get(code.get(..digits)?))
                    .filter(|name| is_place_name(name))
                    .map(|name| plain(name));
                let own = self.by_code.get(*code).map(|name| own(&plain(name)).to_owned());
                let all: Vec<String> = own.into_iter().chain(above).collect();
                reads_as(all.iter().map(String::as_str), text)
            })
            .collect()
    }
}

/// Why a text is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    Unknown,
    Ambiguous,
}

impl Failure {
    fn say(self, text: &str) -> Say {
        let key = match self {
            Self::Unknown => "roster.place.unknown",
            Self::Ambiguous => "roster.place.ambiguous",
        };
        Say::new(key).with("place", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        let rows = [
            ("33", "浙江省"),
            ("3302", "宁波市"),
            ("330211", "镇海区"),
            ("330211003", "骆驼街道"),
            ("330211004", "庄市街道"),
            ("330211003001", "朝阳社区"),
            ("330211004001", "朝阳社区"),
            ("330211004002", "光明路社区"),
            ("330206001", "大碶街道"),
        ];
        Places::new(
            "330211",
            rows.iter().map(|(c, n)| ((*c).to_owned(), (*n).to_owned())).collect(),
        )
    }

    #[test]
    fn a_residence_is_a_code_a_street_or_a_village() {
        let places = places();
        for (text, code) in [
            ("庄市街道", "330211004"),
            (" 330211004 ", "330211004"),
            ("光明路社区", "330211004002"),
            ("庄市街道 朝阳社区", "330211004001"),
            ("镇海区庄市街道", "330211004"),
            ("宁波市镇海区庄市街道", "330211004"),
            ("浙江省宁波市镇海区庄市街道朝阳社区", "330211004001"),
            ("浙江省镇海区庄市街道", "330211004"),
            ("宁波镇海庄市街道", "330211004"),
            ("镇海区/庄市街道", "330211004"),
            ("镇海区－庄市街道", "330211004"),
            ("庄市", "330211004"),
            ("镇海区庄市", "330211004"),
            ("３３０２１１００４", "330211004"),
        ] {
            assert_eq!(places.residence(text).as_deref(), Ok(code), "{text}");
        }
        for (text, key) in [
            ("朝阳社区", "roster.place.ambiguous"),
            ("月亮街道", "roster.place.unknown"),
            ("鄞州区庄市街道", "roster.place.unknown"),
            ("庄市街道镇海区", "roster.place.unknown"),
            ("镇海区大碶街道", "roster.place.unknown"),
            ("镇海区", "roster.place.unknown"),
            ("330211999", "roster.place.unknown"),
            ("大碶街道", "child.not_your_division"),
            ("330206001", "child.not_your_division"),
        ] {
            assert_eq!(places.residence(text).unwrap_err().key(), key, "{text}");
        }
    }

    #[test]
    fn a_household_may_be_anywhere() {
        let places = places();
        assert_eq!(places.household("镇海区").as_deref(), Ok("330211"));
        assert_eq!(places.household("110101").as_deref(), Ok("110101"));
        assert!(places.household("月亮市").is_err());
    }
}
