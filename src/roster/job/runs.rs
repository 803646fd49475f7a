//! Rows that belong together: a run of rows with the same error is told once.

use std::collections::HashMap;

use crate::{platform::workbook::Sheet, roster::check::RowError};

/// An error in a run of rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'a> {
    /// That of the first row.
    pub(super) error: &'a RowError,
    /// The last row.
    pub(super) last: u32,
    /// How many errors they are.
    pub(super) errors: usize,
}

/// The errors by runs of rows that follow each other in the sheet, in the order of their first rows.
pub(super) fn of<'a>(sheet: &Sheet, errors: &'a [RowError]) -> Vec<Run<'a>> {
    let places: HashMap<u32, usize> = (0..).zip(&sheet.rows).map(|(at, row)| (row.number, at)).collect();
    let place = |row: u32| places.get(&row).copied();
    let mut runs: Vec<Run<'a>> = Vec::new();
    // The run that may still go on, by column; a row can have several errors in one cell.
    let mut open: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for error in errors {
        let here = open.entry(error.index).or_default();
        let before = place(error.row).and_then(|at| at.checked_sub(1));
        here.retain(|at| {
            runs.get(*at)
                .is_some_and(|run| run.last == error.row || (before.is_some() && place(run.last) == before))
        });
        let same = here.iter().copied().find(|at| {
            runs.get(*at)
                .is_some_and(|run| run.error.say == error.say && run.last != error.row)
        });
        match same.and_then(|at| runs.get_mut(at)) {
            Some(run) => {
                run.last = error.row;
                run.errors += 1;
            }
            None => {
                here.push(runs.len());
                runs.push(Run {
                    error,
                    last: error.row,
                    errors: 1,
                });
            }
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::{
        Say,
        workbook::{Limits, read},
    };

    fn sheet(rows: &[u32]) -> Sheet {
        let columns = crate::roster::columns::columns(entities::words::Language::Chinese).unwrap();
        let header = "姓名,性别,出生日期,居住地,监护人姓名,与儿童关系\n";
        let mut text = header.to_owned();
        for number in 2..=rows.iter().copied().max().unwrap_or(1) {
            text.push_str(if rows.contains(&number) { "小明\n" } else { "\n" });
        }
        read(text.as_bytes(), &columns, &Limits::default()).unwrap()
    }

    fn error(row: u32, index: usize, key: &'static str) -> RowError {
        RowError {
            row,
            index: Some(index),
            letters: String::new(),
            header: String::new(),
            say: Say::new(key),
        }
    }

    fn told(sheet: &Sheet, errors: &[RowError]) -> Vec<(u32, u32, Option<usize>, usize)> {
        of(sheet, errors)
            .iter()
            .map(|run| (run.error.row, run.last, run.error.index, run.errors))
            .collect()
    }

    #[test]
    fn a_run_of_rows_with_the_same_error_is_told_once() {
        let sheet = sheet(&[2, 3, 4, 6, 7]);
        let errors = [
            error(2, 1, "a"),
            error(2, 2, "b"),
            error(3, 1, "a"),
            error(4, 1, "a"),
            error(4, 2, "b"),
            error(6, 1, "a"),
            error(7, 1, "c"),
        ];
        let expected = [
            // The blank row between them is none; the row that is right is.
            (2, 6, Some(1), 4),
            (2, 2, Some(2), 1),
            (4, 4, Some(2), 1),
            (7, 7, Some(1), 1),
        ];
        assert_eq!(told(&sheet, &errors), expected);
    }

    #[test]
    fn two_errors_of_one_cell_are_two_runs() {
        let sheet = sheet(&[2, 3]);
        let errors = [error(2, 1, "a"), error(2, 1, "b"), error(3, 1, "a"), error(3, 1, "b")];
        assert_eq!(told(&sheet, &errors), [(2, 3, Some(1), 2), (2, 3, Some(1), 2)]);
        assert_eq!(told(&sheet, &[error(2, 1, "a"), error(3, 1, "d")]).len(), 2);
    }
}
