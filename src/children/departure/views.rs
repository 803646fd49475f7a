//! The departure page.

use askama::Template;
use chrono::NaiveDate;
use entities::{DepartureId, child::child, words::DepartureReason};

use crate::{
    platform::{Errors, Say},
    web::{Choice, filters},
};

use super::forms::DepartureForm;

/// Out of the pipeline, and back in.
#[derive(Template)]
#[template(path = "children/departures.html")]
pub struct DeparturesPage {
    /// The child.
    pub child: child::Model,
    /// What was typed.
    pub form: DepartureForm,
    /// What is wrong.
    pub errors: Errors,
    /// Why.
    pub reasons: Vec<Choice>,
    /// What happened before, newest first.
    pub past: Vec<Past>,
}

/// A departure as the page shows it.
#[derive(Clone, Debug)]
pub struct Past {
    /// Its row.
    pub id: DepartureId,
    /// Why.
    pub reason: DepartureReason,
    /// The day.
    pub left_on: NaiveDate,
    /// Anything else.
    pub note: Option<String>,
    /// When it was recorded.
    pub recorded_at: chrono::DateTime<chrono::Utc>,
    /// When it was undone.
    pub undone_at: Option<chrono::DateTime<chrono::Utc>>,
    /// What it changed.
    pub effects: Vec<Say>,
}
