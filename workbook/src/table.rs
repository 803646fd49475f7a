//! A report as a value: the page, the JSON, the CSV and the workbook all come from the same [`ReportTable`].

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::error::WriteError;

/// Shown where a number has no meaning: a rate without a population.
pub(super) const NONE: &str = "\u{2014}";

/// One value of a table or of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing to say; shown as a dash.
    None,
    /// Nothing to fill in; shown as an empty cell.
    Blank,
    /// Text, always written as text whatever it starts with.
    Text(String),
    /// A count.
    Count(i64),
    /// Money in fen, shown in yuan with two decimals.
    Fen(i64),
    /// A share of a population.
    Ratio(Ratio),
    /// A calendar date.
    Date(NaiveDate),
    /// A moment in the time zone of the reader.
    Moment(NaiveDateTime),
}

/// A share: numerator and denominator travel together, so that no rate is ever seen without its population.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// Cases.
    pub numerator: i64,
    /// Population. Zero means that the share has no meaning and is shown as a dash.
    pub denominator: i64,
    /// Per hundred (100, shown with a per cent sign) or per thousand (1000, shown with a per mille sign).
    pub per: u16,
    /// Decimals; rounding is half up.
    pub decimals: u8,
}

impl Ratio {
    /// A percentage with one decimal.
    pub fn percent(numerator: i64, denominator: i64) -> Self {
        Self {
            numerator,
            denominator,
            per: 100,
            decimals: 1,
        }
    }

    /// A share per thousand with two decimals, as prevalence is given.
    pub fn per_mille(numerator: i64, denominator: i64) -> Self {
        Self {
            numerator,
            denominator,
            per: 1000,
            decimals: 2,
        }
    }

    /// More than all: the two are not counted of the same people.
    pub fn exceeds_all(self) -> bool {
        self.denominator > 0 && self.numerator > self.denominator
    }

    /// The share itself (one half is 0.5); `None` without a population.
    pub fn share(self) -> Option<f64> {
        #[expect(
            clippy::as_conversions,
            clippy::cast_precision_loss,
            clippy::float_arithmetic,
            reason = "head counts"
        )]
        (self.denominator != 0).then(|| self.numerator as f64 / self.denominator as f64)
    }

    /// The share in words: `12.5%`, a dash without a population. Rounded half up in whole numbers, so that the page,
    /// the CSV and a check by hand agree.
    pub fn text(self) -> String {
        let sign = if self.per == 1000 { '\u{2030}' } else { '%' };
        let scale = 10_i128.pow(self.decimals.min(9).into());
        let top = i128::from(self.numerator) * i128::from(self.per) * scale * 2;
        let Some(doubled) = top.checked_div(i128::from(self.denominator)) else {
            return NONE.to_owned();
        };
        let rounded = if doubled < 0 {
            (doubled - 1) / 2
        } else {
            (doubled + 1) / 2
        };
        format!("{}{sign}", fixed(rounded, self.decimals.min(9), false))
    }

    /// `8/64`.
    pub fn fraction(self) -> String {
        format!("{}/{}", self.numerator, self.denominator)
    }
}

impl Value {
    /// The share, where it is one.
    pub const fn ratio(&self) -> Option<Ratio> {
        if let Self::Ratio(ratio) = self {
            Some(*ratio)
        } else {
            None
        }
    }

    /// Text, from anything that becomes a string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Text, or an empty cell.
    pub fn text_or_blank(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Blank, Self::text)
    }

    /// A calendar date, or an empty cell.
    pub fn date_or_blank(day: Option<NaiveDate>) -> Self {
        day.map_or(Self::Blank, Self::Date)
    }

    /// As people read it: thousands separated, money in yuan, a dash for none.
    pub fn shown(&self) -> String {
        match self {
            Self::None => NONE.to_owned(),
            Self::Blank => String::new(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => fixed((*count).into(), 0, true),
            Self::Fen(fen) => fixed((*fen).into(), 2, true),
            Self::Ratio(ratio) => ratio.text(),
            Self::Date(date) => date.to_string(),
            Self::Moment(moment) => moment.format("%Y-%m-%d %H:%M").to_string(),
        }
    }

    /// As programs read it (CSV): no separators, otherwise like [`shown`](Self::shown).
    pub fn plain(&self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Fen(fen) => fixed((*fen).into(), 2, false),
            Self::None | Self::Blank | Self::Text(_) | Self::Ratio(_) | Self::Date(_) | Self::Moment(_) => self.shown(),
        }
    }

    /// True for what stands on the right of a column.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Count(_) | Self::Fen(_) | Self::Ratio(_) | Self::None)
    }
}

