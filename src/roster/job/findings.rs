//! What was chosen for an import and what came of it, as its row keeps them.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use entities::{import::job, words::Language};
use serde::{Deserialize, Serialize};

use crate::{
    platform::{App, Result, workbook::Sheet},
    roster::check::{Checked, RowError},
};

/// Errors that a page shows; the marked workbook has them all.
pub const SHOWN: usize = 50;

/// What was chosen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// Leave rows with errors out.
    pub good_rows_only: bool,
}

impl Options {
    /// What stands in a job's row.
    pub(super) fn of(job: &job::Model) -> Result<Self> {
        Ok(serde_json::from_value(job.options.clone()).map_err(anyhow::Error::from)?)
    }
}

/// What came of it so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Findings {
    /// Rows of the file.
    pub rows: usize,
    /// Rows without an error.
    pub good: usize,
    /// Rows with an error.
    pub bad: usize,
    /// Errors in all.
    pub errors: usize,
    /// Good rows that look like a child on file or like an earlier row.
    pub alike: usize,
    /// Columns that nobody asked for.
    pub unknown: Vec<String>,
    /// Further sheets that were not read.
    pub similar_sheets: Vec<String>,
    /// The first errors: they quote cells, so they are sealed.
    shown: Option<String>,
    /// New files.
    pub added: usize,
    /// Rows that wait for a decision.
    pub parked: usize,
}

/// An error as a page shows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// Number of the row.
    pub row: u32,
    /// Letters of the column; empty for the row as a whole.
    pub column: String,
    /// Its heading.
    pub header: String,
    chinese: String,
    english: String,
}

impl Shown {
    fn of(error: &RowError) -> Self {
        Self {
            row: error.row,
            column: error.letters.clone(),
            header: error.header.clone(),
            chinese: error.say.in_words(Language::Chinese),
            english: error.say.in_words(Language::English),
        }
    }

    /// What is wrong.
    pub fn message(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.chinese,
            Language::English => &self.english,
        }
    }
}

impl Findings {
    /// What stands in a job's row.
    pub fn of(job: &job::Model) -> Result<Self> {
        Ok(serde_json::from_value(job.result.clone()).map_err(anyhow::Error::from)?)
    }

    pub(super) fn new(app: &App, sheet: &Sheet, checked: &Checked, alike: usize) -> Result<Self> {
        let shown: Vec<Shown> = checked.errors.iter().take(SHOWN).map(Shown::of).collect();
        let shown = serde_json::to_vec(&shown)?;
        Ok(Self {
            rows: sheet.rows.len(),
            good: checked.good.len(),
            bad: checked.bad,
            errors: checked.errors.len(),
            alike,
            unknown: sheet.unknown.clone(),
            similar_sheets: sheet.similar_sheets.clone(),
            shown: Some(BASE64_STANDARD.encode(app.keys.seal_bytes("file", &shown)?.0)),
            ..Self::default()
        })
    }

    /// The first errors.
    pub fn first_errors(&self, app: &App) -> Result<Vec<Shown>> {
        let Some(shown) = &self.shown else {
            return Ok(Vec::new());
        };
        let sealed = BASE64_STANDARD.decode(shown).map_err(anyhow::Error::from)?;
        let plain = app.keys.open_bytes("file", &entities::Sealed(sealed))?;
        Ok(serde_json::from_slice(&plain)?)
    }
}
