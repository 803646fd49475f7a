//! The list of checks.

use std::collections::BTreeMap;

use askama::Template;
use chrono::NaiveDate;

use super::{Standing, queries::CheckRow};
use crate::web::{Choice, List, Page, filters};

/// Checks to be done.
#[derive(Template)]
#[template(path = "screening/checks.html")]
pub struct ChecksPage {
    /// What was asked for.
    pub list: List,
    /// What was found.
    pub page: Page<CheckRow>,
    /// The list that is shown.
    pub standing: Standing,
    /// How many there are in each.
    pub counts: Vec<(Standing, u64)>,
    /// Check ages.
    pub ages: Vec<Choice>,
    /// Streets to filter by.
    pub streets: Vec<Choice>,
    /// Names of the streets on the page.
    pub names: BTreeMap<String, String>,
    /// Today.
    pub today: NaiveDate,
    /// May record screens.
    pub may_screen: bool,
    /// May take the list out.
    pub may_export: bool,
}

impl ChecksPage {
    /// A street's name.
    pub fn street_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.names.get(code).map_or(code, String::as_str)
    }
}
