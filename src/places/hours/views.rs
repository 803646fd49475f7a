//! The page of hours.

use askama::Template;
use entities::places::service_capacity;

use super::forms::HoursForm;
use crate::{
    platform::{Choice, Errors},
    web::filters,
};

/// A number of hours, and when it holds.
pub struct Row {
    /// The row.
    pub row: service_capacity::Model,
    /// Hours in a week.
    pub hours: i32,
    /// It holds today.
    pub now: bool,
    /// Who entered it.
    pub entered_by: String,
}

/// The hours of a centre.
#[derive(Template)]
#[template(path = "places/hours.html")]
pub struct HoursPage {
    /// The centre.
    pub centre: String,
    /// There is one.
    pub has_centre: bool,
    /// Centres to choose from.
    pub centres: Vec<Choice>,
    /// What was entered.
    pub rows: Vec<Row>,
    /// Services.
    pub services: Vec<Choice>,
    /// The reader may enter hours.
    pub may_enter: bool,
    /// What was typed.
    pub form: HoursForm,
    /// What is wrong with it.
    pub errors: Errors,
}
