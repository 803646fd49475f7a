//! A sheet whose columns are known, and typed access to its rows.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    cell::{Cell, Refusal},
    error::CellError,
    header::Header,
};

/// A sheet as read: headers, and the rows below them that hold anything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// Name of the sheet; empty for delimited text.
    pub name: String,
    /// Number of the header row as the spreadsheet shows it.
    pub header_row: u32,
    /// The columns from `A` on.
    pub headers: Vec<Header>,
    /// Rows with content in a known column. Blank rows, also trailing ones that are merely formatted, are left out.
    pub rows: Vec<Row>,
    /// Rows about the list and not about anybody (totals, remarks, signatures, a header once more), which are not among
    /// the rows: say so to the sender.
    #[serde(default)]
    pub notes: Vec<Row>,
    /// Numbers of the rows that the sender does not see, hidden by a filter or by hand: ask the sender.
    #[serde(default)]
    pub hidden_rows: Vec<u32>,
    /// Positions of the known columns with content that the sender does not see: ask the sender.
    #[serde(default)]
    pub hidden_columns: Vec<usize>,
    /// Columns that nobody asked for, by header text, and columns with content but no header, by letter. Their content
    /// is in the rows, but not read: say so to the sender.
    pub unknown: Vec<String>,
    /// Further visible sheets with the same columns, which were not read: say so to the sender.
    pub similar_sheets: Vec<String>,
    /// Days are counted from 1904 (workbooks from old Macs).
    pub epoch_1904: bool,
}

/// A row as read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its number as the spreadsheet shows it.
    pub number: u32,
    /// Its cells, one for each header.
    pub cells: Vec<Cell>,
}

/// What is read of that which can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Rows that the sender does not see.
    pub hidden_rows: bool,
    /// Columns that the sender does not see.
    pub hidden_columns: bool,
    /// Rows about the list, as if they were about somebody.
    pub notes: bool,
}

impl Sheet {
    /// The sheet as somebody decided to read it; what it says about itself stays.
    #[must_use]
    pub fn read_as(mut self, reading: Reading) -> Self {
        if !reading.hidden_rows {
            let hidden = &self.hidden_rows;
            self.rows.retain(|row| hidden.binary_search(&row.number).is_err());
        }
        if !reading.hidden_columns {
            for column in &self.hidden_columns {
                if let Some(header) = self.headers.get_mut(*column) {
                    header.key = None;
                }
            }
        }
        if reading.notes {
            self.rows.extend(self.notes.iter().cloned());
            self.rows.sort_by_key(|row| row.number);
        }
        self
    }

    /// The rows with typed access.
    pub fn iter(&self) -> impl Iterator<Item = RowReader<'_>> {
        self.rows.iter().map(|row| RowReader { sheet: self, row })
    }

    /// Position of a known column.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.headers
            .iter()
            .position(|header| header.key.as_deref() == Some(key))
    }

    /// An error at a cell, for what only the importer can see (a form that refuses a value, a duplicate).
    /// `None` when the file has no such column.
    pub fn error(
        &self,
        row: u32,
        key: &str,
        why: &'static str,
        params: Vec<(&'static str, String)>,
    ) -> Option<CellError> {
        let index = self.position(key)?;
        let header = self.headers.get(index)?;
        Some(CellError {
            row,
            index,
            column: header.letters.clone(),
            header: header.text.clone(),
            key: why,
            params,
        })
    }
}

/// Typed access to one row. A column that the file does not have reads as `None`, like an empty cell.
#[derive(Clone, Copy, Debug)]
pub struct RowReader<'a> {
    sheet: &'a Sheet,
    row: &'a Row,
}

impl<'a> RowReader<'a> {
    /// Number of the row as the spreadsheet shows it.
    pub fn number(&self) -> u32 {
        self.row.number
    }

    /// The cell as the file holds it; strokes alone are an empty one.
    pub fn cell(&self, key: &str) -> &'a Cell {
        self.sheet
            .position(key)
            .and_then(|index| self.row.cells.get(index))
            .filter(|cell| !cell.says_nothing())
            .unwrap_or(&Cell::Empty)
    }

    /// Running text: trimmed, every run of blanks one space, invisible characters dropped.
    ///
    /// # Errors
    /// Error values, formulas without a result, cells under a merged cell, numbers that lost digits.
    pub fn text(&self, key: &str) -> Result<Option<String>, CellError> {
        self.cell(key).text().map_err(|refusal| self.refused(key, refusal))
    }

    /// A number that is a name: identity number, telephone, file number. Full-width signs become plain, blanks go,
    /// letters become capital, look-alikes of X become X.
    ///
    /// # Errors
    /// As [`text`](Self::text); a long number that the spreadsheet turned into a rounded one is refused, because its
    /// last digits are gone.
    pub fn code(&self, key: &str) -> Result<Option<String>, CellError> {
        self.cell(key).code().map_err(|refusal| self.refused(key, refusal))
    }

    /// A calendar date, from a date cell, a serial number, or text (see [`entities::day::written()`]). A moment shortly
    /// before midnight is the next day; another time of day is refused with a question.
    ///
    /// # Errors
    /// As [`text`](Self::text), and whatever is not one date for sure.
    pub fn date(&self, key: &str) -> Result<Option<NaiveDate>, CellError> {
        self.cell(key)
            .date(self.sheet.epoch_1904)
            .map_err(|refusal| self.refused(key, refusal))
    }

    /// A whole number; thousands may be separated by commas.
    ///
    /// # Errors
    /// As [`code`](Self::code), and whatever is no whole number.
    pub fn integer(&self, key: &str) -> Result<Option<i64>, CellError> {
        self.cell(key).integer().map_err(|refusal| self.refused(key, refusal))
    }

    /// A number with or without a fraction.
    ///
    /// # Errors
    /// As [`code`](Self::code), and whatever is no number.
    pub fn number_value(&self, key: &str) -> Result<Option<f64>, CellError> {
        self.cell(key).number().map_err(|refusal| self.refused(key, refusal))
    }

    /// An error at a cell of this row, for what only the importer can see. `None` when the file has no such column.
    pub fn error(&self, key: &str, why: &'static str, params: Vec<(&'static str, String)>) -> Option<CellError> {
        self.sheet.error(self.row.number, key, why, params)
    }

    fn refused(&self, column: &str, (key, params): Refusal) -> CellError {
        let index = self.sheet.position(column).unwrap_or_default();
        let header = self.sheet.headers.get(index);
        CellError {
            row: self.row.number,
            index,
            column: header.map(|h| h.letters.clone()).unwrap_or_default(),
            header: header.map(|h| h.text.clone()).unwrap_or_default(),
            key,
            params,
        }
    }
}
