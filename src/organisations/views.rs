//! The pages of organisations and divisions.

use askama::Template;
use entities::{
    OrganisationId,
    organisation::{division, division_change, organisation},
    words::{Language, OrganisationKind},
};

use super::{
    forms::{DivisionForm, OrganisationForm},
    naming::Place,
};
use crate::{
    platform::Errors,
    web::{Choice, List, PlaceField, choices, filters},
};

/// One organisation.
#[derive(Template)]
#[template(path = "organisations/show.html")]
pub struct OrganisationPage {
    /// The row.
    pub organisation: organisation::Model,
    /// The reader may change it; otherwise it serves a wider area and is the wider area's.
    pub ours: bool,
    /// The divisions it lies in, the widest first, and what it covers.
    pub path: Vec<division::Model>,
    /// Accounts that can sign in.
    pub people: u64,
    /// Referrals that wait for it.
    pub referrals: u64,
}

impl OrganisationPage {
    fn covers(&self) -> String {
        self.path.iter().map(|row| row.name.as_str()).collect()
    }
}

/// A new organisation, or the data of one.
#[derive(Template)]
#[template(path = "organisations/edit.html")]
pub struct EditPage {
    /// The organisation; none for a new one.
    pub id: Option<OrganisationId>,
    /// What was typed.
    pub form: OrganisationForm,
    /// What is wrong.
    pub errors: Errors,
    /// Divisions that can be covered.
    pub coverage: PlaceField,
}

impl EditPage {
    fn kinds(&self, language: Language) -> Vec<Choice> {
        choices::<OrganisationKind>(language, &self.form.kind)
    }

    fn action(&self) -> String {
        self.id
            .map_or("/organisations".to_owned(), |id| format!("/organisations/{id}/edit"))
    }

    fn back(&self) -> String {
        self.id
            .map_or("/organisations".to_owned(), |id| format!("/organisations/{id}"))
    }
}

/// Places that a half-typed text may mean: options of the field's list.
#[derive(Template)]
#[template(path = "divisions/proposed.html")]
pub struct ProposedPart {
    /// The widest first.
    pub places: Vec<Place>,
}

/// A division with what lies right under it.
#[derive(Template)]
#[template(path = "divisions/show.html")]
pub struct DivisionPage {
    /// The division; none above the provinces.
    pub division: Option<division::Model>,
    /// Those above it that the administrator looks after.
    pub above: Vec<division::Model>,
    /// Those right under it.
    pub below: Vec<division::Model>,
    /// A new name that was typed.
    pub renamed: DivisionForm,
    /// A new division that was typed.
    pub added: DivisionForm,
    /// What is wrong with the name.
    pub rename_errors: Errors,
    /// What is wrong with the new division.
    pub add_errors: Errors,
    /// Locale key of the level of what is added; none under a village.
    pub level_below: Option<&'static str>,
    /// What became of it and what is to become of it.
    pub changes: Vec<division_change::Model>,
    /// Organisations whose division has ended, with the code that it goes on as.
    pub left_behind: Vec<(organisation::Model, Option<String>)>,
    /// The search, on the first page.
    pub list: Option<List>,
    /// What was found.
    pub found: Option<Vec<Place>>,
}
