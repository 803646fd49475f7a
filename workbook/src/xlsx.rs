//! An `.xlsx` file as grids, read as a stream: what a sheet says about its size is never believed.

use std::collections::HashMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, DataType, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use entities::text::tidy;

use super::{
    cell::{Cell, serial_moment},
    error::ReadError,
    grid::{Grid, Region},
    hidden,
    package::Contents,
    read::Limits,
};

/// Excel's own limit for the text of a cell.
pub(super) const CELL_CHARS: usize = 32_767;
/// More merged regions than anybody makes by hand.
const MERGES: usize = 20_000;

/// An opened workbook.
pub(super) struct Workbook<'a> {
    bytes: &'a [u8],
    inner: Xlsx<Cursor<&'a [u8]>>,
    limits: &'a Limits,
    /// Merged regions by sheet: they stand behind the cells, so finding them costs a pass over the sheet.
    merges: HashMap<String, Vec<Region>>,
    contents: Contents,
}

impl<'a> Workbook<'a> {
    /// Opens a package that has passed [`super::package::check`].
    pub(super) fn open(bytes: &'a [u8], contents: Contents, limits: &'a Limits) -> Result<Self, ReadError> {
        guarded(|| Xlsx::new(Cursor::new(bytes)).map_err(|e| refused(&e))).map(|inner| Self {
            bytes,
            inner,
            limits,
            merges: HashMap::new(),
            contents,
        })
    }

    /// Names of the sheets a person can see, in order.
    pub(super) fn visible_sheets(&self) -> Vec<String> {
        let sheets = self.inner.sheets_metadata().iter();
        sheets
            .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
            .map(|sheet| sheet.name.clone())
            .collect()
    }

    /// One sheet, or only its rows up to `last_row`.
    pub(super) fn grid(&mut self, name: &str, last_row: Option<u32>) -> Result<Grid, ReadError> {
        guarded(|| {
            let epoch_1904 = self.inner.has_1904_epoch();
            let mut grid = Grid {
                name: name.to_owned(),
                epoch_1904,
                ..Grid::default()
            };
            self.cells(&mut grid, last_row)?;
            if self.contents.merges {
                grid.merges = self.merges(name)?;
            }
            if self.contents.hides && last_row.is_none() {
                grid.hidden = hidden::of(self.bytes, name, |row| grid.rows.contains_key(&row))?;
            }
            Ok(grid)
        })
    }

    fn merges(&mut self, name: &str) -> Result<Vec<Region>, ReadError> {
        if let Some(known) = self.merges.get(name) {
            return Ok(known.clone());
        }
        let merges = self.inner.merge_cells_by_sheet_name(name).map_err(|e| refused(&e))?;
        if merges.len() > MERGES {
            return Err(ReadError::Bomb("merged cells"));
        }
        let regions: Vec<_> = merges
            .iter()
            .map(|d| Region {
                top: d.start.0.saturating_add(1),
                left: usize::try_from(d.start.1).unwrap_or(usize::MAX),
                bottom: d.end.0.saturating_add(1),
                right: usize::try_from(d.end.1).unwrap_or(usize::MAX),
            })
            .collect();
        self.merges.insert(name.to_owned(), regions.clone());
        Ok(regions)
    }

    fn cells(&mut self, grid: &mut Grid, last_row: Option<u32>) -> Result<(), ReadError> {
        let epoch_1904 = grid.epoch_1904;
        let limits = self.limits;
        // A shared string is stored once and may be named by a million cells: count what is copied.
        let mut text_room = limits.inflated;
        let mut reader = self.inner.worksheet_cells_reader(&grid.name).map_err(|e| refused(&e))?;
        while let Some(record) = reader.next_cell_with_formula_metadata().map_err(|e| refused(&e))? {
            let (row, column) = record.pos;
            let row = row.saturating_add(1);
            if last_row.is_some_and(|last| row > last) {
                break;
            }
            if let DataRef::SharedString(_) | DataRef::String(_) = &record.value
                && let Some(text) = record.value.get_string()
            {
                text_room = text_room
                    .checked_sub(u64::try_from(text.len()).unwrap_or(u64::MAX))
                    .ok_or(ReadError::Bomb("text"))?;
                if text.len() > CELL_CHARS && text.chars().nth(CELL_CHARS).is_some() {
                    return Err(ReadError::LongText { row });
                }
            }
            // A formula whose result is the empty text has a result.
            let unknown = record.formula.is_some() && matches!(record.value, DataRef::Empty);
            let cell = if unknown {
                Cell::Formula
            } else {
                cell(record.value, epoch_1904)
            };
            if cell.is_empty() {
                continue;
            }
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            if column >= limits.columns {
                return Err(ReadError::TooManyColumns { limit: limits.columns });
            }
            let cells = grid.rows.entry(row).or_default();
            cells.push((column, cell));
            // Only a made-up file names a cell twice; it could do so without end.
            if cells.len() > limits.columns {
                return Err(ReadError::TooManyColumns { limit: limits.columns });
            }
            if grid.rows.len() > limits.rows.saturating_add(super::header::SEARCHED_ROWS) {
                return Err(ReadError::TooManyRows { limit: limits.rows });
            }
        }
        Ok(())
    }
}

fn cell(value: DataRef<'_>, epoch_1904: bool) -> Cell {
    match Data::from(value) {
        Data::Empty => Cell::Empty,
        Data::String(text) if tidy(&text).is_empty() => Cell::Empty,
        Data::Int(number) => number.to_string().parse().map_or(Cell::Empty, Cell::Number),
        Data::Float(number) => Cell::Number(number),
        Data::Bool(truth) => Cell::Truth(truth),
        Data::DateTime(moment) if moment.is_datetime() => match serial_moment(moment.as_f64(), epoch_1904) {
            Some(moment) => Cell::Moment(moment),
            None => Cell::Number(moment.as_f64()),
        },
        Data::DateTime(duration) => Cell::Number(duration.as_f64()),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Text(text),
        Data::Error(fault) => Cell::Fault(fault.to_string()),
    }
}

fn refused(error: &XlsxError) -> ReadError {
    if matches!(error, XlsxError::Password) {
        ReadError::Encrypted
    } else {
        ReadError::Damaged(error.to_string())
    }
}

/// A parser that panics on a malformed file must not take the server's worker with it: the file is damaged.
fn guarded<T>(parse: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(parse)).unwrap_or_else(|_| Err(ReadError::Damaged("the parser gave up".to_owned())))
}
