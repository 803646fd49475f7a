//! The table, as docs/PERFORMANCE.md keeps it.

use std::{fmt, time::Duration};

use super::machine;

/// A measured figure and how large it may be.
pub(crate) struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    at_most: Option<f64>,
}

impl Figure {
    fn new(name: &str, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            value,
            unit,
            at_most: None,
        }
    }

    pub(crate) fn seconds(name: &str, taken: Duration) -> Self {
        Self::new(name, taken.as_secs_f64(), "s")
    }

    pub(crate) fn milliseconds(name: &str, taken: Duration) -> Self {
        Self::new(name, taken.as_secs_f64() * 1000.0, "ms")
    }

    pub(crate) fn megabytes(name: &str, value: f64) -> Self {
        Self::new(name, value, "MB")
    }

    pub(crate) fn ratio(name: &str, of: Duration, to: Duration) -> Self {
        Self::new(name, of.as_secs_f64() / to.as_secs_f64(), "x")
    }

    pub(crate) fn at_most(mut self, limit: f64) -> Self {
        self.at_most = Some(limit);
        self
    }

    fn shown(&self) -> String {
        let misses = self.at_most.is_some_and(|limit| self.value > limit);
        format!(
            "{:.2} {}{}",
            self.value,
            self.unit,
            if misses { " **misses**" } else { "" }
        )
    }
}

/// One column a database.
pub(crate) struct Table {
    children: usize,
    columns: Vec<(&'static str, Vec<Figure>)>,
}

impl Table {
    pub(crate) fn new(children: usize) -> Self {
        Self {
            children,
            columns: Vec::new(),
        }
    }

    pub(crate) fn has_columns(&self) -> bool {
        !self.columns.is_empty()
    }

    pub(crate) fn begin(&mut self, database: &'static str) {
        self.columns.push((database, Vec::new()));
    }

    /// Added, and shown at once: the whole takes minutes.
    pub(crate) fn add(&mut self, figure: Figure) {
        let (database, figures) = self.columns.last_mut().unwrap();
        eprintln!("{database}: {}: {}", figure.name, figure.shown());
        figures.push(figure);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, a city of {} children\n", machine::processor(), self.children)?;
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        writeln!(f, "| | {} | at most |", names.join(" | "))?;
        writeln!(f, "|---|{}---:|", "---:|".repeat(names.len()))?;
        let rows = self.columns.first().map_or(0, |(_, figures)| figures.len());
        for row in 0..rows {
            let of_row = || self.columns.iter().filter_map(|(_, figures)| figures.get(row));
            let name = of_row().next().map_or("", |figure| figure.name.as_str());
            let cells: Vec<String> = of_row().map(Figure::shown).collect();
            let limit = of_row().find_map(|figure| Some(format!("{} {}", figure.at_most?, figure.unit)));
            writeln!(f, "| {name} | {} | {} |", cells.join(" | "), limit.unwrap_or_default())?;
        }
        Ok(())
    }
}
