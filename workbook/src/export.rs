//! A long list as a file, row by row: the rows of 100,000 children never stand in memory together.

use chrono::NaiveDateTime;
use entities::words::Language;
use rust_xlsxwriter::{Format as CellFormat, Workbook};

use super::{
    error::WriteError,
    style,
    table::{Ratio, Value},
};

/// Files a list can become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A workbook.
    Xlsx,
    /// Comma-separated text with a byte order mark, so that Excel reads the Chinese.
    Csv,
}

impl Format {
    /// The one that an address names; a workbook when it names none.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "" | "xlsx" => Some(Self::Xlsx),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// Media type for the answer.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// Ending of the file name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }
}

/// A column of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportColumn {
    /// Words of the header.
    pub header: String,
    /// Width in characters, a Chinese one counts two.
    pub width: u16,
}

/// A list that is being written. A workbook keeps its rows in a temporary file until [`finish`](Export::finish).
pub struct Export {
    sink: Sink,
    rows: usize,
    width: usize,
}

enum Sink {
    Xlsx {
        workbook: Box<Workbook>,
        formats: Box<Formats>,
    },
    Csv(Box<csv::Writer<Vec<u8>>>),
}

impl Export {
    /// Starts a list. `exported_by` is a name as the reader knows it, `exported_at` the moment in the reader's time
    /// zone; both stand at the foot of every printed page.
    ///
    /// # Errors
    /// A temporary file that cannot be made; a header that the writer refuses.
    pub fn new(
        format: Format,
        name: &str,
        columns: &[ExportColumn],
        (exported_by, exported_at): (&str, NaiveDateTime),
        language: Language,
    ) -> Result<Self, WriteError> {
        let sink = match format {
            Format::Xlsx => {
                let mut workbook = Workbook::new();
                workbook.set_properties(&style::properties(name, exported_by, exported_at)?);
                let sheet = workbook.add_worksheet_with_constant_memory()?;
                sheet.set_name(style::sheet_name(name))?;
                sheet.set_freeze_panes(1, 0)?;
                sheet.set_repeat_rows(0, 0)?;
                sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
                sheet.set_footer(style::footer(exported_by, exported_at, language));
                for (index, column) in columns.iter().enumerate() {
                    sheet.set_column_width(style::column(index), f64::from(column.width.clamp(4, 120)))?;
                    let header = style::fitting(&column.header);
                    sheet.write_string_with_format(0, style::column(index), header, &style::head())?;
                }
                Sink::Xlsx {
                    workbook: Box::new(workbook),
                    formats: Box::new(Formats::new()),
                }
            }
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(Vec::from("\u{FEFF}"));
                writer.write_record(columns.iter().map(|c| style::csv_field(&Value::Text(c.header.clone()))))?;
                Sink::Csv(Box::new(writer))
            }
        };
        Ok(Self {
            sink,
            rows: 0,
            width: columns.len(),
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Another number of cells than columns; a full disk; more rows than a sheet has.
    pub fn row(&mut self, cells: &[Value]) -> Result<(), WriteError> {
        if cells.len() != self.width {
            return Err(WriteError::Width {
                row: self.rows,
                cells: cells.len(),
                columns: self.width,
            });
        }
        self.rows += 1;
        match &mut self.sink {
            Sink::Xlsx { workbook, formats } => {
                let sheet = workbook.worksheet_from_index(0)?;
                for (index, value) in cells.iter().enumerate() {
                    style::write(
                        sheet,
                        style::row(self.rows),
                        style::column(index),
                        value,
                        formats.of(value),
                    )?;
                }
            }
            Sink::Csv(writer) => writer.write_record(cells.iter().map(style::csv_field))?,
        }
        Ok(())
    }

    /// Number of rows so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The file.
    ///
    /// # Errors
    /// What the writer refuses; a full disk.
    pub fn finish(self) -> Result<Vec<u8>, WriteError> {
        match self.sink {
            Sink::Xlsx { mut workbook, .. } => {
                let (last_row, last_column) = (style::row(self.rows), style::column(self.width.max(1) - 1));
                workbook
                    .worksheet_from_index(0)?
                    .autofilter(0, 0, last_row, last_column)?;
                Ok(workbook.save_to_buffer()?)
            }
            Sink::Csv(writer) => writer.into_inner().map_err(|error| WriteError::Io(error.into_error())),
        }
    }
}

/// Formats made once: comparing them is dearer than writing a cell.
struct Formats {
    text: CellFormat,
    plain: CellFormat,
    count: CellFormat,
    fen: CellFormat,
    percent: CellFormat,
    per_mille: CellFormat,
    date: CellFormat,
    moment: CellFormat,
}

impl Formats {
    fn new() -> Self {
        let format = |value: &Value| style::for_value(style::body(), value);
        let midnight = NaiveDateTime::default();
        Self {
            text: style::text(),
            plain: style::body(),
            count: format(&Value::Count(0)),
            fen: format(&Value::Fen(0)),
            percent: format(&Value::Ratio(Ratio::percent(0, 1))),
            per_mille: format(&Value::Ratio(Ratio::per_mille(0, 1))),
            date: format(&Value::Date(midnight.date())),
            moment: format(&Value::Moment(midnight)),
        }
    }

    fn of(&self, value: &Value) -> &CellFormat {
        match value {
            Value::Text(_) => &self.text,
            Value::None | Value::Blank => &self.plain,
            Value::Count(_) => &self.count,
            Value::Fen(_) => &self.fen,
            Value::Ratio(ratio) if ratio.per == 1000 => &self.per_mille,
            Value::Ratio(_) => &self.percent,
            Value::Date(_) => &self.date,
            Value::Moment(_) => &self.moment,
        }
    }
}
