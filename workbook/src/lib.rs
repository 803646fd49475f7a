//! Excel and CSV: the one place where spreadsheets are read and written.
//!
//! Pure: bytes in, values out (and back). No database, no HTTP, no clock; moments and the reader's language are
//! arguments.
//!
//! **Reading** (`read`): the bytes come from strangers. [`package`] opens the zip under limits before any parser sees it,
//! [`xlsx`] and [`delimited`] turn a file into a [`grid`], [`header`] finds the columns by their names, and the
//! result is a [`Sheet`] whose rows give typed values or a [`CellError`] that names row, column and reason.
//!
//! **Writing**: a report is a [`ReportTable`] whatever it becomes (page, JSON, CSV, XLSX). [`Template`] is the empty
//! workbook people fill in, [`marked`] is their own workbook back with its errors shown, [`Export`] is a long list
//! written row by row in constant memory. Text is always written as text, so a name that starts with `=` stays a name.
//!
//! ```text
//! bytes -> kind -> package -> xlsx ─┐
//!              └-> delimited ───────┴-> grid -> header -> Sheet -> Row::date("birth_date")
//! ReportTable ─┬-> to_xlsx   Template::to_xlsx   marked::to_xlsx   Export
//!              └-> to_csv, serde
//! ```

mod cell;
mod delimited;
mod error;
mod export;
mod grid;
mod header;
mod heading;
mod hidden;
mod kind;
mod layout;
pub mod marked;
mod notes;
mod numbers;
mod package;
mod read;
mod report;
mod sheet;
mod style;
mod table;
mod template;
#[cfg(test)]
mod tests;
mod xlsx;

pub use cell::Cell;
pub use error::{CellError, ReadError, WriteError};
pub use export::{Export, ExportColumn, Format};
pub use header::{Column, Header};
pub use marked::Mark;
pub use numbers::{row_list, row_run};
pub use read::{Limits, read};
pub use sheet::{Reading, Row, RowReader, Sheet};
pub use table::{Fact, HeadCell, Ratio, ReportTable, RowKind, TableCell, TableColumn, TableRow, Value};
pub use template::{Template, TemplateColumn, TemplateKind};

/// Letters of a spreadsheet column: 0 is `A`, 25 is `Z`, 26 is `AA`.
pub fn column_letters(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index;
    loop {
        letters.push(char::from(
            b'A'.saturating_add(u8::try_from(rest % 26).unwrap_or_default()),
        ));
        match (rest / 26).checked_sub(1) {
            Some(next) => rest = next,
            None => break,
        }
    }
    letters.iter().rev().collect()
}

/// Width of a text in spreadsheet characters: a Chinese character takes two.
pub fn text_width(text: &str) -> usize {
    text.chars().map(|c| if u32::from(c) < 0x1100 { 1 } else { 2 }).sum()
}
