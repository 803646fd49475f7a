//! What somebody types at the door.

use entities::words::SeenDocument;
use serde::Deserialize;

use super::rules::{Address, LONGEST};
use crate::platform::{Check, Errors};

/// Name and address, or a code.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct DoorForm {
    /// Of the guardian.
    pub name: String,
    /// Telephone or e-mail.
    pub address: String,
    /// A code that staff read out.
    pub counter: String,
}

impl DoorForm {
    /// Who asks.
    pub fn input(&self) -> Result<(String, Address), Errors> {
        let mut check = Check::default();
        let name = check.text_within("name", &self.name, LONGEST);
        let typed = check.text_within("address", &self.address, LONGEST);
        let address = typed.and_then(|typed| {
            let read = Address::read(&typed);
            if read.is_none() {
                check.wrong("address", "my.address.wrong");
            }
            read
        });
        check.done(name.zip(address))
    }

    /// The code.
    pub fn code(&self) -> Result<String, Errors> {
        let mut check = Check::default();
        let code = check.text_within("counter", &self.counter, LONGEST);
        check.done(code)
    }
}

/// A code that was sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    /// Six digits.
    pub code: String,
}

/// The document that staff looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct IssueForm {
    /// Which.
    pub document: String,
}

impl IssueForm {
    /// The document.
    pub fn input(&self) -> Result<SeenDocument, Errors> {
        let mut check = Check::default();
        let document = check.word("document", &self.document);
        check.done(document)
    }
}
