//! The pages of a child's file.

use std::collections::BTreeMap;

use askama::Template;
use chrono::NaiveDate;
use entities::{
    AccountId, ConsentId, GuardianshipId, OrganisationId,
    child::{child, consent, guardian, residence},
    event::event,
    words::{ConsentPurpose, Delivery, IdentityKind, Kinship, Language, Sex, Stage},
};

use super::{
    ages::age_on,
    alike::Alike,
    forms::{ChildForm, ConsentForm, Difference, GuardianForm, MoveForm},
    queries::ChildRow,
};
use crate::{
    person::Ethnicity,
    platform::{Errors, Say},
    web::{Choice, Ctx, List, Page, PlaceField, choices, filters, listing::Kept, paper},
};

/// What stands under the name on every page of a file: number, sex, age.
pub fn lead(child: &child::Model, ctx: &Ctx) -> String {
    let age = age_on(child.birth_on, ctx.actor.today()).in_words(ctx.language);
    format!("{} · {} · {age}", child.file_no, ctx.say(child.sex.word()))
}

/// Colour and icon of how far a message has come.
pub fn delivery_look(state: Delivery) -> (&'static str, &'static str) {
    match state {
        Delivery::Pending => ("info", "waiting"),
        Delivery::Sending => ("info", "send"),
        Delivery::Sent => ("success", "done"),
        Delivery::Failed => ("danger", "danger"),
        Delivery::Cancelled => ("neutral", "cancelled"),
    }
}

/// The list of children.
#[derive(Template)]
#[template(path = "children/index.html")]
pub struct IndexPage {
    /// What was asked for.
    pub list: List,
    /// What was found.
    pub found: Page<ChildRow>,
    /// Names of streets.
    pub names: BTreeMap<String, String>,
    /// Filter.
    pub streets: Vec<Choice>,
    /// Filter.
    pub years: Vec<Choice>,
    /// Filter.
    pub stages: Vec<Choice>,
    /// For the ages.
    pub today: NaiveDate,
    /// Filters that somebody keeps.
    pub kept: Kept,
}

/// The search from every page's head.
#[derive(Template)]
#[template(path = "children/search.html")]
pub struct SearchPage {
    /// What was asked for.
    pub list: List,
    /// What was found.
    pub found: Page<ChildRow>,
    /// Names of streets.
    pub names: BTreeMap<String, String>,
    /// For the ages.
    pub today: NaiveDate,
}

/// What is suggested while a search term is typed.
#[derive(Template)]
#[template(path = "children/suggestions.html")]
pub struct SuggestionsPart {
    /// The first few.
    pub rows: Vec<ChildRow>,
    /// There are more.
    pub more: bool,
    /// Something was typed, and finds nobody.
    pub none: bool,
}

impl IndexPage {
    fn age(&self, row: &ChildRow) -> Say {
        age_on(row.birth_on, self.today)
    }

    fn street<'a>(&'a self, row: &'a ChildRow) -> &'a str {
        self.names.get(&row.street).unwrap_or(&row.street)
    }
}

impl SearchPage {
    fn age(&self, row: &ChildRow) -> Say {
        age_on(row.birth_on, self.today)
    }

    fn street<'a>(&'a self, row: &'a ChildRow) -> &'a str {
        self.names.get(&row.street).unwrap_or(&row.street)
    }
}

/// What the selects of a file's form offer.
#[derive(Debug, Default)]
pub struct Options {
    pub sexes: Vec<Choice>,
    pub identity_kinds: Vec<Choice>,
    pub ethnicities: Vec<Choice>,
    pub household: PlaceField,
    pub division: PlaceField,
    pub kinships1: Vec<Choice>,
    pub kinships2: Vec<Choice>,
    pub languages1: Vec<Choice>,
    pub languages2: Vec<Choice>,
}

impl Options {
    /// The options for a form; places come from the database.
    pub fn of(language: Language, form: &ChildForm, household: PlaceField, division: PlaceField) -> Self {
        let ethnicities = Ethnicity::all()
            .iter()
            .map(|one| Choice::new(one.code(), one.name(language), &form.ethnicity))
            .collect();
        Self {
            sexes: choices::<Sex>(language, &form.sex),
            identity_kinds: choices::<IdentityKind>(language, &form.identity_kind),
            ethnicities,
            household,
            division,
            kinships1: choices::<Kinship>(language, &form.guardian1_kinship),
            kinships2: choices::<Kinship>(language, &form.guardian2_kinship),
            languages1: choices::<Language>(language, &form.guardian1_language),
            languages2: choices::<Language>(language, &form.guardian2_language),
        }
    }
}

/// Registration.
#[derive(Template)]
#[template(path = "children/new.html")]
pub struct NewPage {
    pub form: ChildForm,
    pub options: Options,
    pub errors: Errors,
    pub no_errors: Errors,
    pub alike: Alike,
    pub confirmed: bool,
    /// What was typed before is back.
    pub restored: bool,
    /// Another file has the citizen number.
    pub taken: bool,
    /// There are claims that the reader may see.
    pub has_claims: bool,
}

