//! What a new database starts with, from the data files beside this one.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use crate::platform::Result;

/// A division of the shipped list (GB/T 2260; streets and towns by the statistical extension, edition 2023).
#[derive(Debug, Deserialize)]
pub(super) struct ShippedDivision {
    pub(super) code: String,
    pub(super) name: String,
}

/// A rule that holds everywhere until the office adds a later version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShippedParameter {
    pub(super) code: String,
    pub(super) valid_from: NaiveDate,
    pub(super) source: String,
    pub(super) value: Value,
}

/// The divisions of 宁波市, with the streets and towns of 镇海区.
pub(super) fn divisions() -> Result<Vec<ShippedDivision>> {
    let mut reader = csv::Reader::from_reader(include_str!("divisions.csv").as_bytes());
    let rows = reader.deserialize().collect::<Result<Vec<_>, csv::Error>>();
    Ok(rows.map_err(anyhow::Error::from)?)
}

/// The dated rules.
pub(super) fn parameters() -> Result<Vec<ShippedParameter>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        parameter: Vec<ShippedParameter>,
    }
    let file: File = toml::from_str(include_str!("defaults.toml")).map_err(anyhow::Error::from)?;
    Ok(file.parameter)
}
