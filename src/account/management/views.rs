//! The security administrator's pages.

use askama::Template;
use chrono::{DateTime, Utc};
use entities::{
    AccountId, OrganisationId,
    account::account,
    event::event,
    words::{Language, OrganisationKind, Role},
};

use super::{
    forms::{AccountForm, ReasonForm},
    queries::{AccountState, Place},
};
use crate::{
    access::places::Reach,
    account::{rules, sessions::OpenSession},
    platform::{Errors, words},
    web::{Choice, filters},
};

/// A new account, or the data of one.
#[derive(Template)]
#[template(path = "accounts/edit.html")]
pub struct EditPage {
    /// The account; none for a new one.
    pub id: Option<AccountId>,
    /// What was typed.
    pub form: AccountForm,
    /// What is wrong.
    pub errors: Errors,
    /// Where somebody can work.
    pub places: Vec<Place>,
}

impl EditPage {
    fn organisations(&self) -> Vec<Choice> {
        self.places
            .iter()
            .filter(|place| !place.closed)
            .map(|place| Choice::new(place.id, &place.name, &self.form.organisation))
            .collect()
    }

    fn role_choices(&self, language: Language) -> Vec<Choice> {
        Role::ALL
            .iter()
            .map(|role| Choice {
                value: role.as_str().to_owned(),
                label: words::raw(language, role.word()).into_owned(),
                selected: self.form.roles.iter().any(|held| held == role.as_str()),
            })
            .collect()
    }

    /// Which roles go with which kind of organisation, for the table beside the form.
    fn placements(&self) -> Vec<(OrganisationKind, &'static [Role])> {
        OrganisationKind::ALL
            .iter()
            .filter(|kind| self.places.iter().any(|place| place.kind == **kind))
            .map(|kind| (*kind, rules::roles_in(*kind)))
            .collect()
    }

    fn submit_key(&self) -> &'static str {
        if self.id.is_some() {
            "account.save"
        } else {
            "accounts.open"
        }
    }

    fn action(&self) -> String {
        self.id
            .map_or("/accounts".to_owned(), |id| format!("/accounts/{id}/edit"))
    }

    fn back(&self) -> String {
        self.id.map_or("/accounts".to_owned(), |id| format!("/accounts/{id}"))
    }
}

/// One account.
#[derive(Template)]
#[template(path = "accounts/show.html")]
pub struct AccountPage {
    /// The row.
    pub account: account::Model,
    /// Where.
    pub organisation: String,
    /// Its row.
    pub organisation_id: OrganisationId,
    /// Roles held.
    pub roles: Vec<Role>,
    /// Active, locked, waiting, disabled.
    pub state: AccountState,
    /// One's own: nothing can be done to it here.
    pub own: bool,
    /// How far it reaches beyond the administrator's area: then most takes a second administrator.
    pub reach: Reach,
    /// Signed in last.
    pub last_sign_in: Option<DateTime<Utc>>,
    /// Browsers signed in.
    pub sessions: Vec<OpenSession>,
    /// What was done to it.
    pub history: Vec<event::Model>,
    /// A reason that was typed.
    pub reason: ReasonForm,
    /// What is wrong with it.
    pub errors: Errors,
}

impl AccountPage {
    /// The form of this field was sent, and comes back.
    fn asks(&self, field: &str, typed: &str) -> bool {
        !typed.is_empty() || !self.errors.get(field).is_empty()
    }

    /// Not even shutting it out is this administrator's.
    fn is_wider(&self) -> bool {
        self.reach == Reach::Wider
    }

    fn event_key(event: &event::Model) -> String {
        format!("event.{}", event.action)
    }

    fn event_kind(event: &event::Model) -> &'static str {
        if event.refused { "warning" } else { "neutral" }
    }

    fn event_reason(event: &event::Model) -> Option<String> {
        event.details.get("reason")?.as_str().map(str::to_owned)
    }
}

/// The password that is told once.
#[derive(Template)]
#[template(path = "accounts/password.html")]
pub struct FirstPasswordPage {
    /// Whose.
    pub id: AccountId,
    /// To sign in with.
    pub user_name: String,
    /// The password.
    pub password: String,
    /// A new account, not a reset.
    pub opened: bool,
}

impl FirstPasswordPage {
    fn title_key(&self) -> &'static str {
        if self.opened {
            "accounts.opened"
        } else {
            "accounts.password.reset"
        }
    }
}
