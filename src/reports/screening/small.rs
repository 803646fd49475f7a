//! Small numbers, for readers who may see numbers but no children: one to four children of a street could be recognised.

use super::{
    indicators::{self, Column},
    request::Mode,
};
use crate::platform::workbook::{ReportTable, RowKind, Value};

/// Numbers below this are not told.
pub const FEWEST: i64 = 5;

/// Hides what is below [`FEWEST`] and what would give it away: a lone hidden row beside a total, the other sex, a share
/// of a hidden number. `withheld` stands in place of what is hidden for that reason. Nothing leads to a list any more.
pub fn hide(table: &mut ReportTable, mode: Mode, withheld: &str) {
    let less = format!("<{FEWEST}");
    let columns: Vec<&Column> = indicators::columns().collect();
    for (index, _) in columns
        .iter()
        .enumerate()
        .filter(|(_, c)| matches!(c, Column::Count(_)))
    {
        hide_column(table, index + 1, &less, withheld);
    }
    let at = |key: &str| {
        columns
            .iter()
            .position(|column| column.key() == key)
            .map(|index| index + 1)
    };
    for row in &mut table.rows {
        for (one, other) in [("screened_male", "screened_female"), ("autism_male", "autism_female")] {
            let pair = [at(one), at(other)];
            let hidden = |index: &Option<usize>| {
                index.is_some_and(|i| row.cells.get(i).is_some_and(|c| matches!(c.value, Value::Text(_))))
            };
            if pair.iter().any(hidden) {
                for index in pair.into_iter().flatten() {
                    if let Some(cell) = row.cells.get_mut(index).filter(|c| matches!(c.value, Value::Count(_))) {
                        cell.value = Value::text(withheld);
                    }
                }
            }
        }
        for (index, column) in columns.iter().enumerate() {
            let Column::Share(rate) = column else { continue };
            let known = [rate.numerator(mode), rate.denominator];
            let small = |cell: &Value| match cell {
                Value::Ratio(ratio) => [ratio.numerator, ratio.denominator]
                    .iter()
                    .any(|n| (1..FEWEST).contains(n)),
                _ => false,
            };
            let hidden = known
                .iter()
                .filter_map(|key| at(key))
                .any(|i| row.cells.get(i).is_some_and(|c| matches!(c.value, Value::Text(_))));
            if let Some(cell) = row.cells.get_mut(index + 1)
                && (hidden || small(&cell.value))
            {
                cell.value = Value::text(withheld);
            }
        }
        for cell in &mut row.cells {
            cell.href = None;
        }
    }
}

fn hide_column(table: &mut ReportTable, index: usize, less: &str, withheld: &str) {
    let number = |value: &Value| match value {
        Value::Count(number) => Some(*number),
        _ => None,
    };
    let mut hidden = 0;
    for row in &mut table.rows {
        let body = row.kind == RowKind::Body;
        if let Some(cell) = row.cells.get_mut(index)
            && number(&cell.value).is_some_and(|n| (1..FEWEST).contains(&n))
        {
            cell.value = Value::text(less);
            hidden += usize::from(body);
        }
    }
    if hidden != 1 {
        return;
    }
    // The total less the others would be the one hidden number: the smallest of the others goes too.
    let smallest = table
        .rows
        .iter_mut()
        .filter(|row| row.kind == RowKind::Body)
        .filter_map(|row| row.cells.get_mut(index))
        .filter(|cell| number(&cell.value).is_some_and(|n| n > 0))
        .min_by_key(|cell| number(&cell.value));
    match smallest {
        Some(cell) => cell.value = Value::text(withheld),
        // Nobody else: the total itself is that number.
        None => {
            for row in table.rows.iter_mut().filter(|row| row.kind != RowKind::Body) {
                if let Some(cell) = row.cells.get_mut(index) {
                    cell.value = Value::text(less);
                }
            }
        }
    }
}
