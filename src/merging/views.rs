//! The pages of duplicates and merges.

use askama::Template;
use entities::{
    child::{child, duplicate, merge},
    words::DuplicateState,
};

use super::{
    comparison::{Fact, Line},
    forms::{KeepingForm, NamingForm, PostponementForm, UnionForm},
    queries::View,
    told::Told,
};
use crate::{
    children::claims,
    person::likeness::Reason,
    platform::{Errors, Say},
    web::{List, Page, filters},
};

/// A pair in the queue.
#[derive(Clone, Debug)]
pub struct PairRow {
    /// The pair.
    pub pair: duplicate::Model,
    /// Its two files.
    pub first: child::Model,
    /// The other.
    pub second: child::Model,
    /// Why they may be one child.
    pub reasons: Vec<Reason>,
    /// Names of where they live.
    pub homes: (String, String),
    /// Who decided.
    pub person: String,
}

/// The queue.
#[derive(Template)]
#[template(path = "merging/index.html")]
pub struct IndexPage {
    /// What was asked for.
    pub list: List,
    /// Which pairs.
    pub view: View,
    /// How many of each.
    pub views: Vec<(View, u64)>,
    /// The pairs.
    pub page: Page<PairRow>,
    /// Registrations under a number that another file has: they stand before the pairs that wait.
    pub claims: Vec<claims::queries::Line>,
}

/// Naming two files.
#[derive(Template)]
#[template(path = "merging/new.html")]
pub struct NamePage {
    /// The files, and why.
    pub form: NamingForm,
    /// What is wrong.
    pub errors: Errors,
}

/// Two files side by side, and the decision.
#[derive(Template)]
#[template(path = "merging/pair.html")]
pub struct PairPage {
    /// The pair.
    pub row: PairRow,
    /// Field by field.
    pub lines: Vec<Line>,
    /// What hangs on the files.
    pub facts: Vec<Fact>,
    /// Which file stays.
    pub choice: UnionForm,
    /// Keeping both.
    pub keeping: KeepingForm,
    /// Putting off.
    pub postponement: PostponementForm,
    /// What is wrong.
    pub errors: Errors,
    /// Nothing is wrong with the other forms.
    pub no_errors: Errors,
    /// Which form was sent.
    pub sent: &'static str,
    /// The merge, when they were merged.
    pub merge: Option<merge::Model>,
}

impl PairPage {
    /// The page again, with what is wrong with the form that was sent.
    #[must_use]
    pub fn answering(self, sent: &'static str, errors: Errors) -> Self {
        Self { sent, errors, ..self }
    }

    /// It waits for a decision.
    pub fn is_open(&self) -> bool {
        self.row.pair.state.waits() && self.row.first.merged_into.is_none() && self.row.second.merged_into.is_none()
    }

    /// Somebody said that they are two, and may think again.
    pub fn may_reopen(&self) -> bool {
        self.row.pair.state == DuplicateState::KeptBoth
            && self.row.first.merged_into.is_none()
            && self.row.second.merged_into.is_none()
    }

    /// The errors of one of the forms.
    pub fn errors_of(&self, form: &str) -> &Errors {
        if self.sent == form {
            &self.errors
        } else {
            &self.no_errors
        }
    }

    /// The file is chosen to stay.
    pub fn stays(&self, side: &str) -> bool {
        self.choice.survivor == side
    }

    /// A value is chosen.
    pub fn chosen(&self, line: &Line, side: &str) -> bool {
        match self.choice.fields.get(line.field.name()) {
            Some(chosen) => chosen == side,
            None => (side == "first") == line.proposes_first(),
        }
    }

    /// Why it waits or why they are two.
    pub fn note(&self) -> String {
        self.row.pair.note.clone().unwrap_or_default()
    }
}

/// A merge with everything it changed.
#[derive(Template)]
#[template(path = "merging/merge.html")]
pub struct MergePage {
    /// The merge.
    pub merge: merge::Model,
    /// The file that stayed.
    pub survivor: child::Model,
    /// The file that went.
    pub absorbed: child::Model,
    /// What it changed.
    pub effects: Vec<Told>,
    /// Who did it.
    pub person: String,
    /// Who undid it.
    pub undone_by: String,
    /// What stands in the way of undoing.
    pub in_the_way: Vec<Say>,
}
