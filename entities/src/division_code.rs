//! Administrative division codes: who is responsible for which place.
//!
//! GB/T 2260 gives province, city and district two digits each; the statistical extension (统计用区划代码) adds three
//! for the street or town and three for the village or community. Every level is the beginning of the next, so
//! "covers" is "begins with", and a range of codes is a range of texts.

use std::{fmt, str::FromStr};

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

use crate::half_width::compact;

/// Provinces, autonomous regions, municipalities and special administrative regions, GB/T 2260-2007.
pub(crate) const PROVINCES: [&str; 34] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
];

/// A division: 2 digits for a province (33), 4 for a city (3302), 6 for a district or county (330211), 9 for a street
/// or town (330211004), 12 for a village or community (330211004005).
///
/// Padding is taken off when it is read: `330200` is the city 3302 and `330211004000` the street 330211004, so that
/// one place has one code. The code of a place is data of an office and may change; it is not derived from an identity
/// number.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, DeriveValueType)]
#[serde(try_from = "String", into = "String")]
#[sea_orm(column_type = "String(sea_orm::sea_query::StringLen::N(12))")]
pub struct DivisionCode(String);

/// Level of a division, from the widest to the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DivisionLevel {
    /// 省
    Province,
    /// 市
    City,
    /// 区县
    District,
    /// 镇街道
    Street,
    /// 村社区
    Village,
}

impl DivisionLevel {
    /// Digits of a code of this level.
    pub fn digits(self) -> usize {
        match self {
            Self::Province => 2,
            Self::City => 4,
            Self::District => 6,
            Self::Street => 9,
            Self::Village => 12,
        }
    }

    /// The key of its name in the locale files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Province => "word.division_level.province",
            Self::City => "word.division_level.city",
            Self::District => "word.division_level.district",
            Self::Street => "word.division_level.street",
            Self::Village => "word.division_level.village",
        }
    }
}

/// Why a text is not a division code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DivisionCodeError {
    /// Something else than digits.
    Characters,
    /// Not 2, 4, 6, 9 or 12 digits.
    Length,
    /// Begins with no province of GB/T 2260, or has an empty level in the middle.
    Unknown,
}

impl DivisionCodeError {
    /// Key of the sentence that tells it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Characters => "division_code.characters",
            Self::Length => "division_code.length",
            Self::Unknown => "division_code.unknown",
        }
    }
}

impl fmt::Display for DivisionCodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
impl std::error::Error for DivisionCodeError {}

impl DivisionCode {
    /// Reads a code of any level, with or without padding zeros.
    ///
    /// # Errors
    /// See [`DivisionCodeError`]. Whether the place exists is a question to the table of divisions, not to the code.
    pub fn parse(text: &str) -> Result<Self, DivisionCodeError> {
        let mut code = compact(text);
        if code.is_empty() || !code.bytes().all(|c| c.is_ascii_digit()) {
            return Err(DivisionCodeError::Characters);
        }
        if !matches!(code.len(), 2 | 4 | 6 | 9 | 12) {
            return Err(DivisionCodeError::Length);
        }
        drop_padding(&mut code);
        // An empty level in the middle is nowhere, except the district of a city that has none (441900003).
        let empty = code.get(2..4) == Some("00") || code.get(6..9) == Some("000");
        if empty || !PROVINCES.iter().any(|province| code.starts_with(province)) {
            return Err(DivisionCodeError::Unknown);
        }
        Ok(Self(code))
    }

    /// The digits without padding.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The level, from the number of digits.
    pub fn level(&self) -> DivisionLevel {
        match self.0.len() {
            ..=2 => DivisionLevel::Province,
            3..=4 => DivisionLevel::City,
            5..=6 => DivisionLevel::District,
            7..=9 => DivisionLevel::Street,
            _ => DivisionLevel::Village,
        }
    }

    /// The division this one lies in; a province lies in none. Cities without districts (441900) have streets of their
    /// own, whose parent is the city.
    pub fn parent(&self) -> Option<Self> {
        let wider = match self.level() {
            DivisionLevel::Province => return None,
            DivisionLevel::City => DivisionLevel::Province,
            DivisionLevel::District => DivisionLevel::City,
            DivisionLevel::Street => DivisionLevel::District,
            DivisionLevel::Village => DivisionLevel::Street,
        };
        self.at(wider)
    }

    /// The district or county it lies in or is; `None` for a city or province.
    pub fn district(&self) -> Option<Self> {
        self.at(DivisionLevel::District)
    }

    /// The street or town it lies in or is; `None` for anything wider.
    pub fn street(&self) -> Option<Self> {
        self.at(DivisionLevel::Street)
    }

    /// Whether `other` is this division or lies in it.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// Bounds for a query that uses an index: every covered code is `>=` the first and `<` the second, no other is.
    pub fn range(&self) -> (String, String) {
        (self.0.clone(), next_text(&self.0))
    }

    /// The code with the padding zeros of the official twelve-digit form: `330211000000`.
    pub fn padded(&self) -> String {
        format!("{:0<12}", self.0)
    }

    fn at(&self, level: DivisionLevel) -> Option<Self> {
        let mut code = self.0.get(..level.digits())?.to_owned();
        drop_padding(&mut code);
        Some(Self(code))
    }
}

/// Takes empty levels off the end: a level of zeros only means "all of it".
fn drop_padding(code: &mut String) {
    for (digits, empty) in [(12, "000"), (9, "000"), (6, "00"), (4, "00")] {
        if code.len() == digits && code.ends_with(empty) {
            code.truncate(digits - empty.len());
        }
    }
}

