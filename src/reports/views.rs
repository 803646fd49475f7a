//! The report pages.

use askama::Template;

use super::screening::children::Behind;
use crate::{
    platform::{
        Errors, Say,
        workbook::{HeadCell, Ratio, ReportTable, RowKind, TableCell},
    },
    web::{Choice, List, Page, filters},
};

/// A table as a page shows it.
#[derive(Clone, Debug)]
pub struct ShownTable {
    /// Its name.
    pub caption: String,
    /// Levels of the head.
    pub head: Vec<Vec<HeadCell>>,
    /// Rows.
    pub rows: Vec<ShownRow>,
    /// Explanations.
    pub notes: Vec<String>,
    /// Whether the rows add up.
    pub check: String,
}

/// A row of it.
#[derive(Clone, Debug)]
pub struct ShownRow {
    /// The sum over the others.
    pub total: bool,
    /// What the row is.
    pub name: String,
    /// Its numbers.
    pub cells: Vec<ShownCell>,
}

/// A number of it.
#[derive(Clone, Debug)]
pub struct ShownCell {
    /// In words.
    pub text: String,
    /// Numerator and denominator of a share.
    pub fraction: String,
    /// The list behind it; empty when it leads nowhere.
    pub href: String,
    /// A share of more than all.
    pub beyond: bool,
}

impl From<&TableCell> for ShownCell {
    fn from(cell: &TableCell) -> Self {
        let ratio = cell.value.ratio();
        Self {
            text: cell.value.shown(),
            fraction: ratio.map(Ratio::fraction).unwrap_or_default(),
            beyond: ratio.is_some_and(Ratio::exceeds_all),
            href: cell.href.clone().unwrap_or_default(),
        }
    }
}

impl From<&ReportTable> for ShownTable {
    fn from(table: &ReportTable) -> Self {
        let row = |row: &crate::platform::workbook::TableRow| ShownRow {
            total: row.kind == RowKind::Total,
            name: row.cells.first().map(|cell| cell.value.shown()).unwrap_or_default(),
            cells: row.cells.iter().skip(1).map(ShownCell::from).collect(),
        };
        // The check comes first among the notes, see `table::notes`.
        Self {
            check: table.notes.first().cloned().unwrap_or_default(),
            caption: table.titles.join(" · "),
            head: table.head.clone(),
            rows: table.rows.iter().map(row).collect(),
            notes: table.notes.iter().skip(1).cloned().collect(),
        }
    }
}

/// 筛查月报, 年报.
#[derive(Template)]
#[template(path = "reports/screening.html")]
pub struct ScreeningPage {
    /// Name of the place and the period.
    pub lead: String,
    /// Query string of this report.
    pub query: String,
    /// The period as typed.
    pub month: String,
    /// What of it cannot be read; there are no tables then.
    pub errors: Errors,
    /// Its division code.
    pub division: String,
    /// Its way of counting.
    pub mode: &'static str,
    /// Its rows.
    pub by: &'static str,
    /// Divisions to choose from.
    pub divisions: Vec<Choice>,
    /// Published quarters to choose from, for those who see no children.
    pub quarters: Vec<Choice>,
    /// Ways of counting.
    pub modes: Vec<Choice>,
    /// Kinds of rows.
    pub rows: Vec<Choice>,
    /// The period is not over.
    pub running: bool,
    /// Small numbers are hidden from this reader.
    pub hidden: bool,
    /// The tables.
    pub tables: Vec<ShownTable>,
}

/// The children behind a number.
#[derive(Template)]
#[template(path = "reports/children.html")]
pub struct ChildrenPage {
    /// What is counted.
    pub title: String,
    /// Where and when.
    pub lead: String,
    /// What exactly the number means.
    pub means: Say,
    /// The report it belongs to: its address, and what it is called.
    pub back: (String, &'static str),
    /// The list.
    pub list: List,
    /// The children.
    pub page: Page<BehindRow>,
}

/// A child behind a number, in words.
#[derive(Clone, Debug)]
pub struct BehindRow {
    /// The child.
    pub child: Behind,
    /// The row of the report.
    pub row: String,
    /// Where the child lives now.
    pub street: String,
}
