//! The pages of an application.

use askama::Template;
use chrono::NaiveDate;
use entities::{
    child::child,
    enrolment::{application, enrolment_decision},
    words::ApplicationState,
};

use super::{
    forms::{ApplicationForm, WhyForm, paper_field},
    states,
};
use crate::{
    enrolment::review::Progress,
    platform::{Choice, Errors, Say},
    task::Entry,
    web::filters,
};

/// A paper as the form shows it.
#[derive(Clone, Debug)]
pub struct PaperRow {
    /// As the rule calls it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// It has to be there.
    pub must: bool,
    /// How many months it counts; 0: always.
    pub valid_months: u32,
    /// It has days of its own and somebody who issued it.
    pub dated: bool,
    /// Whether it is there.
    pub states: Vec<Choice>,
    /// Who issued it.
    pub issuers: Vec<Choice>,
}

impl PaperRow {
    /// The name of a part of its form.
    pub fn field(&self, part: &str) -> String {
        paper_field(&self.code, part)
    }
}

/// Entering or completing an application.
#[derive(Template)]
#[template(path = "enrolment/edit.html")]
pub struct EditPage {
    /// The child.
    pub child: child::Model,
    /// Sex, age.
    pub lead: String,
    /// Where the form goes.
    pub action: String,
    /// The way back.
    pub back: String,
    /// It was returned: why, and what is missing.
    pub returned: Option<(String, Vec<String>)>,
    /// How a child can attend.
    pub modes: Vec<Choice>,
    /// Situations of a family.
    pub economies: Vec<Choice>,
    /// The child's guardians.
    pub guardians: Vec<Choice>,
    /// The papers that are asked.
    pub papers: Vec<PaperRow>,
    /// What was typed.
    pub form: ApplicationForm,
    /// What is wrong with it.
    pub errors: Errors,
}

/// A paper as it is told.
#[derive(Clone, Debug)]
pub struct PaperLine {
    /// Its name.
    pub name: String,
    /// Locale key of its state, tone and icon.
    pub state: (&'static str, &'static str, &'static str),
    /// When it was issued, until when it counts, who issued it, why it is not needed.
    pub told: String,
    /// Its own page.
    pub path: String,
    /// Small pictures of what was brought for it.
    pub pictures: Vec<Thumbnail>,
    /// How many files there are, or that one can be added; nothing where there is neither.
    pub files: Option<Say>,
    /// A file of it can be opened, and nobody said yet that it was received: the reader may.
    pub may_receive: bool,
    /// Nothing else is asked then.
    pub one_step: bool,
    /// The version that is shown.
    pub version: i32,
}

/// A small picture of a file.
#[derive(Clone, Debug)]
pub struct Thumbnail {
    /// Where it is.
    pub href: String,
}

/// A test as it is told.
#[derive(Clone, Debug)]
pub struct TestLine {
    /// As forms call it.
    pub code: &'static str,
    /// Locale key of its name.
    pub key: &'static str,
    /// Tone and icon.
    pub look: (&'static str, &'static str),
    /// Locale key of its outcome.
    pub word: &'static str,
    /// The rule, its date, the figures.
    pub said: String,
    /// What would change it; empty where it holds.
    pub change: String,
    /// Why it is let pass; empty where nobody answers for it.
    pub because: String,
    /// Somebody can answer for it.
    pub open: bool,
}

/// Everything that is told of an application, wherever it is read.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The application.
    pub row: application::Model,
    /// The child.
    pub child: child::Model,
    /// Number, sex, age.
    pub lead: String,
    /// The centre.
    pub centre: String,
    /// The guardian who applies; empty where none is named.
    pub guardian: String,
    /// The day of the diagnosis.
    pub diagnosed_on: Option<NaiveDate>,
    /// The papers.
    pub papers: Vec<PaperLine>,
    /// Names of papers that it lacks.
    pub lacks: Vec<String>,
    /// The tests of the person.
    pub tests: Vec<TestLine>,
    /// Its chain and where it stands; empty before it is submitted.
    pub progress: Vec<Progress>,
    /// What happened.
    pub history: Vec<Entry>,
    /// Decisions about it.
    pub decisions: Vec<enrolment_decision::Model>,
}

impl Overview {
    /// The steps that somebody has to decide now.
    pub fn awaits(&self) -> Vec<&Progress> {
        let awaited = |step: &&Progress| ["current", "late"].contains(&step.state);
        self.progress.iter().filter(awaited).collect()
    }

    /// Colour and icon of its state.
    pub fn look(&self) -> (&'static str, &'static str) {
        states::of(self.row.state).look
    }

    /// It was not submitted yet, or was returned.
    pub fn is_with_intake(&self) -> bool {
        states::is_with_intake(self.row.state)
    }

    /// It was returned.
    pub fn is_returned(&self) -> bool {
        self.row.state == ApplicationState::Returned
    }

    /// The tests that somebody can answer for.
    pub fn unanswered(&self) -> Vec<&TestLine> {
        self.tests.iter().filter(|line| line.open).collect()
    }
}

/// Colour and icon of a decision.
pub fn decided_look(row: &enrolment_decision::Model) -> (&'static str, &'static str) {
    states::look(row.outcome)
}

/// The page of an application.
#[derive(Template)]
#[template(path = "enrolment/show.html")]
pub struct ShowPage {
    /// What is told.
    pub of: Overview,
    /// The step that the reader may decide: its page and its name.
    pub mine: Option<(String, String)>,
    /// The reader may complete it, withdraw it.
    pub may_change: bool,
    /// The reader may answer for tests.
    pub may_answer: bool,
    /// The reader may add papers that come after the decision.
    pub may_add: bool,
    /// Papers that can be added.
    pub materials: Vec<Choice>,
    /// Who issues certificates.
    pub issuers: Vec<Choice>,
    /// Tests that can be answered for.
    pub tests: Vec<Choice>,
    /// Why it was returned, and what was missing.
    pub returned: Option<(String, Vec<String>)>,
    /// What was typed.
    pub form: WhyForm,
    /// What is wrong with it.
    pub errors: Errors,
}

/// Finding the child that is applied for.
#[derive(Template)]
#[template(path = "enrolment/find.html")]
pub struct FindPage {
    /// What was looked for.
    pub q: String,
    /// Who was found: address, name, what tells them apart.
    pub found: Vec<(String, String, String)>,
    /// There are more than are shown.
    pub more: bool,
    /// It was looked for, and nobody was found.
    pub nobody: bool,
    /// What is wrong.
    pub errors: Errors,
}

/// The enrolment of a child as a page of its file.
#[derive(Template)]
#[template(path = "enrolment/child.html")]
pub struct ChildPage {
    /// The child.
    pub child: child::Model,
    /// Its applications, the newest first.
    pub applications: Vec<(application::Model, String)>,
    /// Decisions.
    pub decisions: Vec<(enrolment_decision::Model, String)>,
    /// Certificates with days: name, until when, the application.
    pub certificates: Vec<(String, NaiveDate, String)>,
    /// The reader may enter an application now.
    pub may_enter: bool,
}

impl ChildPage {
    fn look(&self, state: &ApplicationState) -> (&'static str, &'static str) {
        states::of(*state).look
    }

    fn decided(&self, row: &enrolment_decision::Model) -> (&'static str, &'static str) {
        states::look(row.outcome)
    }
}