/// The first text after everything that begins with `digits`: the number plus one, in as many digits.
fn next_text(digits: &str) -> String {
    let stem = digits.trim_end_matches('9');
    let mut next: Vec<u8> = stem.bytes().collect();
    if let Some(last) = next.last_mut() {
        *last += 1;
    }
    next.into_iter().map(char::from).collect()
}

impl fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DivisionCode({})", self.0)
    }
}

impl FromStr for DivisionCode {
    type Err = DivisionCodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for DivisionCode {
    type Error = DivisionCodeError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<DivisionCode> for String {
    fn from(code: DivisionCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str) -> DivisionCode {
        DivisionCode::parse(text).unwrap()
    }

    #[test]
    fn levels_of_zhenhai() {
        use DivisionLevel::*;
        let village = code("330211004005");
        let levels: Vec<(DivisionLevel, String)> = std::iter::successors(Some(village.clone()), DivisionCode::parent)
            .map(|c| (c.level(), c.to_string()))
            .collect();
        let expected = [
            (Village, "330211004005"),
            (Street, "330211004"),
            (District, "330211"),
            (City, "3302"),
            (Province, "33"),
        ];
        assert_eq!(levels, expected.map(|(level, text)| (level, text.to_owned())));
        assert_eq!(village.street(), Some(code("330211004")));
        assert_eq!(village.district(), Some(code("330211")));
        assert_eq!(code("3302").district(), None);
        assert_eq!(code("330211").street(), None);
    }

    #[test]
    fn padding_is_the_same_place() {
        for (padded, plain) in [
            ("330211004000", "330211004"),
            ("330211000000", "330211"),
            ("330211000", "330211"),
            ("330200000000", "3302"),
            ("330200", "3302"),
            ("330000", "33"),
            ("330000000000", "33"),
            (" ３３０２１１ ", "330211"),
        ] {
            assert_eq!(code(padded), code(plain));
        }
        assert_eq!(code("330211").padded(), "330211000000");
    }

    #[test]
    fn a_city_without_districts_is_the_parent_of_its_streets() {
        assert_eq!(code("441900003").parent(), Some(code("4419")));
        assert!(code("4419").covers(&code("441900003001")));
    }

    #[test]
    fn wrong_codes_say_why() {
        use DivisionCodeError::*;
        for (text, error) in [
            ("", Characters),
            ("33021A", Characters),
            ("330211 镇海", Characters),
            ("3", Length),
            ("33021", Length),
            ("33021100", Length),
            ("3302110040051", Length),
            ("00", Unknown),
            ("000000", Unknown),
            ("990211", Unknown),
            ("300211", Unknown),
            ("330011", Unknown),
            ("330211000005", Unknown),
        ] {
            assert_eq!(DivisionCode::parse(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn ranges_end_where_the_neighbour_begins() {
        assert_eq!(code("330211").range(), ("330211".to_owned(), "330212".to_owned()));
        assert_eq!(code("330219").range(), ("330219".to_owned(), "33022".to_owned()));
        assert_eq!(code("330299").range().1, "3303");
    }

    #[test]
    fn json_is_a_checked_text() {
        assert_eq!(serde_json::to_string(&code("330211004000")).unwrap(), "\"330211004\"");
        assert_eq!(
            serde_json::from_str::<DivisionCode>("\"330200\"").unwrap(),
            code("3302")
        );
        assert!(serde_json::from_str::<DivisionCode>("\"elsewhere\"").is_err());
    }

    #[test]
    fn it_is_a_database_value() {
        let value: sea_orm::Value = code("330211").into();
        assert_eq!(value, sea_orm::Value::from("330211"));
    }

    fn any_code() -> impl Strategy<Value = DivisionCode> {
        // Few digits, so that codes lie in each other often.
        "3[1-3]((0[1-2])((1[1-2])((00[1-2])((00[1-9]))?)?)?)?".prop_map(|text| code(&text))
    }

    proptest! {
        #[test]
        fn covering_is_an_order(a in any_code(), b in any_code(), c in any_code()) {
            prop_assert!(a.covers(&a));
            prop_assert!(!(a.covers(&b) && b.covers(&c)) || a.covers(&c));
            prop_assert!(!(a.covers(&b) && b.covers(&a)) || a == b);
            prop_assert!(!a.covers(&b) || a.level() <= b.level());
        }

        #[test]
        fn the_range_holds_exactly_what_is_covered(a in any_code(), b in any_code()) {
            let (from, until) = a.range();
            prop_assert_eq!(a.covers(&b), b.as_str() >= from.as_str() && b.as_str() < until.as_str());
        }

        #[test]
        fn the_range_holds_for_any_digits(a in "3[1-7]([0-9][1-9]([0-9]{2})?)?", b in "[0-9]{12}") {
            let a = code(&a);
            let (from, until) = a.range();
            prop_assert_eq!(b.starts_with(a.as_str()), b.as_str() >= from.as_str() && b.as_str() < until.as_str());
        }

        #[test]
        fn parents_cover_their_children(a in any_code()) {
            if let Some(parent) = a.parent() {
                prop_assert!(parent.covers(&a) && parent.level() < a.level());
            } else {
                prop_assert_eq!(a.level(), DivisionLevel::Province);
            }
        }

        #[test]
        fn nothing_breaks_the_reader(text in "\\PC{0,16}") {
            let _ = DivisionCode::parse(&text);
        }
    }
}
