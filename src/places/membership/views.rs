//! The page of a child in a class.

use askama::Template;
use entities::{child::child, places::care_group_membership};

use super::forms::MemberForm;
use crate::{
    platform::{Choice, Errors},
    web::filters,
};

/// A child in a class.
#[derive(Template)]
#[template(path = "places/membership.html")]
pub struct MemberPage {
    /// The row.
    pub row: care_group_membership::Model,
    /// Its class.
    pub group: String,
    /// The child.
    pub child: child::Model,
    /// Number, sex, age.
    pub lead: String,
    /// The decision that gives the place.
    pub decision: String,
    /// Other classes of the centre.
    pub groups: Vec<Choice>,
    /// The reader may change it.
    pub may_manage: bool,
    /// What was typed.
    pub form: MemberForm,
    /// What is wrong with it.
    pub errors: Errors,
}
