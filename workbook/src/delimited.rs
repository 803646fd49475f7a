//! Delimited text (`.csv`, and what Excel calls "Unicode text") as a grid.

use encoding_rs::{Encoding, GB18030, UTF_8};
use entities::text::tidy;

use super::{cell::Cell, error::ReadError, grid::Grid, read::Limits, xlsx::CELL_CHARS};

/// Reads the whole text. UTF-8 and UTF-16 by their marks, otherwise UTF-8 if it is valid, otherwise GB18030, which is
/// what Chinese Excel writes; comma, semicolon or tab, whichever the first line has most of.
pub(super) fn grid(bytes: &[u8], limits: &Limits) -> Result<Grid, ReadError> {
    let text = decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut grid = Grid::default();
    // The reader skips blank lines and sees lines inside quotes; to a spreadsheet the former are rows, the latter not.
    let (mut seen, mut lines, mut inner_lines) = (0, 1, 0);
    let mut record = csv::StringRecord::new();
    loop {
        let more = reader
            .read_record(&mut record)
            .map_err(|e| ReadError::Damaged(e.to_string()))?;
        if !more {
            break;
        }
        let start = record
            .position()
            .map_or(seen, |p| usize::try_from(p.byte()).unwrap_or(usize::MAX));
        let start = text.len()
            - text
                .get(start..)
                .unwrap_or_default()
                .trim_start_matches(['\r', '\n'])
                .len();
        lines += line_breaks(text.get(seen..start).unwrap_or_default());
        seen = start;
        let row = u32::try_from(lines - inner_lines).unwrap_or(u32::MAX);
        let mut cells = Vec::new();
        for (column, field) in record.iter().enumerate() {
            inner_lines += line_breaks(field);
            if field.chars().nth(CELL_CHARS).is_some() {
                return Err(ReadError::LongText { row });
            }
            let field = unwrapped(field);
            if tidy(field).is_empty() {
                continue;
            }
            if column >= limits.columns {
                return Err(ReadError::TooManyColumns { limit: limits.columns });
            }
            cells.push((column, Cell::Text(field.to_owned())));
        }
        if !cells.is_empty() {
            grid.rows.insert(row, cells);
        }
        if grid.rows.len() > limits.rows.saturating_add(super::header::SEARCHED_ROWS) {
            return Err(ReadError::TooManyRows { limit: limits.rows });
        }
    }
    Ok(grid)
}

fn decode(bytes: &[u8]) -> Result<String, ReadError> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, bytes.get(mark..).unwrap_or_default()),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, bytes),
        None => (GB18030, bytes),
    };
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or(ReadError::Encoding)?;
    // Binary rubbish decodes as GB18030 more often than one would think, and wide letters without a mark are plain ASCII with
    // every other byte empty. A text that says how it is written, or has other letters, is one all the same: some programs fill
    // the end of a field or a file with nothing.
    let is_certain = encoding != GB18030 && !text.is_ascii();
    if !is_certain && text.contains('\0') {
        return Err(ReadError::NotAWorkbook);
    }
    Ok(text.trim_end_matches('\0').to_owned())
}

/// Line feeds, carriage returns, or both together.
fn line_breaks(text: &str) -> usize {
    text.matches('\n').count() + text.matches('\r').count() - text.matches("\r\n").count()
}

fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |mark: char| first.chars().filter(|&c| c == mark).count();
    [(b'\t', count('\t')), (b';', count(';')), (b',', count(','))]
        .into_iter()
        .max_by_key(|(_, n)| *n)
        .map_or(b',', |(mark, _)| mark)
}

/// Undoes the two ways of keeping a spreadsheet from changing a field: `="00123"`, and an apostrophe in front of a
/// sign that would start a formula (which is how this module writes such texts).
fn unwrapped(field: &str) -> &str {
    if let Some(inner) = field.strip_prefix("=\"").and_then(|f| f.strip_suffix('"')) {
        return inner;
    }
    match field.strip_prefix('\'') {
        Some(rest) if super::style::is_formula_like(rest) => rest,
        _ => field,
    }
}
