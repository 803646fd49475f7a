//! Where the cells of a report's head come to lie, by the rules of an HTML table.

use super::{error::WriteError, table::HeadCell};

/// A head cell with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed<'a> {
    pub(super) text: &'a str,
    pub(super) level: usize,
    pub(super) column: usize,
    pub(super) levels: usize,
    pub(super) columns: usize,
}

/// Places every head cell; the cells must tile all levels and columns exactly.
pub(super) fn placed(head: &[Vec<HeadCell>], width: usize) -> Result<Vec<Placed<'_>>, WriteError> {
    let mut taken = vec![vec![false; width]; head.len()];
    let mut places = Vec::new();
    for (level, cells) in head.iter().enumerate() {
        for cell in cells {
            let misfit = WriteError::Head { level };
            let Some(column) = taken.get(level).and_then(|row| row.iter().position(|taken| !taken)) else {
                return Err(misfit);
            };
            let (levels, columns) = (usize::from(cell.rows), usize::from(cell.columns));
            if levels == 0 || columns == 0 || level + levels > head.len() || column + columns > width {
                return Err(misfit);
            }
            for slot in taken
                .iter_mut()
                .skip(level)
                .take(levels)
                .flat_map(|row| row.iter_mut().skip(column).take(columns))
            {
                if std::mem::replace(slot, true) {
                    return Err(misfit);
                }
            }
            places.push(Placed {
                text: &cell.text,
                level,
                column,
                levels,
                columns,
            });
        }
    }
    match taken.iter().position(|row| row.contains(&false)) {
        Some(level) => Err(WriteError::Head { level }),
        None => Ok(places),
    }
}
