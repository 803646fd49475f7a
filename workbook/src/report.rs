//! A [`ReportTable`] as a workbook for printing (A4 landscape) and as CSV.

use chrono::NaiveDateTime;
use entities::words::Language;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Note, Workbook, Worksheet};
use words::Say;

use super::{
    error::WriteError,
    layout, style,
    table::{Fact, ReportTable, RowKind, Value},
    text_width,
};

/// Paper number of A4.
const A4: u8 = 9;

impl ReportTable {
    /// A workbook for printing: merged titles, facts, a head that repeats on every page, real numbers, one page wide;
    /// the footer says who exported it and when, and counts the pages. A share carries its fraction as a cell note.
    ///
    /// `exported_by` is a name as the reader knows it, `exported_at` the moment in the reader's time zone.
    ///
    /// # Errors
    /// A head or a row that does not fit, see [`ReportTable::check`]; what the writer refuses.
    pub fn to_xlsx(
        &self,
        exported_by: &str,
        exported_at: NaiveDateTime,
        language: Language,
    ) -> Result<Vec<u8>, WriteError> {
        Self::book(std::slice::from_ref(self), exported_by, exported_at, language)
    }

    /// Several reports as sheets of one workbook, each as [`to_xlsx`](Self::to_xlsx) writes it.
    ///
    /// # Errors
    /// A head or a row that does not fit, see [`ReportTable::check`]; two sheets of one name; what the writer refuses.
    pub fn book(
        tables: &[Self],
        exported_by: &str,
        exported_at: NaiveDateTime,
        language: Language,
    ) -> Result<Vec<u8>, WriteError> {
        let mut workbook = Workbook::new();
        if let Some(first) = tables.first() {
            workbook.set_properties(&style::properties(
                first.titles.first().unwrap_or(&first.name),
                exported_by,
                exported_at,
            )?);
        }
        for table in tables {
            table.check()?;
            table.write(
                workbook.add_worksheet(),
                &style::footer(exported_by, exported_at, language),
                language,
            )?;
        }
        Ok(workbook.save_to_buffer()?)
    }

    fn write(&self, sheet: &mut Worksheet, footer: &str, language: Language) -> Result<(), WriteError> {
        sheet.set_name(style::sheet_name(&self.name))?;
        for (index, column) in self.columns.iter().enumerate() {
            sheet.set_column_width(style::column(index), f64::from(column.width.clamp(4, 120)))?;
        }
        let mut row = 0;
        for (index, title) in self.titles.iter().enumerate() {
            self.line(sheet, row, title, &style::title(index == 0))?;
            sheet.set_row_height(style::row(row), if index == 0 { 30.0 } else { 20.0 })?;
            row += 1;
        }
        row = self.facts(sheet, row, &self.above, language)?;
        row = self.write_head(sheet, row)?;
        row = self.write_rows(sheet, row)?;
        for note in &self.notes {
            self.line(sheet, row, note, &style::body().set_text_wrap())?;
            sheet.set_row_height(style::row(row), self.lines_of(note) * 15.0)?;
            row += 1;
        }
        row = self.facts(sheet, row, &self.below, language)?;
        self.print(sheet, row, footer)
    }

    /// CSV with a byte order mark: one line of full column names, then the rows. Titles, facts and notes are left out,
    /// so that programs can read it.
    ///
    /// # Errors
    /// A head or a row that does not fit, see [`ReportTable::check`].
    pub fn to_csv(&self) -> Result<Vec<u8>, WriteError> {
        self.check()?;
        let mut writer = csv::Writer::from_writer(Vec::from("\u{FEFF}"));
        let names = self.column_names()?;
        writer.write_record(names.into_iter().map(|name| style::csv_field(&Value::Text(name))))?;
        for row in &self.rows {
            writer.write_record(row.cells.iter().map(|cell| style::csv_field(&cell.value)))?;
        }
        writer.into_inner().map_err(|error| WriteError::Io(error.into_error()))
    }

    /// A text over the full width.
    fn line(&self, sheet: &mut Worksheet, row: usize, text: &str, format: &Format) -> Result<(), WriteError> {
        stretch(sheet, row, (0, self.columns.len()), text, format)
    }

