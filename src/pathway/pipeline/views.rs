//! Children by where they stand.

use askama::Template;

use super::queries::Row;
use crate::{
    platform::Say,
    web::{Choice, List, Page, filters},
};

/// A child and where it stands, with its words.
#[derive(Clone, Debug)]
pub struct Place {
    /// The row.
    pub row: Row,
    /// Street, by name.
    pub street: String,
    /// How the due day lies.
    pub due: Option<Say>,
    /// Past its day.
    pub overdue: bool,
}

/// Children by stage.
#[derive(Template)]
#[template(path = "pathway/pipeline.html")]
pub(crate) struct PipelinePage {
    /// What is asked for.
    pub list: List,
    /// What was found.
    pub page: Page<Place>,
    /// Stages: address, name, current, how many.
    pub stages: Vec<(String, String, bool, String)>,
    /// The chosen stage, kept by the filter form.
    pub stage: String,
    /// Streets to filter by.
    pub streets: Vec<Choice>,
    /// Only overdue ones, or all.
    pub overdue: Vec<Choice>,
}
