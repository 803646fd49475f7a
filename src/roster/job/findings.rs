//! What was chosen for an import and what came of it, as its row keeps them.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use entities::{import::job, words::Language};
use serde::{Deserialize, Serialize};

use super::runs::{self, Run};
use crate::{
    platform::{
        App, Result,
        workbook::{Reading, Sheet, row_list, row_run},
    },
    roster::{check::Checked, families::Seen},
};

/// Errors that a page shows; the marked workbook has them all.
pub const SHOWN: usize = 50;

/// What was chosen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// Leave rows with errors out.
    pub good_rows_only: bool,
    /// Whether rows are read that the sender does not see; nobody has said when there is nothing.
    pub hidden_rows: Option<bool>,
    /// The same of columns.
    pub hidden_columns: Option<bool>,
    /// Rows about the list are read as if they were about children.
    pub notes: bool,
    /// The records of guardians say what the rows say from now on, where the two differ.
    pub guardians_as_in_rows: bool,
}

impl Options {
    /// What stands in a job's row.
    pub fn of(job: &job::Model) -> Result<Self> {
        Ok(serde_json::from_value(job.options.clone()).map_err(anyhow::Error::from)?)
    }

    /// How the sheet is read by that. What nobody has decided is read, so that the check shows all of it.
    pub(super) fn reading(&self) -> Reading {
        Reading {
            hidden_rows: self.hidden_rows.unwrap_or(true),
            hidden_columns: self.hidden_columns.unwrap_or(true),
            notes: self.notes,
        }
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
    /// Guardians who are on file or stand in a row above: their record is used again.
    pub reused: usize,
    /// Rows that fill in what such a record lacks.
    pub filled: usize,
    /// Numbers of the rows that say something else than such a record.
    pub differing: Vec<u32>,
    /// Columns that nobody asked for.
    pub unknown: Vec<String>,
    /// Further sheets that were not read.
    pub similar_sheets: Vec<String>,
    /// Rows that the sender does not see: `3、5–8`.
    pub hidden_rows: String,
    /// How many.
    pub hidden_row_count: usize,
    /// Known columns that the sender does not see: `D 身份证号`.
    pub hidden_columns: Vec<String>,
    /// Rows about the list.
    pub notes: String,
    /// How many errors the page tells, each for a run of rows.
    pub told: usize,
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
    /// The last row of a run with the same error; the same as `row` when there is one.
    #[serde(default)]
    pub last: u32,
    /// Letters of the column; empty for the row as a whole.
    pub column: String,
    /// Its heading.
    pub header: String,
    chinese: String,
    english: String,
}

impl Shown {
    fn of(Run { error, last, .. }: &Run<'_>) -> Self {
        Self {
            row: error.row,
            last: *last,
            column: error.letters.clone(),
            header: error.header.clone(),
            chinese: error.say.in_words(Language::Chinese),
            english: error.say.in_words(Language::English),
        }
    }

    /// The rows: `5`, or `5–12`.
    pub fn rows(&self) -> String {
        row_run(self.row, self.last)
    }

    /// The cells: `C5`, or `C5:C12`; a dash for rows as a whole.
    pub fn cells(&self) -> String {
        let Self { row, last, column, .. } = self;
        match (column.as_str(), last > row) {
            ("", _) => "—".to_owned(),
            (column, true) => format!("{column}{row}:{column}{last}"),
            (column, false) => format!("{column}{row}"),
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

/// Numbers of rows that a page names.
const NAMED: usize = 20;

impl Findings {
    /// The rows whose guardians differ from their record, as a page names them, and how many more there are.
    pub fn differing_rows(&self) -> (Vec<String>, usize) {
        let named = self.differing.iter().take(NAMED).map(ToString::to_string).collect();
        (named, self.differing.len().saturating_sub(NAMED))
    }

    /// What stands in a job's row.
    pub fn of(job: &job::Model) -> Result<Self> {
        Ok(serde_json::from_value(job.result.clone()).map_err(anyhow::Error::from)?)
    }

    pub(super) fn new(app: &App, sheet: &Sheet, checked: &Checked, alike: usize, seen: Seen) -> Result<Self> {
        let runs = runs::of(sheet, &checked.errors);
        let shown: Vec<Shown> = runs.iter().take(SHOWN).map(Shown::of).collect();
        let told = shown.iter().zip(&runs).map(|(_, run)| run.errors).sum();
        let shown = serde_json::to_vec(&shown)?;
        let column = |at: &usize| sheet.headers.get(*at).map(|h| format!("{} {}", h.letters, h.text));
        let notes: Vec<u32> = sheet.notes.iter().map(|row| row.number).collect();
        Ok(Self {
            rows: sheet.rows.len(),
            good: checked.good.len(),
            bad: checked.bad,
            errors: checked.errors.len(),
            alike,
            reused: seen.reused,
            filled: seen.filled,
            differing: seen.differing,
            unknown: sheet.unknown.clone(),
            similar_sheets: sheet.similar_sheets.clone(),
            hidden_rows: row_list(&sheet.hidden_rows),
            hidden_row_count: sheet.hidden_rows.len(),
            hidden_columns: sheet.hidden_columns.iter().filter_map(column).collect(),
            notes: row_list(&notes),
            told,
            shown: Some(BASE64_STANDARD.encode(app.keys.seal_bytes("file", &shown)?.0)),
            ..Self::default()
        })
    }

    /// Somebody has to say whether what nobody sees is read.
    pub fn asks(&self, options: &Options) -> bool {
        (!self.hidden_rows.is_empty() && options.hidden_rows.is_none())
            || (!self.hidden_columns.is_empty() && options.hidden_columns.is_none())
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
