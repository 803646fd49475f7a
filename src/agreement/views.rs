//! Pages of agreements: those of staff, and those of the guardian who signs.

use askama::Template;
use chrono::NaiveDate;
use entities::{
    ChildId, GuardianshipId,
    agreement::{agreement, agreement_signer, signature},
    child::child,
    enrolment::enrolment_decision,
    words::{AgreementState, Party},
};

use super::{content::short, forms::AgreementForm, states::Agreements};
use crate::{
    guardian_access::issue_address,
    platform::{Choice, Errors, states::Machine as _},
    web::{ctx::Part, filters},
};

/// How a state looks.
pub fn look(state: AgreementState) -> (&'static str, &'static str) {
    Agreements::of(state).look
}

/// The agreements of a child, as a page of its file.
#[derive(Template)]
#[template(path = "agreement/child.html")]
pub struct ChildPage {
    /// The child.
    pub child: child::Model,
    /// Its agreements.
    pub rows: Vec<agreement::Model>,
    /// Decisions from which the reader can make one.
    pub decisions: Vec<enrolment_decision::Model>,
}

impl ChildPage {
    fn look(&self, state: &AgreementState) -> (&'static str, &'static str) {
        look(*state)
    }
}

/// Making one.
#[derive(Template)]
#[template(path = "agreement/new.html")]
pub struct NewPage {
    /// The decision.
    pub decision: enrolment_decision::Model,
    /// The child.
    pub child: child::Model,
    /// The one that it amends.
    pub amends: Option<agreement::Model>,
    /// Texts in use.
    pub templates: Vec<Choice>,
    /// Guardians.
    pub guardians: Vec<Choice>,
    /// Blanks that are typed: name, label, value.
    pub blanks: Vec<(&'static str, &'static str, String)>,
    /// What was typed.
    pub form: AgreementForm,
    /// What is wrong with it.
    pub errors: Errors,
}

/// Somebody who signs, as the page of an agreement shows them.
#[derive(Clone, Debug)]
pub struct Place {
    /// The row.
    pub row: agreement_signer::Model,
    /// The signature.
    pub given: Option<signature::Model>,
    /// How it was given, in words.
    pub told: Vec<String>,
    /// A code can be sent to them.
    pub reachable: bool,
    /// The tie, where staff can let them in at the counter.
    pub tie: Option<GuardianshipId>,
}

impl Place {
    fn is_centre(&self) -> bool {
        self.row.party == Party::Centre
    }
}

/// One agreement, for staff.
#[derive(Template)]
#[template(path = "agreement/show.html")]
pub struct ShowPage {
    /// The row.
    pub row: agreement::Model,
    /// The child.
    pub child: child::Model,
    /// The centre.
    pub centre: String,
    /// Who made it.
    pub made_by: String,
    /// The one that it amends, and the one that took its place.
    pub amends: Option<agreement::Model>,
    /// See there.
    pub replaced_by: Option<agreement::Model>,
    /// What is shown and signed.
    pub text: Part,
    /// Nothing of it was changed.
    pub intact: bool,
    /// Everybody who signs.
    pub places: Vec<Place>,
    /// The address of its paper.
    pub paper: String,
    /// Where an amendment begins; none where the reader may make none.
    pub amend: Option<String>,
    /// The reader may sign for the centre.
    pub may_sign: bool,
    /// The name under which they do.
    pub own_name: String,
    /// The reader may record what guardians sign at the centre, and give it up.
    pub may_collect: bool,
    /// Guardians who have not signed.
    pub guardians: Vec<Choice>,
    /// Documents.
    pub documents: Vec<Choice>,
    /// The fields of whoever signs.
    pub pad: Part,
    /// Why it is given up.
    pub reason: String,
    /// What is wrong.
    pub errors: Errors,
}

impl ShowPage {
    fn look(&self) -> (&'static str, &'static str) {
        look(self.row.state)
    }

    fn short(&self) -> &str {
        short(&self.row.content_hash)
    }

    fn counter(&self, tie: &GuardianshipId) -> String {
        let child: ChildId = self.row.child_id;
        issue_address(child, *tie)
    }
}

/// One agreement, for a guardian.
#[derive(Template)]
#[template(path = "agreement/mine.html")]
pub struct MinePage {
    /// The row.
    pub row: agreement::Model,
    /// What is shown and signed.
    pub text: Part,
    /// It waits for this guardian.
    pub waits: bool,
    /// Who signs.
    pub name: String,
    /// The fields of whoever signs.
    pub pad: Part,
    /// It can be had as a PDF.
    pub pdf: bool,
    /// What is wrong.
    pub errors: Errors,
}

impl MinePage {
    fn short(&self) -> &str {
        short(&self.row.content_hash)
    }
}

/// A line of what is signed by one act.
#[derive(Clone, Debug)]
pub struct TogetherLine {
    /// Its value in the form.
    pub value: String,
    /// What it is.
    pub title: String,
    /// Number, child, hash.
    pub told: String,
    /// Where it is read.
    pub href: String,
    /// It is to be signed.
    pub ticked: bool,
}

/// Several agreements, signed by one act.
#[derive(Template)]
#[template(path = "agreement/together.html")]
pub struct TogetherPage {
    /// Each by itself.
    pub lines: Vec<TogetherLine>,
    /// Who signs.
    pub name: String,
    /// The fields of whoever signs.
    pub pad: Part,
    /// What is wrong.
    pub errors: Errors,
}

/// A day in words of a list of a guardian.
pub fn on(row: &agreement::Model, given: Option<&signature::Model>) -> NaiveDate {
    crate::platform::clock::day_of(given.map_or(row.made_at, |given| given.signed_at))
}
