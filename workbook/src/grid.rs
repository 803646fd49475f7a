//! A sheet before its columns are known: cells by row and column, and the merged regions.

use std::collections::BTreeMap;

use super::{cell::Cell, hidden::Hidden};

/// Cells of one row by column position, in the order of the file.
pub(super) type Cells = Vec<(usize, Cell)>;

/// What a file holds, sparse: rows without content are not there.
#[derive(Debug, Default)]
pub(super) struct Grid {
    /// Name of the sheet; empty for delimited text.
    pub(super) name: String,
    /// Rows by the number the spreadsheet shows (from 1).
    pub(super) rows: BTreeMap<u32, Cells>,
    /// Merged regions.
    pub(super) merges: Vec<Region>,
    /// Days are counted from 1904 (workbooks from old Macs).
    pub(super) epoch_1904: bool,
    /// What nobody sees of it.
    pub(super) hidden: Hidden,
}

/// A merged region, all ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) top: u32,
    pub(super) left: usize,
    pub(super) bottom: u32,
    pub(super) right: usize,
}

impl Region {
    pub(super) fn contains(&self, row: u32, column: usize) -> bool {
        (self.top..=self.bottom).contains(&row) && (self.left..=self.right).contains(&column)
    }
}

impl Grid {
    /// The cell itself, whatever covers it.
    pub(super) fn own(&self, row: u32, column: usize) -> &Cell {
        self.rows
            .get(&row)
            .and_then(|cells| cells.iter().find(|(c, _)| *c == column))
            .map_or(&Cell::Empty, |(_, cell)| cell)
    }

    /// The merged region over a cell.
    pub(super) fn region(&self, row: u32, column: usize) -> Option<&Region> {
        self.merges.iter().find(|region| region.contains(row, column))
    }

    /// What a reader sees in a cell: its own content or that of the merged cell over it.
    pub(super) fn seen(&self, row: u32, column: usize) -> &Cell {
        match self.region(row, column) {
            Some(region) => self.own(region.top, region.left),
            None => self.own(row, column),
        }
    }

    /// One more than the last column that holds something in `row`, merged cells included.
    pub(super) fn width(&self, row: u32) -> usize {
        let own = self.rows.get(&row).into_iter().flatten().map(|(column, _)| *column);
        let merged = self
            .merges
            .iter()
            .filter(|r| (r.top..=r.bottom).contains(&row))
            .map(|r| r.right);
        own.chain(merged).max().map_or(0, |last| last.saturating_add(1))
    }
}
