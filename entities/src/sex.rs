//! Sex as the official registers write it.

use sea_orm::{Iterable, entity::prelude::*};
use serde::{Deserialize, Serialize};

/// Sex of a person, GB/T 2261.1-2003 个人基本信息分类与代码 第1部分：人的性别代码.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(12))", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Code 0: not known.
    #[default]
    Unknown,
    /// Code 1.
    Male,
    /// Code 2.
    Female,
    /// Code 9: not stated.
    Unspecified,
}

impl Sex {
    /// The code of GB/T 2261.1 as it stands in exchanged files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "0",
            Self::Male => "1",
            Self::Female => "2",
            Self::Unspecified => "9",
        }
    }

    /// Reads the code of GB/T 2261.1; `None` for any other text.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::iter().find(|sex| sex.code() == code)
    }

    /// Whether the sex is stated at all (male or female).
    pub fn is_stated(self) -> bool {
        matches!(self, Self::Male | Self::Female)
    }

    /// Key of the word for it in `locales/identity.yml`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Unknown => "sex.unknown",
            Self::Male => "sex.male",
            Self::Female => "sex.female",
            Self::Unspecified => "sex.unspecified",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_there_and_back() {
        for sex in Sex::iter() {
            assert_eq!(Sex::from_code(sex.code()), Some(sex));
        }
        assert_eq!(Sex::from_code("3"), None);
        assert_eq!(Sex::from_code(""), None);
    }
}
