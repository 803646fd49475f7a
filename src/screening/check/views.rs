//! The list of checks.

use askama::Template;

use super::Standing;
use crate::web::{
    Choice, List, Page, filters,
    listing::{Kept, Table},
};

/// Checks to be done.
#[derive(Template)]
#[template(path = "screening/checks.html")]
pub struct ChecksPage<'a> {
    /// What was asked for.
    pub list: &'a List,
    /// What was found, without its rows.
    pub page: Page<()>,
    /// The rows.
    pub table: Table<'a>,
    /// The list that is shown.
    pub standing: Standing,
    /// How many there are in each.
    pub counts: Vec<(Standing, u64)>,
    /// Check ages.
    pub ages: Vec<Choice>,
    /// Streets to filter by.
    pub streets: Vec<Choice>,
    /// May record screens.
    pub may_screen: bool,
    /// May take the list out.
    pub may_export: bool,
    /// Filters that somebody keeps.
    pub kept: Kept,
}
