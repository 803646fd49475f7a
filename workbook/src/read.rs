//! From bytes to a [`Sheet`].

use std::collections::BTreeSet;

use super::{
    cell::Cell,
    column_letters, delimited,
    error::ReadError,
    grid::{Cells, Grid},
    header::{self, Column, Found, SEARCHED_ROWS},
    kind::{self, Kind},
    notes::Marks,
    package,
    sheet::{Row, Sheet},
    xlsx::Workbook,
};

/// How much a file may hold.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Bytes of all parts of a workbook after inflating, and of all texts of a sheet.
    pub inflated: u64,
    /// Inflated size over packed size; counts for workbooks that inflate to more than 16 MB.
    pub ratio: u64,
    /// Parts of a workbook.
    pub entries: usize,
    /// Data rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 20 * 1024 * 1024,
            inflated: 128 * 1024 * 1024,
            ratio: 200,
            entries: 1_000,
            rows: 20_000,
            columns: 128,
        }
    }
}

/// Sheets that are searched for the known columns.
const SEARCHED_SHEETS: usize = 20;

/// Reads the sheet that holds the known `columns`: of a workbook the first visible sheet whose header has all required
/// ones. What the file is, is judged by its bytes.
///
/// This is work for a blocking thread: 10,000 rows of 25 columns take about half a second.
///
/// # Errors
/// [`ReadError`] when the file as a whole cannot be used; what is wrong with single cells shows when they are asked for.
pub fn read(bytes: &[u8], columns: &[Column], limits: &Limits) -> Result<Sheet, ReadError> {
    if bytes.len() > limits.bytes {
        return Err(ReadError::TooLarge { limit: limits.bytes });
    }
    match kind::of(bytes)? {
        Kind::Text => {
            let grid = delimited::grid(bytes, limits)?;
            if grid.rows.is_empty() {
                return Err(ReadError::Empty);
            }
            let found = header::find(&grid, columns, limits).checked(columns)?;
            sheet(grid, found, columns, Vec::new(), limits)
        }
        Kind::Package => {
            let contents = package::check(bytes, limits)?;
            let mut workbook = Workbook::open(bytes, contents, limits)?;
            let (name, others) = choose(&mut workbook, columns, limits)?;
            let grid = workbook.grid(&name, None)?;
            if grid.rows.is_empty() {
                return Err(ReadError::Empty);
            }
            let found = header::find(&grid, columns, limits).checked(columns)?;
            sheet(grid, found, columns, others, limits)
        }
    }
}

/// The name of the sheet to read, and the names of further sheets that look like it.
fn choose(
    workbook: &mut Workbook<'_>,
    columns: &[Column],
    limits: &Limits,
) -> Result<(String, Vec<String>), ReadError> {
    let top = u32::try_from(SEARCHED_ROWS).unwrap_or(u32::MAX);
    let mut ranked = Vec::new();
    for name in workbook.visible_sheets().into_iter().take(SEARCHED_SHEETS) {
        let grid = workbook.grid(&name, Some(top))?;
        ranked.push((header::find(&grid, columns, limits).rank(columns), name));
    }
    // The sort is stable: of equals the first sheet wins.
    ranked.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    let mut ranked = ranked.into_iter();
    let (_, name) = ranked.next().ok_or(ReadError::Empty)?;
    Ok((
        name,
        ranked
            .filter(|((complete, known), _)| *complete && *known > 0)
            .map(|(_, name)| name)
            .collect(),
    ))
}

