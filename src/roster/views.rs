//! The pages of imports.

use std::collections::BTreeMap;

use askama::Template;
use entities::{
    import::{job, parked_row},
    words::{JobState, Language, ParkedState},
};

use super::{
    job::{Findings, INSERTING, Options, Shown, WAITING},
    parked::Parked,
};
use crate::{
    platform::{Errors, Say, job::failure},
    web::{List, Page, filters},
};

/// An import in the list.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// The import.
    pub job: job::Model,
    /// Name of its file.
    pub file: String,
    /// Who brought it in.
    pub person: String,
    /// What came of it.
    pub findings: Findings,
}

/// All imports.
#[derive(Template)]
#[template(path = "imports/index.html")]
pub struct ImportsPage {
    /// Page.
    pub list: List,
    /// What was found.
    pub page: Page<ImportRow>,
}

/// Bring a roster in.
#[derive(Template)]
#[template(path = "imports/new.html")]
pub struct NewImportPage {
    /// What is wrong with the file.
    pub errors: Errors,
}

/// One import: its progress, what was found, what to decide, what came of it.
#[derive(Template)]
#[template(path = "imports/show.html")]
pub struct ImportPage {
    /// The import.
    pub job: job::Model,
    /// Name of its file.
    pub file: String,
    /// Who brought it in.
    pub person: String,
    /// What was found.
    pub findings: Findings,
    /// How it is read.
    pub options: Options,
    /// The first errors.
    pub shown: Vec<Shown>,
    /// Steps done and in all, while it runs.
    pub progress: (usize, usize),
    /// Rows that still wait for a decision.
    pub open: u64,
    /// What is wrong with the decision.
    pub errors: Errors,
}

impl ImportPage {
    /// Something goes on, so the page asks again by itself.
    pub fn is_running(&self) -> bool {
        matches!(self.job.state, JobState::Queued | JobState::Running) && !self.is_waiting()
    }

    /// Somebody decides.
    pub fn is_waiting(&self) -> bool {
        self.job.state == JobState::Queued && self.job.phase == WAITING
    }

    /// The rows are going in.
    pub fn is_inserting(&self) -> bool {
        self.job.phase == INSERTING
    }

    /// The rows went in.
    pub fn is_done(&self) -> bool {
        self.job.state == JobState::Done
    }

    /// Where the page is.
    pub fn path(&self) -> String {
        format!("/imports/{}", self.job.id)
    }

    /// Why it failed.
    pub fn failure(&self) -> Option<Say> {
        failure(&self.job).map(Say::new)
    }

    /// How many errors are not on the page.
    pub fn more_errors(&self) -> usize {
        self.findings
            .errors
            .saturating_sub(self.findings.told.max(self.shown.len()))
    }

    /// There is something that can be read or left out.
    pub fn has_choice(&self) -> bool {
        let Findings {
            hidden_rows,
            hidden_columns,
            notes,
            ..
        } = &self.findings;
        !(hidden_rows.is_empty() && hidden_columns.is_empty() && notes.is_empty())
    }

    /// Somebody has to say first whether what nobody sees is read.
    pub fn asks(&self) -> bool {
        self.findings.asks(&self.options)
    }

    /// What is to happen with something that can be left out; nothing when nobody said.
    fn choice(&self, what: &str) -> Option<bool> {
        match what {
            "hidden_rows" => self.options.hidden_rows,
            "hidden_columns" => self.options.hidden_columns,
            _ => Some(self.options.notes),
        }
    }

    /// A way is the one that was chosen.
    pub fn ticked(&self, what: &str, way: &str) -> bool {
        self.choice(what) == Some(way == "take")
    }

    /// What became of it, as a locale key.
    pub fn told(&self, what: &str) -> &'static str {
        match self.choice(what) {
            Some(true) => "roster.hidden.taken",
            Some(false) => "roster.hidden.left",
            None => "roster.hidden.undecided",
        }
    }

    /// What is wrong, in words.
    pub fn message<'a>(&self, error: &'a Shown, language: &Language) -> &'a str {
        error.message(*language)
    }
}

/// Rows of an import that were set aside.
#[derive(Template)]
#[template(path = "imports/parked.html")]
pub struct ParkedPage {
    /// The import.
    pub job: job::Model,
    /// Name of its file.
    pub file: String,
    /// The rows, the open ones first.
    pub rows: Vec<parked_row::Model>,
}

/// A line of the comparison.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is, as a locale key.
    pub key: &'static str,
    /// Name of the field, where the file can take over what the row says.
    pub field: &'static str,
    /// In the row.
    pub row: String,
    /// In the file.
    pub file: String,
}

impl Line {
    /// The two sides differ.
    pub fn differs(&self) -> bool {
        self.row != self.file
    }
}

/// One row beside the file that it looks like.
#[derive(Template)]
#[template(path = "imports/parked_row.html")]
pub struct ParkedRowPage {
    /// The row and whom it looks like.
    pub parked: Parked,
    /// Side by side.
    pub lines: Vec<Line>,
    /// What was chosen.
    pub decision: String,
    /// The file is to say what the row says: `row`, by field.
    pub fields: BTreeMap<String, String>,
    /// What becomes of what differs from the records of guardians.
    pub differing: String,
    /// What is wrong with the decision.
    pub errors: Errors,
}

impl ParkedRowPage {
    /// It still waits.
    pub fn is_open(&self) -> bool {
        self.parked.row.state == ParkedState::Open
    }

    /// The file can take over what the row says there.
    pub fn asks(&self, line: &Line) -> bool {
        let said = !line.row.is_empty() && !line.file.is_empty() && line.differs();
        self.is_open() && self.parked.twin.is_some() && !line.field.is_empty() && said
    }

    /// It is to.
    pub fn takes(&self, line: &Line) -> bool {
        self.fields.get(line.field).is_some_and(|whose| whose == "row")
    }
}

/// How an import stands: colour, drawing, words.
pub fn standing(job: &job::Model) -> (&'static str, &'static str, &'static str) {
    let (tone, icon) = match job.state {
        JobState::Queued if job.phase == WAITING => return ("warning", "draft", WAITING),
        JobState::Queued => ("info", "waiting"),
        JobState::Running => ("info", "refresh"),
        JobState::Done => ("success", "done"),
        JobState::Failed => ("danger", "danger"),
        JobState::Cancelled => ("neutral", "cancelled"),
    };
    (tone, icon, job.state.word())
}
