//! What can be wrong with a spreadsheet: with the file as a whole, or with one cell.

use serde::Serialize;
use words::Say;

/// The file as a whole cannot be used. [`key`](ReadError::key) and [`params`](ReadError::params) give the sentence for
/// the person who sent it; `Display` is for the log and holds nothing that stood in a cell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No bytes, or no cell with content.
    #[error("the file is empty")]
    Empty,
    /// More bytes than allowed.
    #[error("the file has more than {limit} bytes")]
    TooLarge {
        /// Allowed size in bytes.
        limit: usize,
    },
    /// Neither a workbook nor text: a picture, a PDF, a web page with an Excel name.
    #[error("the file is not a workbook")]
    NotAWorkbook,
    /// Excel 97-2003 (`.xls`).
    #[error("the file is in the old .xls format")]
    OldExcel,
    /// Protected by a password.
    #[error("the workbook is encrypted")]
    Encrypted,
    /// Another spreadsheet format (`.ods`, `.xlsb`).
    #[error("the file is in another spreadsheet format")]
    OtherFormat,
    /// Truncated or malformed. The reason is the parser's, for the log.
    #[error("the workbook is damaged: {0}")]
    Damaged(String),
    /// A small file that would become very large, or that makes a parser allocate without measure.
    #[error("the workbook inflates beyond the limit: {0}")]
    Bomb(&'static str),
    /// Text in neither UTF-8, UTF-16 nor GB18030.
    #[error("the text is in no known encoding")]
    Encoding,
    /// More rows than allowed.
    #[error("more than {limit} rows")]
    TooManyRows {
        /// Allowed number of data rows.
        limit: usize,
    },
    /// More columns than allowed.
    #[error("more than {limit} columns")]
    TooManyColumns {
        /// Allowed number of columns.
        limit: usize,
    },
    /// A cell holds more text than Excel itself allows; in CSV this is usually a quotation mark that is never closed.
    #[error("row {row} holds a text that is too long")]
    LongText {
        /// Row number as the spreadsheet shows it.
        row: u32,
    },
    /// No row was found that looks like the header.
    #[error("no header row")]
    NoHeader {
        /// Names of the expected columns.
        expected: Vec<String>,
    },
    /// Required columns are missing.
    #[error("missing columns: {}", columns.join(", "))]
    MissingColumns {
        /// Their names as the template writes them.
        columns: Vec<String>,
    },
    /// Two columns carry names of the same meaning.
    #[error("duplicate columns: {}", columns.join(", "))]
    DuplicateColumns {
        /// Their names as the template writes them.
        columns: Vec<String>,
    },
}

impl ReadError {
    /// Locale key of the sentence for the sender.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Empty => "workbook.file.empty",
            Self::TooLarge { .. } => "workbook.file.too_large",
            Self::NotAWorkbook => "workbook.file.not_a_workbook",
            Self::OldExcel => "workbook.file.old_excel",
            Self::Encrypted => "workbook.file.encrypted",
            Self::OtherFormat => "workbook.file.other_format",
            Self::Damaged(_) => "workbook.file.damaged",
            Self::Bomb(_) => "workbook.file.bomb",
            Self::Encoding => "workbook.file.encoding",
            Self::TooManyRows { .. } => "workbook.file.too_many_rows",
            Self::TooManyColumns { .. } => "workbook.file.too_many_columns",
            Self::LongText { .. } => "workbook.file.long_text",
            Self::NoHeader { .. } => "workbook.file.no_header",
            Self::MissingColumns { .. } => "workbook.file.missing_columns",
            Self::DuplicateColumns { .. } => "workbook.file.duplicate_columns",
        }
    }

    /// Parameters of that sentence.
    pub fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLarge { limit } => vec![("limit", format!("{} MB", limit / (1024 * 1024)))],
            Self::TooManyRows { limit } | Self::TooManyColumns { limit } => vec![("limit", limit.to_string())],
            Self::LongText { row } => vec![("row", row.to_string())],
            Self::NoHeader { expected: columns }
            | Self::MissingColumns { columns }
            | Self::DuplicateColumns { columns } => vec![("columns", columns.join(", "))],
            Self::Empty
            | Self::NotAWorkbook
            | Self::OldExcel
            | Self::Encrypted
            | Self::OtherFormat
            | Self::Damaged(_)
            | Self::Bomb(_)
            | Self::Encoding => Vec::new(),
        }
    }
}

/// One cell cannot be read as what its column holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellError {
    /// Row number as the spreadsheet shows it (the first row is 1).
    pub row: u32,
    /// Position of the column, 0 is `A`.
    pub index: usize,
    /// Letters of the column.
    pub column: String,
    /// Header text of the column as it stands in the file.
    pub header: String,
    /// Locale key of the reason.
    pub key: &'static str,
    /// Parameters of the reason.
    pub params: Vec<(&'static str, String)>,
}

impl CellError {
    /// The reason as a sentence for the sender, without the place.
    pub fn say(&self) -> Say {
        said(self.key, &self.params)
    }
}

impl From<&ReadError> for Say {
    fn from(error: &ReadError) -> Self {
        said(error.key(), &error.params())
    }
}

fn said(key: &'static str, params: &[(&'static str, String)]) -> Say {
    params
        .iter()
        .fold(Say::new(key), |say, (name, value)| say.with(name, value))
}

/// A workbook could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The writer refused: too many rows, a sheet name twice, no room on the disk.
    #[error(transparent)]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// CSV could not be written.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// The target could not be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The spans of a report head leave holes or overlap.
    #[error("the head of the table does not fit together at level {level}")]
    Head {
        /// Level of the head, 0 is the topmost.
        level: usize,
    },
    /// A row has another number of cells than the table has columns.
    #[error("row {row} has {cells} cells, the table has {columns} columns")]
    Width {
        /// Position of the row in the table, 0 is the first.
        row: usize,
        /// Its number of cells.
        cells: usize,
        /// Number of columns of the table.
        columns: usize,
    },
}
