//! Assessments in lists.

use askama::Template;
use entities::{child::child, screening::assessment, words::AssessmentState};

use crate::web::{List, Page, filters};

/// An assessment in a list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The row.
    pub row: assessment::Model,
    /// The instrument.
    pub name: String,
    /// Who filled it in.
    pub rater: String,
    /// Total; empty while it is not finished, and while the reader is to rate without knowing it.
    pub total: String,
    /// Key of what is said in the place of a result that is not told; empty where it is.
    pub untold: &'static str,
    /// Band in words.
    pub band: String,
    /// Its look.
    pub look: (&'static str, &'static str),
    /// What the reader can do with it.
    pub own_sheet: bool,
    /// May be opened.
    pub opens: bool,
    /// The reader may add the second rating.
    pub second: bool,
    /// The two ratings can be compared.
    pub compared: bool,
    /// The child, in lists of several.
    pub child: Option<child::Model>,
}

impl Entry {
    /// Look of its state.
    pub fn state_look(&self) -> (&'static str, &'static str) {
        match self.row.state {
            AssessmentState::Draft => ("info", "draft"),
            AssessmentState::Final => ("success", "done"),
            AssessmentState::Withdrawn => ("neutral", "cancelled"),
        }
    }
}

/// The assessments of a child.
#[derive(Template)]
#[template(path = "assessments/of_child.html")]
pub struct OfChildPage {
    /// The child.
    pub child: child::Model,
    /// What was asked for.
    pub list: List,
    /// What was found.
    pub found: Page<Entry>,
}

/// One's own sheets and what one finished.
#[derive(Template)]
#[template(path = "assessments/index.html")]
pub struct IndexPage {
    /// What was asked for.
    pub list: List,
    /// What is being filled in, the newest first.
    pub begun: Vec<Entry>,
    /// What was found.
    pub found: Page<Entry>,
}
