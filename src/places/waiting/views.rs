//! Pages of the waiting list.

use askama::Template;
use entities::{ApplicationId, child::child, places::place_offer};

use super::told::Told;
use crate::{
    platform::{Choice, Say},
    web::filters,
};

/// Somebody who waits.
pub struct Row {
    /// The application.
    pub id: ApplicationId,
    /// The child's name.
    pub name: String,
    /// Number, sex, age.
    pub lead: String,
    /// Where it stands, and why.
    pub told: Told,
    /// The reader may offer a place.
    pub may_offer: bool,
}

/// The waiting list of a centre and mode.
#[derive(Template)]
#[template(path = "places/waiting_list.html")]
pub struct WaitingPage {
    /// The centre.
    pub centre: String,
    /// There is one.
    pub has_centre: bool,
    /// Centres to choose from.
    pub centres: Vec<Choice>,
    /// Modes to choose from.
    pub modes: Vec<Choice>,
    /// The rule it goes by.
    pub rule: Option<Say>,
    /// Those who wait.
    pub rows: Vec<Row>,
    /// Those whom the reader does not see.
    pub hidden: usize,
    /// How many wait for a place of the mode.
    pub waiting: usize,
    /// To how many families of the centre a place is offered.
    pub invited: usize,
    /// How many children are in its classes today.
    pub served: usize,
}

/// Where one application stands.
#[derive(Template)]
#[template(path = "places/waiting.html")]
pub struct PlacePage {
    /// The application.
    pub id: ApplicationId,
    /// The child.
    pub child: child::Model,
    /// Number, sex, age.
    pub lead: String,
    /// The centre and the mode.
    pub list: String,
    /// The rule it goes by.
    pub rule: Say,
    /// Where it stands; none when it does not wait.
    pub told: Option<Told>,
    /// What was offered, the newest first.
    pub offers: Vec<place_offer::Model>,
    /// The reader may offer a place.
    pub may_offer: bool,
}
