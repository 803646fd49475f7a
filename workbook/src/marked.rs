//! The sender's own sheet back, with its errors marked: the cell red with a note on it, and all errors of a row in
//! words in a last column, because colour alone says nothing on paper or to a screen reader.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use entities::words::Language;
use rust_xlsxwriter::{Note, Workbook, Worksheet};
use words::{Say, raw};

use super::{
    cell::Cell,
    error::{CellError, WriteError},
    sheet::Sheet,
    style,
    table::Value,
};

/// Notes are drawings to a spreadsheet: beyond this many it takes minutes to open. The words column has them all.
const NOTES: usize = 2_000;

/// An error to show, in the sender's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Number of the row as the sheet shows it.
    pub row: u32,
    /// Position of the column; `None` for an error of the whole row.
    pub column: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
}

impl Mark {
    /// A cell error in words.
    pub fn of(error: &CellError, language: Language) -> Self {
        Self {
            row: error.row,
            column: Some(error.index),
            message: error.say().in_words(language),
        }
    }
}

/// The workbook. Rows keep their order and stand under the same header, so that it can be mended and sent again;
/// `only_marked` leaves out the rows without an error.
///
/// # Errors
/// What the writer refuses.
pub fn to_xlsx(
    sheet: &Sheet,
    marks: &[Mark],
    only_marked: bool,
    made_at: NaiveDateTime,
    language: Language,
) -> Result<Vec<u8>, WriteError> {
    let mut by_row: BTreeMap<u32, Vec<&Mark>> = BTreeMap::new();
    for mark in marks {
        by_row.entry(mark.row).or_default().push(mark);
    }
    let mut workbook = Workbook::new();
    workbook.set_properties(&style::properties(&sheet.name, "", made_at)?);
    let page = workbook.add_worksheet();
    page.set_name(style::sheet_name(&sheet.name))?;
    let errors_column = write_header(page, sheet, language)?;
    let mut notes = 0;
    let mut last_row = 0;
    for row in &sheet.rows {
        let marks = by_row.get(&row.number).map(Vec::as_slice).unwrap_or_default();
        if only_marked && marks.is_empty() {
            continue;
        }
        last_row += 1;
        for (index, cell) in row.cells.iter().enumerate() {
            let here: Vec<_> = marks
                .iter()
                .filter(|m| m.column == Some(index))
                .map(|m| m.message.as_str())
                .collect();
            write_cell(page, (last_row, index), cell, !here.is_empty())?;
            if !here.is_empty() && notes < NOTES {
                notes += 1;
                let note = Note::new(here.join("\n")).add_author_prefix(false).set_width(260);
                page.insert_note(style::row(last_row), style::column(index), &note)?;
            }
        }
        if !marks.is_empty() {
            let in_words: Vec<_> = marks.iter().map(|mark| in_words(sheet, mark, language)).collect();
            let format = style::error(style::text().set_text_wrap());
            let text = in_words.join("\n");
            page.write_string_with_format(style::row(last_row), errors_column, style::fitting(&text), &format)?;
        }
    }
    page.autofilter(0, 0, style::row(last_row), errors_column)?;
    Ok(workbook.save_to_buffer()?)
}

/// The header of the original and the column for the words; returns the position of the latter.
fn write_header(page: &mut Worksheet, sheet: &Sheet, language: Language) -> Result<u16, WriteError> {
    page.set_freeze_panes(1, 0)?;
    for (index, header) in sheet.headers.iter().enumerate() {
        page.set_column_width(style::column(index), 16)?;
        let text = if header.text.is_empty() {
            header.letters.as_str()
        } else {
            header.text.as_str()
        };
        page.write_string_with_format(0, style::column(index), style::fitting(text), &style::head())?;
    }
    let errors_column = style::column(sheet.headers.len());
    page.set_column_width(errors_column, 60)?;
    page.write_string_with_format(
        0,
        errors_column,
        raw(language, "workbook.errors_column"),
        &style::head(),
    )?;
    Ok(errors_column)
}

fn write_cell(page: &mut Worksheet, (row, column): (usize, usize), cell: &Cell, wrong: bool) -> Result<(), WriteError> {
    let value = match cell {
        Cell::Empty | Cell::Merged | Cell::Formula => Value::Blank,
        Cell::Moment(moment) if moment.time() == chrono::NaiveTime::MIN => Value::Date(moment.date()),
        Cell::Moment(moment) => Value::Moment(*moment),
        Cell::Text(_) | Cell::Fault(_) | Cell::Truth(_) | Cell::Number(_) => Value::Text(cell.shown()),
    };
    if matches!(value, Value::Blank) && !wrong {
        return Ok(());
    }
    let format = style::for_value(style::text(), &value);
    let format = if wrong { style::error(format) } else { format };
    let (row, column) = (style::row(row), style::column(column));
    if let Cell::Number(number) = cell
        && number.is_finite()
    {
        let format = if wrong {
            style::error(style::body())
        } else {
            style::body()
        };
        page.write_number_with_format(row, column, *number, &format)?;
        return Ok(());
    }
    style::write(page, row, column, &value, &format)
}

/// `C (birth date): this is not a date`, in the sender's words.
fn in_words(sheet: &Sheet, mark: &Mark, language: Language) -> String {
    match mark.column.and_then(|index| sheet.headers.get(index)) {
        Some(header) => {
            let say = Say::new("workbook.error_at")
                .with("column", &header.letters)
                .with("header", &header.text);
            say.with("message", &mark.message).in_words(language)
        }
        None => mark.message.clone(),
    }
}
