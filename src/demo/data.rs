//! The pools that names and places are drawn from.

use serde::Deserialize;

use crate::platform::Result;

/// The data file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// Everybody's password.
    pub password: String,
    pub(super) surnames: Vec<String>,
    pub(super) compound_surnames: Vec<String>,
    pub(super) boys: Vec<String>,
    pub(super) girls: Vec<String>,
    pub(super) parents: Vec<String>,
    pub(super) minority_names: Vec<Minority>,
    pub(super) villages: Vec<String>,
    pub(super) kindergartens: Vec<String>,
    pub(super) doctors: Vec<String>,
    pub(super) street_names: Vec<String>,
    pub(super) roads: Vec<String>,
    /// A house in a road; `%` is its number.
    pub(super) house: String,
    /// How a mother signs behind the surname.
    pub(super) mother: String,
    /// Characters that are mixed up by ear: the right one and the wrong one.
    pub(super) homophones: Vec<[String; 2]>,
    pub(super) organisations: Names,
    pub(super) reasons: Reasons,
}

/// A name as another people of China gives it, with its ethnicity (GB/T 3304).
#[derive(Debug, Deserialize)]
pub(super) struct Minority {
    pub(super) name: String,
    pub(super) ethnicity: String,
}

/// Names of organisations; `%` is the division.
#[derive(Debug, Deserialize)]
pub(super) struct Names {
    pub(super) federation: String,
    pub(super) street_federation: String,
    pub(super) screening_site: String,
    pub(super) screening_hospital: String,
    pub(super) rescreen_hospital: String,
    pub(super) rehabilitation_centre: String,
    pub(super) education_bureau: String,
    pub(super) finance_bureau: String,
    pub(super) diagnosing_hospitals: Vec<String>,
}

/// Reasons of referrals.
#[derive(Debug, Deserialize)]
pub(super) struct Reasons {
    pub(super) screen: String,
    pub(super) rescreen: String,
    pub(super) intake: String,
}

/// Read the data file, which is part of the program.
pub fn load() -> Result<Data> {
    Ok(toml::from_str(include_str!("data.toml")).map_err(anyhow::Error::from)?)
}