    /// Facts side by side, as many to a line as there is room for.
    fn facts(
        &self,
        sheet: &mut Worksheet,
        mut row: usize,
        facts: &[Fact],
        language: Language,
    ) -> Result<usize, WriteError> {
        let columns = self.columns.len();
        let per_line = match columns {
            0..=3 => 1,
            4..=7 => 2,
            _ => 4,
        };
        for line in facts.chunks(per_line) {
            for (index, fact) in line.iter().enumerate() {
                let span = (index * columns / per_line, (index + 1) * columns / per_line);
                let text = Say::new("workbook.fact")
                    .with("label", &fact.label)
                    .with("value", &fact.value);
                stretch(
                    sheet,
                    row,
                    span,
                    &text.in_words(language),
                    &style::body().set_align(FormatAlign::Left),
                )?;
            }
            sheet.set_row_height(style::row(row), 18.0)?;
            row += 1;
        }
        Ok(row)
    }

    fn write_head(&self, sheet: &mut Worksheet, top: usize) -> Result<usize, WriteError> {
        let format = style::head();
        for cell in layout::placed(&self.head, self.columns.len())? {
            let (row, column) = (style::row(top + cell.level), style::column(cell.column));
            if cell.levels * cell.columns == 1 {
                sheet.write_string_with_format(row, column, style::fitting(cell.text), &format)?;
            } else {
                let last_row = style::row(top + cell.level + cell.levels - 1);
                let last_column = style::column(cell.column + cell.columns - 1);
                sheet.merge_range(row, column, last_row, last_column, style::fitting(cell.text), &format)?;
            }
        }
        let bottom = top + self.head.len();
        if bottom > top {
            for level in top..bottom {
                sheet.set_row_height(style::row(level), 24.0)?;
            }
            sheet.set_repeat_rows(style::row(top), style::row(bottom - 1))?;
            sheet.set_freeze_panes(style::row(bottom), 1)?;
        }
        Ok(bottom)
    }

    fn write_rows(&self, sheet: &mut Worksheet, mut row: usize) -> Result<usize, WriteError> {
        for table_row in &self.rows {
            let format = match table_row.kind {
                RowKind::Body => style::lined(),
                RowKind::Subtotal => style::lined().set_bold(),
                RowKind::Total => style::lined().set_bold().set_border_top(FormatBorder::Double),
            };
            for (index, cell) in table_row.cells.iter().enumerate() {
                let column = style::column(index);
                style::write(
                    sheet,
                    style::row(row),
                    column,
                    &cell.value,
                    &style::for_value(format.clone(), &cell.value),
                )?;
                if let Value::Ratio(ratio) = &cell.value {
                    sheet.insert_note(
                        style::row(row),
                        column,
                        &Note::new(ratio.fraction()).add_author_prefix(false),
                    )?;
                }
            }
            row += 1;
        }
        Ok(row)
    }

    fn print(&self, sheet: &mut Worksheet, rows: usize, footer: &str) -> Result<(), WriteError> {
        sheet
            .set_paper_size(A4)
            .set_landscape()
            .set_print_fit_to_pages(1, 0)
            .set_print_center_horizontally(true);
        sheet.set_margins(0.5, 0.5, 0.6, 0.7, 0.3, 0.3).set_footer(footer);
        let last_column = style::column(self.columns.len().max(1) - 1);
        sheet.set_print_area(0, 0, style::row(rows.max(1) - 1), last_column)?;
        Ok(())
    }

    /// Lines a text takes over the full width.
    #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a row height")]
    fn lines_of(&self, text: &str) -> f64 {
        let width: usize = self.columns.iter().map(|column| usize::from(column.width)).sum();
        text_width(text).div_ceil(width.max(1)).max(1) as f64
    }
}

/// A text over some columns: merged only where there is more than one.
fn stretch(
    sheet: &mut Worksheet,
    row: usize,
    (from, to): (usize, usize),
    text: &str,
    format: &Format,
) -> Result<(), WriteError> {
    let (row, first, last) = (style::row(row), style::column(from), style::column(to.max(1) - 1));
    if last > first {
        sheet.merge_range(row, first, row, last, style::fitting(text), format)?;
    } else {
        sheet.write_string_with_format(row, first, style::fitting(text), format)?;
    }
    Ok(())
}
