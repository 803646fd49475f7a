//! Rows below the header that are about the list and not about a child: totals, signatures, remarks, a header that is
//! printed again on every page.

use entities::{half_width::narrow, text::tidy};

use super::{
    grid::{Cells, Grid},
    heading::folded,
};

/// What such rows begin with, in half-width small letters without blanks.
const BEGINNINGS: &[&str] = &[
    "合计",
    "小计",
    "总计",
    "共计",
    "总人数",
    "合共",
    "制表",
    "制单",
    "填表",
    "填报",
    "审核",
    "复核",
    "审批",
    "负责人",
    "经办人",
    "校验",
    "盖章",
    "签名",
    "签字",
    "说明",
    "填写说明",
    "填表说明",
    "备注",
    "注:",
    "注1",
    "注意",
    "打印",
    "以下空白",
    "以上",
    "单位:",
    "单位(盖章",
    "填报单位",
    "total",
    "subtotal",
    "sum:",
    "note:",
    "notes",
    "remark",
    "preparedby",
    "checkedby",
    "signature",
    "printed",
];

/// Of so many columns a merged cell is a title over the rows below it.
const TITLE: usize = 3;

/// What tells such rows.
pub(super) struct Marks<'a> {
    grid: &'a Grid,
    /// Names of the known columns, by position.
    names: Vec<Option<String>>,
    /// Positions of the required columns.
    required: Vec<usize>,
}

impl<'a> Marks<'a> {
    /// `names` of the known columns by position, and the positions of those that are required.
    pub(super) fn of(grid: &'a Grid, names: impl Iterator<Item = Option<&'a str>>, required: Vec<usize>) -> Self {
        Self {
            grid,
            names: names.map(|name| name.map(folded)).collect(),
            required,
        }
    }

    /// Whether a row is about the list. One that says most of what a child needs never is.
    pub(super) fn note(&self, row: u32, cells: &Cells) -> bool {
        self.is_header(cells) || (self.says_little(cells) && (self.begins_as_note(cells) || self.is_title(row, cells)))
    }

    fn is_header(&self, cells: &Cells) -> bool {
        let mut same = 0_usize;
        for (column, cell) in cells {
            match self.names.get(*column) {
                // Nearly every row ends here, at its first cell.
                Some(Some(name)) if *name != folded(&cell.shown()) => return false,
                Some(Some(_)) => same += 1,
                Some(None) | None => {}
            }
        }
        same > 1
    }

    fn says_little(&self, cells: &Cells) -> bool {
        let filled = cells
            .iter()
            .filter(|(column, _)| self.required.contains(column))
            .count();
        filled < self.required.len() && filled.saturating_mul(2) <= self.required.len()
    }

    fn begins_as_note(&self, cells: &Cells) -> bool {
        let first = cells.iter().min_by_key(|(column, _)| *column);
        let text = first.map_or_else(String::new, |(_, cell)| narrow(&tidy(&cell.shown())));
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let text = text.to_lowercase();
        let page = text.strip_prefix('第').is_some_and(|rest| {
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            rest.starts_with('页')
        });
        page || BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
    }

    fn is_title(&self, row: u32, cells: &Cells) -> bool {
        let [(column, _)] = cells.as_slice() else { return false };
        self.grid.region(row, *column).is_some_and(|region| {
            region.top == region.bottom && region.right.saturating_sub(region.left).saturating_add(1) >= TITLE
        })
    }
}