fn sheet(
    grid: Grid,
    found: Found,
    columns: &[Column],
    similar_sheets: Vec<String>,
    limits: &Limits,
) -> Result<Sheet, ReadError> {
    let Found {
        row: header_row,
        headers,
    } = found;
    let width = headers.len();
    let mut nameless = BTreeSet::new();
    let is_required = |key: &str| columns.iter().any(|column| column.required && column.key == key);
    let known = |header: &header::Header| header.key.as_deref().is_some_and(is_required);
    let required = (0..headers.len())
        .filter(|at| headers.get(*at).is_some_and(known))
        .collect();
    let names = headers
        .iter()
        .map(|header| header.key.is_some().then_some(header.text.as_str()));
    let marks = Marks::of(&grid, names, required);
    let mut rows = Vec::new();
    let mut noted = BTreeSet::new();
    for (&number, cells) in grid.rows.range(header_row.saturating_add(1)..) {
        nameless.extend(
            cells
                .iter()
                .map(|(column, _)| *column)
                .filter(|&column| headers.get(column).is_none_or(|header| header.text.trim().is_empty())),
        );
        // A row that says nothing in a known column is blank, whatever numbers its lines have.
        let is_known = |column: usize| headers.get(column).is_some_and(|header| header.key.is_some());
        if !cells
            .iter()
            .any(|(column, cell)| is_known(*column) && !cell.says_nothing())
        {
            continue;
        }
        if marks.note(number, cells) {
            noted.insert(number);
        }
        rows.push(Row {
            number,
            cells: row_cells(cells, width),
        });
    }
    if rows.len() > limits.rows {
        return Err(ReadError::TooManyRows { limit: limits.rows });
    }
    cover_merged(&grid, header_row, &mut rows)?;
    let unknown = headers
        .iter()
        .filter(|h| h.key.is_none() && !h.text.trim().is_empty())
        .map(|h| h.text.clone());
    let unknown = unknown.chain(nameless.into_iter().map(column_letters)).collect();
    let (notes, rows): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| noted.contains(&row.number));
    let hidden_rows = grid
        .hidden
        .rows
        .iter()
        .copied()
        .filter(|number| rows.binary_search_by_key(number, |row| row.number).is_ok())
        .collect();
    let holds = |column: usize| {
        rows.iter()
            .any(|row| row.cells.get(column).is_some_and(|cell| !cell.is_empty()))
    };
    let hidden_columns = (0..headers.len())
        .filter(|&column| headers.get(column).is_some_and(|header| header.key.is_some()))
        .filter(|&column| grid.hidden.column(column) && holds(column))
        .collect();
    let Grid { name, epoch_1904, .. } = grid;
    Ok(Sheet {
        name,
        header_row,
        headers,
        rows,
        notes,
        hidden_rows,
        hidden_columns,
        unknown,
        similar_sheets,
        epoch_1904,
    })
}

fn row_cells(cells: &Cells, width: usize) -> Vec<Cell> {
    let mut row = vec![Cell::Empty; width];
    for (column, cell) in cells {
        if let Some(slot) = row.get_mut(*column) {
            *slot = cell.clone();
        }
    }
    row
}

/// Marks the cells that lie under a merged cell without being its first: what they mean is a guess, and guessing an
/// identity number into three rows would be worse than asking.
fn cover_merged(grid: &Grid, header_row: u32, rows: &mut [Row]) -> Result<(), ReadError> {
    // Merged regions never overlap in a workbook that Excel wrote, so together they cover no more than all cells.
    let mut room: usize = rows.iter().map(|row| row.cells.len()).sum();
    for region in grid.merges.iter().filter(|region| region.bottom > header_row) {
        let start = rows.partition_point(|row| row.number < region.top);
        for row in rows
            .iter_mut()
            .skip(start)
            .take_while(|row| row.number <= region.bottom)
        {
            let number = row.number;
            let wide = region.right.saturating_sub(region.left).saturating_add(1);
            for (column, cell) in row.cells.iter_mut().enumerate().skip(region.left).take(wide) {
                room = room.checked_sub(1).ok_or(ReadError::Bomb("merged cells"))?;
                if (number, column) != (region.top, region.left) && cell.is_empty() {
                    *cell = Cell::Merged;
                }
            }
        }
    }
    Ok(())
}