/// A number with a fixed number of decimals.
fn fixed(number: i128, decimals: u8, grouped: bool) -> String {
    let digits = format!(
        "{:0>width$}",
        number.unsigned_abs(),
        width = usize::from(decimals).saturating_add(1)
    );
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(decimals.into()));
    let mut text = String::new();
    if number < 0 {
        text.push('-');
    }
    for (index, digit) in whole.chars().enumerate() {
        if grouped && index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if decimals > 0 {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// Numbers stay numbers, a ratio shows both of its numbers, none and blank are null.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None | Self::Blank => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Count(count) => serializer.serialize_i64(*count),
            Self::Fen(_) | Self::Date(_) | Self::Moment(_) => serializer.serialize_str(&self.plain()),
            Self::Ratio(ratio) => {
                let mut fields = serializer.serialize_struct("Ratio", 4)?;
                fields.serialize_field("numerator", &ratio.numerator)?;
                fields.serialize_field("denominator", &ratio.denominator)?;
                fields.serialize_field("per", &ratio.per)?;
                fields.serialize_field("text", &ratio.text())?;
                fields.end()
            }
        }
    }
}

/// A cell of a report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableCell {
    /// What it says.
    pub value: Value,
    /// Where the page leads from here: the list of children behind the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
}

impl From<Value> for TableCell {
    fn from(value: Value) -> Self {
        Self { value, href: None }
    }
}

/// A cell of the head; spans as in HTML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeadCell {
    /// Words.
    pub text: String,
    /// Columns it covers, at least 1.
    pub columns: u16,
    /// Levels it covers, at least 1.
    pub rows: u16,
}

impl HeadCell {
    /// Over one column and one level.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            columns: 1,
            rows: 1,
        }
    }

    /// Over several columns.
    #[must_use]
    pub fn over(mut self, columns: u16) -> Self {
        self.columns = columns;
        self
    }

    /// Over several levels.
    #[must_use]
    pub fn deep(mut self, rows: u16) -> Self {
        self.rows = rows;
        self
    }
}

/// What is common to the cells of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableColumn {
    /// Name in JSON and for programs.
    pub key: String,
    /// Width in characters, a Chinese one counts two.
    pub width: u16,
}

/// Which part of a table a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// One of the rows that add up.
    Body,
    /// A sum over some of them.
    Subtotal,
    /// The sum over all of them.
    Total,
}

/// A row of a report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableRow {
    /// Its part.
    pub kind: RowKind,
    /// One cell per column.
    pub cells: Vec<TableCell>,
}

/// A labelled fact above or below the table: reporting unit, period, person in charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What it says; empty for a line to write on.
    pub value: String,
}

/// A report: titles, facts, a head of several levels, rows, notes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReportTable {
    /// Name of the sheet.
    pub name: String,
    /// Titles, each over the full width.
    pub titles: Vec<String>,
    /// Facts above the table (reporting unit, period, filled in by).
    pub above: Vec<Fact>,
    /// Levels of the head, from the top.
    pub head: Vec<Vec<HeadCell>>,
    /// Columns from the left.
    pub columns: Vec<TableColumn>,
    /// Rows from the top.
    pub rows: Vec<TableRow>,
    /// Facts below the table (signatures, seal).
    pub below: Vec<Fact>,
    /// Explanations below the table: populations, modes, sources.
    pub notes: Vec<String>,
}

impl ReportTable {
    /// Checks that every row has one cell per column and that the head fits together.
    ///
    /// # Errors
    /// [`WriteError::Width`], [`WriteError::Head`].
    pub fn check(&self) -> Result<(), WriteError> {
        super::layout::placed(&self.head, self.columns.len())?;
        for (row, cells) in self.rows.iter().map(|row| row.cells.len()).enumerate() {
            if cells != self.columns.len() {
                return Err(WriteError::Width {
                    row,
                    cells,
                    columns: self.columns.len(),
                });
            }
        }
        Ok(())
    }

    /// The full name of each column: the words above it from the top, joined.
    ///
    /// # Errors
    /// [`WriteError::Head`].
    pub fn column_names(&self) -> Result<Vec<String>, WriteError> {
        let placed = super::layout::placed(&self.head, self.columns.len())?;
        let name = |column: usize| {
            let over = placed
                .iter()
                .filter(|p| (p.column..p.column.saturating_add(p.columns)).contains(&column));
            over.map(|p| p.text.trim())
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        };
        Ok((0..self.columns.len()).map(name).collect())
    }

    /// Columns whose total is not the sum of the body rows, by key. Counts and money are checked; a table without a
    /// total row has nothing to check.
    pub fn cross_foot(&self) -> Vec<&str> {
        let amount = |row: &TableRow, column: usize| match row.cells.get(column).map(|cell| &cell.value) {
            Some(Value::Count(number) | Value::Fen(number)) => Some(*number),
            _ => None,
        };
        let Some(total) = self.rows.iter().find(|row| row.kind == RowKind::Total) else {
            return Vec::new();
        };
        let differs = |&(column, _): &(usize, &TableColumn)| {
            let body = self.rows.iter().filter(|row| row.kind == RowKind::Body);
            amount(total, column).is_some_and(|sum| sum != body.filter_map(|row| amount(row, column)).sum::<i64>())
        };
        self.columns
            .iter()
            .enumerate()
            .filter(differs)
            .map(|(_, column)| column.key.as_str())
            .collect()
    }
}
