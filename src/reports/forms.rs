//! What the report pages are asked with.

use serde::Deserialize;

use super::screening::request::Asked;
use crate::platform::{Error, Result, workbook::Format};

/// A report as a file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ExportQuery {
    /// The report.
    #[serde(flatten)]
    pub asked: Asked,
    /// `xlsx` or `csv`.
    pub format: String,
}

impl ExportQuery {
    /// The format that is asked for.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn format(&self) -> Result<Format> {
        Format::named(&self.format).ok_or_else(|| Error::Unreadable(format!("format {}", self.format)))
    }
}

/// A report to be frozen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct FreezeForm {
    /// The report.
    #[serde(flatten)]
    pub asked: Asked,
    /// Why once more, or before the end.
    pub reason: String,
}

/// The children behind a number.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CellQuery {
    /// The report.
    #[serde(flatten)]
    pub asked: Asked,
    /// `period` or `year_to_date`.
    pub span: String,
    /// The indicator.
    pub cell: String,
    /// The row; missing for the total.
    pub row: Option<String>,
    /// Page of the list, from 1.
    pub page: String,
}

/// The children behind a number of a frozen report.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct FrozenCellQuery {
    /// `period` or `year_to_date`.
    pub span: String,
    /// The indicator.
    pub cell: String,
    /// The row; missing for the total.
    pub row: Option<String>,
}
