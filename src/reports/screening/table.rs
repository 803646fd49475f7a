//! The report as a table: the page, the workbook, the CSV and the JSON are made of it.

use entities::words::Language;

use super::{
    columns::{self, Column, GROUPS, Share},
    figures::{Figures, Row},
    request::{By, Mode, Part, Span},
};
use crate::platform::{
    Say,
    words::raw,
    workbook::{Fact, HeadCell, Ratio, ReportTable, RowKind, TableCell, TableColumn, TableRow, Value},
};

/// What stands around the numbers.
#[derive(Clone, Debug, Default)]
pub struct Caption {
    /// Name of the division.
    pub place: String,
    /// Facts above the table.
    pub above: Vec<Fact>,
    /// Facts below it.
    pub below: Vec<Fact>,
}

/// Where a number leads.
pub type Link<'a> = &'a dyn Fn(Span, &str, Option<&str>) -> Option<String>;

/// No number leads anywhere: files.
pub fn unlinked(_: Span, _: &str, _: Option<&str>) -> Option<String> {
    None
}

/// The table of a span.
pub fn table(figures: &Figures, span: Span, language: Language, caption: &Caption, link: Link<'_>) -> ReportTable {
    let mut body: Vec<TableRow> = figures
        .rows
        .iter()
        .map(|row| TableRow {
            kind: RowKind::Body,
            cells: cells(figures, span, Some(row), language, link),
        })
        .collect();
    body.push(TableRow {
        kind: RowKind::Total,
        cells: cells(figures, span, None, language, link),
    });
    let mut table = ReportTable {
        name: span_name(figures, span, language),
        titles: vec![
            title(figures, span, language, caption),
            subtitle(figures, span, language),
        ],
        above: caption.above.clone(),
        head: head(figures, language),
        columns: columns(),
        rows: body,
        below: caption.below.clone(),
        notes: Vec::new(),
    };
    table.notes = notes(figures, &table, language);
    // The first note is the check; this one comes before every explanation.
    if let Some(beyond) = beyond(&table, language) {
        table.notes.insert(1, beyond);
    }
    table
}

fn cells(figures: &Figures, span: Span, row: Option<&Row>, language: Language, link: Link<'_>) -> Vec<TableCell> {
    let key = row.map(|row| row.key.as_str());
    let name = row.map_or_else(
        || raw(language, "reports.total").into_owned(),
        |row| row_name(figures.request.by, row, language),
    );
    let number = |column: &Column| match column {
        Column::Count(indicator) => TableCell {
            value: Value::Count(figures.count(span, indicator, key)),
            href: link(span, indicator, key),
        },
        Column::Share(rate) => {
            let numerator = rate.numerator(figures.request.mode);
            TableCell {
                value: Value::Ratio(ratio(figures, span, rate, key)),
                href: link(span, numerator, key),
            }
        }
    };
    std::iter::once(TableCell::from(Value::Text(name)))
        .chain(columns::columns().map(number))
        .collect()
}

/// A rate of a row, or of the total.
pub fn ratio(figures: &Figures, span: Span, rate: &Share, row: Option<&str>) -> Ratio {
    let numerator = figures.count(span, rate.numerator(figures.request.mode), row);
    let denominator = figures.count(span, rate.denominator(figures.request.mode), row);
    if rate.per == 1000 {
        Ratio::per_mille(numerator, denominator)
    } else {
        Ratio::percent(numerator, denominator)
    }
}

/// Shares of so few are not told beside rounded numbers: they would be off by a fifth and more.
const WEAK: i64 = 20;

/// Takes out the shares that rounding made worthless.
pub fn hide_weak_shares(table: &mut ReportTable, withheld: &str) {
    for cell in table.rows.iter_mut().flat_map(|row| &mut row.cells) {
        if cell.value.ratio().is_some_and(|ratio| ratio.denominator < WEAK) {
            cell.value = Value::text(withheld);
        }
    }
}

/// A row in words.
pub fn row_name(by: By, row: &Row, language: Language) -> String {
    match by {
        By::Age => age_name(&row.key, language),
        By::Street | By::Site if row.name.is_empty() => raw(language, "reports.row.no_site").into_owned(),
        By::Street | By::Site => row.name.clone(),
    }
}

/// A check age in words.
pub fn age_name(key: &str, language: Language) -> String {
    match key.parse::<u32>().unwrap_or(0) {
        0 => raw(language, "reports.row.below_3").into_owned(),
        months if months > 36 => Say::new("reports.row.years")
            .with("years", months / 12)
            .in_words(language),
        months => Say::new("reports.row.months").with("months", months).in_words(language),
    }
}

/// What a span is called in a report.
pub fn span_name(figures: &Figures, span: Span, language: Language) -> String {
    let key = match (span, figures.request.period.part) {
        (Span::YearToDate, _) => "reports.span.year_to_date",
        (Span::Period, Part::Month(_)) => "reports.span.month",
        (Span::Period, Part::Quarter(_)) => "reports.span.quarter",
        (Span::Period, Part::Year) => "reports.span.year",
    };
    raw(language, key).into_owned()
}

