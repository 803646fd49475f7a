//! Pages of offers.

use askama::Template;
use entities::{ApplicationId, child::child, places::place_offer};

use super::forms::{AnswerForm, OfferForm};
use crate::{
    places::waiting::facts::Basis,
    platform::{Choice, Errors, Say},
    web::filters,
};

/// An offer that is made.
#[derive(Template)]
#[template(path = "places/offer_new.html")]
pub struct NewOfferPage {
    /// The application.
    pub id: ApplicationId,
    /// The child.
    pub child: child::Model,
    /// Number, sex, age.
    pub lead: String,
    /// Where the child stands: group and range.
    pub stands: String,
    /// How many stand before it who could be offered something.
    pub before: usize,
    /// The last day of an offer that is made today.
    pub held_until: String,
    /// Classes, with what is free from the first day on.
    pub groups: Vec<Choice>,
    /// Modes.
    pub modes: Vec<Choice>,
    /// What was typed.
    pub form: OfferForm,
    /// What is wrong with it.
    pub errors: Errors,
}

/// An offer.
#[derive(Template)]
#[template(path = "places/offer.html")]
pub struct OfferPage {
    /// The row.
    pub row: place_offer::Model,
    /// The child.
    pub child: child::Model,
    /// Number, sex, age.
    pub lead: String,
    /// The centre.
    pub centre: String,
    /// The class.
    pub group: String,
    /// Hours of service in a week.
    pub hours: String,
    /// Where the child stood when it was made.
    pub basis: Basis,
    /// Between which places of its group.
    pub stood: Say,
    /// Who made it.
    pub made_by: String,
    /// Who recorded the answer.
    pub recorded_by: String,
    /// Until when it is held.
    pub held_until: String,
    /// When it was made.
    pub made_at: String,
    /// When it was answered.
    pub answered_at: String,
    /// Colour and icon of its state.
    pub look: (&'static str, &'static str),
    /// The instant has passed, and nobody has written that down yet.
    pub ran_out: bool,
    /// The reader may record the answer.
    pub may_answer: bool,
    /// The reader may record what came of a call.
    pub may_call: bool,
    /// The reader may take it back.
    pub may_withdraw: bool,
    /// What may be answered.
    pub answers: Vec<Choice>,
    /// What may come of a call.
    pub calls: Vec<Choice>,
    /// How it was answered.
    pub ways: Vec<Choice>,
    /// What was typed.
    pub form: AnswerForm,
    /// What is wrong with it.
    pub errors: Errors,
}