/// The warning alone, while the form is typed.
#[derive(Template)]
#[template(path = "children/similar.html")]
pub struct SimilarPart {
    pub no_errors: Errors,
    pub alike: Alike,
    pub confirmed: bool,
    /// Another file has the citizen number.
    pub taken: bool,
}

/// Correction.
#[derive(Template)]
#[template(path = "children/edit.html")]
pub struct EditPage {
    pub child: child::Model,
    pub form: ChildForm,
    pub options: Options,
    pub errors: Errors,
    /// What somebody else wrote meanwhile: label and present value.
    pub differing: Vec<(&'static str, String)>,
    /// What was judged by the old value, and what becomes of it.
    pub judged: Vec<Say>,
    /// What was typed before is back.
    pub restored: bool,
}

/// A guardian, new or to be corrected.
#[derive(Template)]
#[template(path = "children/guardian.html")]
pub struct GuardianPage {
    pub child: child::Model,
    pub title: &'static str,
    pub target: String,
    pub form: GuardianForm,
    pub errors: Errors,
    pub no_errors: Errors,
    /// What the record says now, where somebody changed it while this was typed.
    pub differing: Option<Vec<Difference>>,
    pub kinships: Vec<Choice>,
    pub languages: Vec<Choice>,
    /// Siblings have the same guardian.
    pub shared: bool,
    pub has_phone: bool,
    pub phone_hint: &'static str,
    /// The tie that can be ended here.
    pub ends: Option<GuardianshipId>,
    pub ended_on: String,
    pub end_errors: Errors,
    /// File number of a sibling, and the guardians on that file.
    pub sibling: String,
    pub offered: Vec<guardian::Model>,
}

/// Consents.
#[derive(Template)]
#[template(path = "children/consents.html")]
pub struct ConsentsPage {
    pub child: child::Model,
    pub consents: Vec<consent::Model>,
    pub form: ConsentForm,
    pub errors: Errors,
    pub withdrawal_errors: Errors,
    /// What was typed as the end of one of them.
    pub withdrawn_on: Option<(ConsentId, String)>,
    pub purposes: Vec<Choice>,
    pub kinships: Vec<Choice>,
}

impl ConsentsPage {
    /// The page with what was typed.
    pub fn of(
        language: Language,
        child: child::Model,
        consents: Vec<consent::Model>,
        form: ConsentForm,
        errors: Errors,
    ) -> Self {
        Self {
            child,
            consents,
            purposes: choices::<ConsentPurpose>(language, &form.purpose),
            kinships: choices::<Kinship>(language, &form.kinship),
            form,
            errors,
            withdrawal_errors: Errors::default(),
            withdrawn_on: None,
        }
    }

    fn typed_end(&self, consent: &consent::Model) -> &str {
        let typed = self.withdrawn_on.as_ref().filter(|(id, _)| *id == consent.id);
        typed.map_or("", |(_, day)| day.as_str())
    }
}

/// Moves.
#[derive(Template)]
#[template(path = "children/moves.html")]
pub struct MovesPage {
    pub child: child::Model,
    pub residences: Vec<(String, residence::Model)>,
    pub division: PlaceField,
    pub form: MoveForm,
    pub errors: Errors,
    pub stale: bool,
    /// What was judged by the old place, and what becomes of it.
    pub judged: Vec<Say>,
    /// What was typed before is back.
    pub restored: bool,
}

/// Who opened the file.
#[derive(Template)]
#[template(path = "children/views.html")]
pub struct ViewsPage {
    pub child: child::Model,
    pub list: List,
    pub found: Page<event::Model>,
    pub names: BTreeMap<OrganisationId, String>,
    pub people: BTreeMap<AccountId, String>,
}

impl ViewsPage {
    fn person<'a>(&'a self, view: &'a event::Model) -> &'a str {
        view.account_id
            .and_then(|id| self.people.get(&id))
            .map_or(view.actor.as_str(), String::as_str)
    }

    fn organisation(&self, view: &event::Model) -> &str {
        view.organisation_id
            .and_then(|id| self.names.get(&id))
            .map_or("", String::as_str)
    }

    fn what(&self, view: &event::Model) -> String {
        let detail = |name: &str| view.details.get(name).and_then(serde_json::Value::as_str);
        if let Some(paper) = detail("paper") {
            return paper::title(paper);
        }
        match (detail("page"), detail("field")) {
            (Some(page), _) => format!("view.page.{page}"),
            (_, Some(field)) => format!("view.unmasked.{field}"),
            _ => format!("event.{}", view.action),
        }
    }
}

/// The stages of the filter.
pub fn stage_choices(language: Language, chosen: &str) -> Vec<Choice> {
    choices::<Stage>(language, chosen)
}
