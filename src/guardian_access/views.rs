//! Pages at the door, and the page on which staff let somebody in.

use askama::Template;
use entities::{
    ChildId, GuardianshipId,
    child::{child, guardian},
};

use super::forms::{CodeForm, DoorForm};
use crate::{
    platform::{Choice, Errors},
    web::{Visitor, filters, visitor::GuardianPaper},
};

/// Where staff let a guardian in.
pub fn issue_address(child: ChildId, tie: GuardianshipId) -> String {
    format!("/children/{child}/guardians/{tie}/access-code")
}

/// The door.
#[derive(Template)]
#[template(path = "guardian_access/door.html")]
pub struct DoorPage {
    /// What was typed.
    pub form: DoorForm,
    /// What is wrong with it.
    pub errors: Errors,
}

/// The code that was sent.
#[derive(Template)]
#[template(path = "guardian_access/code.html")]
pub struct CodePage {
    /// What was typed.
    pub form: CodeForm,
    /// What is wrong with it.
    pub errors: Errors,
    /// How long a code holds, in minutes.
    pub minutes: i64,
}

/// What waits.
#[derive(Template)]
#[template(path = "guardian_access/papers.html")]
pub struct PapersPage {
    /// Who was let in.
    pub visitor: Visitor,
    /// What waits for them.
    pub waiting: Vec<GuardianPaper>,
    /// What they signed.
    pub signed: Vec<GuardianPaper>,
    /// Pages on which several are signed at once, where several wait.
    pub together: Vec<(&'static str, &'static str)>,
}

/// Staff let somebody in.
#[derive(Template)]
#[template(path = "guardian_access/issue.html")]
pub struct IssuePage {
    /// The child.
    pub child: child::Model,
    /// The guardian.
    pub guardian: guardian::Model,
    /// Where the form goes.
    pub action: String,
    /// Documents.
    pub documents: Vec<Choice>,
    /// What is wrong.
    pub errors: Errors,
}

/// The code to be read out, once.
#[derive(Template)]
#[template(path = "guardian_access/issued.html")]
pub struct IssuedPage {
    /// The child.
    pub child: child::Model,
    /// The guardian.
    pub guardian: guardian::Model,
    /// In two halves.
    pub code: String,
    /// Where it is typed.
    pub door: String,
    /// How long it holds, in minutes.
    pub minutes: i64,
}
