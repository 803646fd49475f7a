//! The pages of lists of divisions.

use askama::Template;
use entities::words::DivisionChange;

use super::check::Checked;
use crate::{platform::Errors, web::filters};

/// Rows and errors that a page shows; the workbook has them all.
const SHOWN: usize = 100;

/// Bringing a list in.
#[derive(Template)]
#[template(path = "divisions/import.html")]
pub struct ImportPage {
    /// What is wrong with the file as a whole.
    pub errors: Errors,
}

/// What a list means, before it is taken.
#[derive(Template)]
#[template(path = "divisions/preview.html")]
pub struct PreviewPage {
    /// Name of the file.
    pub file: String,
    /// What it says.
    pub checked: Checked,
    /// Organisations of divisions that end: name, code, and what becomes of the division.
    pub concerned: Vec<(String, String, DivisionChange)>,
    /// Columns that nobody asked for.
    pub unknown: Vec<String>,
    /// What stands against taking it.
    pub errors: Errors,
}

impl PreviewPage {
    fn is_new(&self) -> bool {
        !self.checked.added.is_empty() || !self.checked.changes.is_empty()
    }

    fn renamed(&self) -> usize {
        let renamed = self
            .checked
            .changes
            .iter()
            .filter(|c| c.kind == DivisionChange::Renamed);
        renamed.count()
    }
}
