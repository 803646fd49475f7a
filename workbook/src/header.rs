//! Finding the columns: by their names, in any order, below titles and notes, under merged group names.

use serde::{Deserialize, Serialize};

use super::{column_letters, error::ReadError, grid::Grid, heading::folded, read::Limits};

/// The header stands in one of the first rows; above it only titles and notes.
pub(super) const SEARCHED_ROWS: usize = 30;

/// A column that the importer knows.
#[derive(Clone, Debug)]
pub struct Column {
    /// Name in the program, for example `birth_date`.
    pub key: &'static str,
    /// Names in files, the template's own name first. Case, width, blanks, `*` and a bracketed hint at the end do not
    /// matter. A column under a merged group name also answers to group and name together.
    pub names: Vec<String>,
    /// A file without it is refused.
    pub required: bool,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Letters of the column.
    pub letters: String,
    /// Text as it stands in the file; empty for a column without a name.
    pub text: String,
    /// The known column it is.
    pub key: Option<String>,
}

/// Where the header stands, and what each column is.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) row: u32,
    pub(super) headers: Vec<Header>,
}

impl Found {
    fn known(&self) -> usize {
        self.headers.iter().filter(|h| h.key.is_some()).count()
    }

    fn holds(&self, key: &str) -> bool {
        self.headers.iter().any(|h| h.key.as_deref() == Some(key))
    }

    /// Refuses a header that lacks required columns or has one twice.
    pub(super) fn checked(self, columns: &[Column]) -> Result<Self, ReadError> {
        let own_name = |column: &Column| column.names.first().cloned().unwrap_or_else(|| column.key.to_owned());
        let expected: Vec<_> = columns.iter().filter(|c| c.required).collect();
        if self.known() == 0 {
            return Err(ReadError::NoHeader {
                expected: expected.into_iter().map(own_name).collect(),
            });
        }
        let missing: Vec<_> = expected
            .into_iter()
            .filter(|c| !self.holds(c.key))
            .map(own_name)
            .collect();
        if !missing.is_empty() {
            return Err(ReadError::MissingColumns { columns: missing });
        }
        let twice = |c: &&Column| self.headers.iter().filter(|h| h.key.as_deref() == Some(c.key)).count() > 1;
        let duplicates: Vec<_> = columns.iter().filter(twice).map(own_name).collect();
        if !duplicates.is_empty() {
            return Err(ReadError::DuplicateColumns { columns: duplicates });
        }
        Ok(self)
    }

    /// How well a sheet fits: all required columns first, then the number of known ones.
    pub(super) fn rank(&self, columns: &[Column]) -> (bool, usize) {
        (
            columns.iter().filter(|c| c.required).all(|c| self.holds(c.key)),
            self.known(),
        )
    }
}

/// The row among the first ones that names most of the known columns; the topmost of equals.
pub(super) fn find(grid: &Grid, columns: &[Column], limits: &Limits) -> Found {
    let names: Vec<(&'static str, Vec<String>)> = columns
        .iter()
        .map(|c| (c.key, c.names.iter().map(|n| folded(n)).collect()))
        .collect();
    let mut best = Found {
        row: 0,
        headers: Vec::new(),
    };
    for &row in grid.rows.keys().take(SEARCHED_ROWS) {
        let candidate = Found {
            row,
            headers: headers(grid, row, &names, limits),
        };
        if candidate.known() > best.known() {
            best = candidate;
        }
    }
    best
}

fn headers(grid: &Grid, row: u32, names: &[(&'static str, Vec<String>)], limits: &Limits) -> Vec<Header> {
    let key_of = |text: &str| {
        let text = folded(text);
        names
            .iter()
            .find(|(_, names)| names.contains(&text))
            .map(|(key, _)| (*key).to_owned())
    };
    let header = |column: usize| {
        // Of a cell merged over several columns only the first is named by it.
        let spread = grid.region(row, column).is_some_and(|region| region.left < column);
        let text = if spread {
            String::new()
        } else {
            grid.seen(row, column).shown()
        };
        let group = row
            .checked_sub(1)
            .map(|above| grid.seen(above, column).shown())
            .unwrap_or_default();
        let key = if text.trim().is_empty() {
            None
        } else {
            key_of(&format!("{group}{text}")).or_else(|| key_of(&text))
        };
        Header {
            letters: column_letters(column),
            text,
            key,
        }
    };
    (0..grid.width(row).min(limits.columns)).map(header).collect()
}
