//! Lists in JSON columns, typed: what cannot be read is an error and never an empty list.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

/// Numbers: of signs, of criteria.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Numbers(pub Vec<u8>);

/// Words and codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Texts(pub Vec<String>);

impl From<&[u8]> for Numbers {
    fn from(numbers: &[u8]) -> Self {
        Self(numbers.to_vec())
    }
}

impl<T: Into<String>> FromIterator<T> for Texts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        Self(texts.into_iter().map(Into::into).collect())
    }
}
