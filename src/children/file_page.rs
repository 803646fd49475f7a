//! The page of a file.

use std::collections::BTreeMap;

use askama::Template;
use chrono::NaiveDate;
use entities::{
    ChildId, GuardianId,
    child::{child, consent, guardian, guardianship, residence},
    communication::message,
    words::Language,
};

use super::{guardians::Tie, phones::Phone, queries::ChildRow, views::delivery_look};
use crate::{
    platform::{Say, words},
    web::{filters, reveal::Shown},
};

/// The place of the identity number on the page of the file.
pub(super) fn identity(child: ChildId) -> String {
    format!("identity-{child}")
}

/// The place of the number of the disability card.
pub(super) fn card(child: ChildId) -> String {
    format!("card-{child}")
}

/// The file.
#[derive(Template)]
#[template(path = "children/file.html")]
pub(super) struct FilePage {
    pub child: child::Model,
    pub ethnicity: String,
    pub household: String,
    pub lives: String,
    pub guardians: Vec<Tie>,
    pub siblings: Vec<ChildRow>,
    pub consents: Vec<consent::Model>,
    pub residences: Vec<(String, residence::Model)>,
    /// The last message to each guardian.
    pub messages: BTreeMap<GuardianId, message::Model>,
    pub merged: Vec<String>,
    /// A number that the reader asked for in full a moment ago.
    pub shown: Shown,
    pub today: NaiveDate,
    pub language: Language,
}

impl FilePage {
    fn weeks(&self) -> String {
        self.child
            .gestational_weeks
            .map(|weeks| weeks.to_string())
            .unwrap_or_default()
    }

    fn address(&self) -> &str {
        self.child.address.as_deref().unwrap_or_default()
    }

    fn kindergarten(&self) -> &str {
        self.child.kindergarten.as_deref().unwrap_or_default()
    }

    fn card_expired(&self) -> bool {
        self.child
            .disability_card_expires_on
            .is_some_and(|day| day < self.today)
    }

    /// Where a number stands, by which it is also shown.
    fn identity(&self) -> String {
        identity(self.child.id)
    }

    fn card(&self) -> String {
        card(self.child.id)
    }

    fn phone(&self, tie: &guardianship::Model, person: &guardian::Model) -> Phone {
        Phone::of(&self.shown, tie, person)
    }

    fn look(&self, message: &message::Model) -> (&'static str, &'static str) {
        delivery_look(message.state)
    }

    fn message(&self, guardian: &guardian::Model) -> Option<&message::Model> {
        self.messages.get(&guardian.id)
    }

    fn flags(&self, tie: &guardianship::Model) -> String {
        let language = self.language;
        if let Some(day) = tie.ended_on {
            return Say::new("guardian.flag.ended").with("on", day).in_words(language);
        }
        let flags = [
            ("guardian.flag.first", tie.is_first),
            ("guardian.flag.custody", tie.has_custody),
            ("guardian.flag.contact", tie.may_be_contacted),
            ("guardian.flag.no_contact", !tie.may_be_contacted),
        ];
        let said = flags
            .iter()
            .filter(|(_, holds)| *holds)
            .map(|(key, _)| words::raw(language, key));
        words::joined(language, said)
    }
}