/// `2026-10-01 – 2026-10-31`.
pub fn span_days(figures: &Figures, span: Span, language: Language) -> String {
    Say::new("reports.days")
        .with("from", figures.request.from(span))
        .with("to", figures.request.until().pred_opt().unwrap_or_default())
        .in_words(language)
}

fn title(figures: &Figures, span: Span, language: Language, caption: &Caption) -> String {
    let key = match figures.request.period.part {
        Part::Month(_) => "reports.screening.monthly_of",
        Part::Quarter(_) => "reports.screening.quarterly_of",
        Part::Year => "reports.screening.yearly_of",
    };
    Say::new(key)
        .with("place", &caption.place)
        .with("span", span_name(figures, span, language))
        .in_words(language)
}

fn subtitle(figures: &Figures, span: Span, language: Language) -> String {
    Say::new("reports.screening.subtitle")
        .with("days", span_days(figures, span, language))
        .with("reference", figures.request.reference)
        .with_word("mode", format!("reports.mode.{}", figures.request.mode.as_str()))
        .with_word("by", format!("reports.by.{}", figures.request.by.as_str()))
        .in_words(language)
}

fn head(figures: &Figures, language: Language) -> Vec<Vec<HeadCell>> {
    let row_head = match figures.request.by {
        By::Street if figures.request.is_city() => "reports.by.district",
        By::Street => "reports.by.street",
        By::Age => "reports.by.age",
        By::Site => "reports.by.site",
    };
    let mut groups = vec![HeadCell::new(raw(language, row_head)).deep(2)];
    let mut names = Vec::new();
    for group in GROUPS {
        let text = raw(language, &format!("reports.group.{}", group.key)).into_owned();
        groups.push(HeadCell::new(text).over(u16::try_from(group.columns.len()).unwrap_or(1)));
        names.extend(
            group
                .columns
                .iter()
                .map(|column| HeadCell::new(column_name(column, language))),
        );
    }
    vec![groups, names]
}

/// A column in words; a share names its denominator in the notes, a national one is marked.
pub fn column_name(column: &Column, language: Language) -> String {
    let name = raw(language, &format!("reports.column.{}", column.key())).into_owned();
    match column {
        Column::Share(rate) if rate.national => Say::new("reports.national").with("name", name).in_words(language),
        Column::Share(_) | Column::Count(_) => name,
    }
}

fn columns() -> Vec<TableColumn> {
    let column = |key: &str, width| TableColumn {
        key: key.to_owned(),
        width,
    };
    std::iter::once(column("row", 26))
        .chain(columns::columns().map(|c| column(c.key(), 9)))
        .collect()
}

/// Whether the rows add up, populations, ways of counting, the denominator of every share.
fn notes(figures: &Figures, table: &ReportTable, language: Language) -> Vec<String> {
    let mode = figures.request.mode;
    let mut notes = vec![
        add_up(table, language),
        raw(language, "reports.note.population").into_owned(),
        raw(
            language,
            match mode {
                Mode::Both => "reports.note.both",
                Mode::Period => "reports.note.period",
                Mode::Cohort => "reports.note.cohort",
            },
        )
        .into_owned(),
        raw(language, "reports.note.persons").into_owned(),
        raw(language, "reports.note.withdrawn").into_owned(),
    ];
    let name = |key: &str| raw(language, &format!("reports.column.{key}")).into_owned();
    let shares: Vec<String> = columns::columns()
        .filter_map(|column| match column {
            Column::Share(rate) => Some(
                Say::new("reports.note.share")
                    .with("rate", name(rate.key))
                    .with("numerator", name(rate.numerator(mode)))
                    .with("denominator", name(rate.denominator(mode)))
                    .in_words(language),
            ),
            Column::Count(_) => None,
        })
        .collect();
    notes.push(
        Say::new("reports.note.shares")
            .with("shares", shares.join(&raw(language, "reports.semicolon")))
            .in_words(language),
    );
    notes
}

/// Rates beyond 100%, each with its row: they are told where they stand, and in the notes of a file.
fn beyond(table: &ReportTable, language: Language) -> Option<String> {
    let names = table.head.last()?;
    let mut told = Vec::new();
    for row in &table.rows {
        let called = row.cells.first().map(|cell| cell.value.shown()).unwrap_or_default();
        for (cell, name) in row.cells.iter().skip(1).zip(names) {
            if cell.value.ratio().is_some_and(Ratio::exceeds_all) {
                told.push(format!("{called} {} {}", name.text, cell.value.shown()));
            }
        }
    }
    (!told.is_empty()).then(|| {
        Say::new("reports.note.beyond")
            .with("rates", told.join(&raw(language, "reports.semicolon")))
            .in_words(language)
    })
}

/// Says whether the sum of the rows is the total row, column by column.
fn add_up(table: &ReportTable, language: Language) -> String {
    let off = table.cross_foot();
    if off.is_empty() {
        return raw(language, "reports.note.adds_up").into_owned();
    }
    let names = off
        .iter()
        .map(|key| raw(language, &format!("reports.column.{key}")).into_owned());
    Say::new("reports.note.does_not_add_up")
        .with("columns", crate::platform::words::joined(language, names))
        .in_words(language)
}
