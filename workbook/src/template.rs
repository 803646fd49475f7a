//! The empty workbook that people fill in: it forbids at the keyboard what the import would refuse later.

use chrono::{NaiveDate, NaiveDateTime};
use entities::words::Language;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, FormatAlign, Workbook,
    Worksheet,
};
use words::{Say, raw};

use super::{error::WriteError, style, text_width};

/// A template: one sheet to fill in, one that explains every column.
#[derive(Clone, Debug)]
pub struct Template {
    /// Name of the sheet to fill in.
    pub name: String,
    /// The line above the header: what the workbook is for and what happens with it.
    pub note: String,
    /// Columns from the left.
    pub columns: Vec<TemplateColumn>,
    /// Rows prepared for input (formats, lists); further rows work, but unguarded.
    pub rows: u32,
}

/// A column to fill in.
#[derive(Clone, Debug)]
pub struct TemplateColumn {
    /// Its name, which the import recognises.
    pub header: String,
    /// Marked with a star, and refused when empty.
    pub required: bool,
    /// What goes into it.
    pub kind: TemplateKind,
    /// Explanation for the second sheet.
    pub explanation: String,
    /// An invented example for the second sheet.
    pub example: String,
}

/// What goes into a column.
#[derive(Clone, Debug)]
pub enum TemplateKind {
    /// Text as typed; also identity numbers and telephones, which a number format would ruin.
    Text,
    /// A date between two dates.
    Date {
        /// Earliest.
        from: NaiveDate,
        /// Latest.
        to: NaiveDate,
    },
    /// A whole number between two numbers.
    Integer {
        /// Smallest.
        from: i32,
        /// Largest.
        to: i32,
    },
    /// One of some words.
    Choice(Vec<String>),
}

/// Row of the header, below the note.
const HEADER_ROW: u32 = 1;

impl Template {
    /// The workbook.
    ///
    /// # Errors
    /// What the writer refuses (a list with more words than a sheet has rows, an impossible date).
    pub fn to_xlsx(&self, made_at: NaiveDateTime, language: Language) -> Result<Vec<u8>, WriteError> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&style::properties(&self.name, "", made_at)?);
        let lists_name = style::sheet_name(&raw(language, "workbook.template.lists"));
        let sheet = workbook.add_worksheet();
        self.input(sheet, &lists_name, language)?;
        self.explanations(workbook.add_worksheet(), language)?;
        self.lists(workbook.add_worksheet(), &lists_name)?;
        Ok(workbook.save_to_buffer()?)
    }

    fn input(&self, sheet: &mut Worksheet, lists_name: &str, language: Language) -> Result<(), WriteError> {
        sheet.set_name(style::sheet_name(&self.name))?;
        let last = style::column(self.columns.len().max(1) - 1);
        let note = style::fitting(&self.note);
        if last > 0 {
            sheet.merge_range(0, 0, 0, last, note, &style::note())?;
        } else {
            sheet.write_string_with_format(0, 0, note, &style::note())?;
        }
        sheet.set_row_height(0, 60)?;
        sheet.set_row_height(HEADER_ROW, 28)?;
        sheet.set_freeze_panes(HEADER_ROW + 1, 0)?;
        let required = style::head().set_font_color("#9C0006");
        let last_row = HEADER_ROW.saturating_add(self.rows.max(1));
        for (index, column) in self.columns.iter().enumerate() {
            let at = style::column(index);
            let header = if column.required {
                format!("*{}", column.header)
            } else {
                column.header.clone()
            };
            let format = if column.required { &required } else { &style::head() };
            sheet.write_string_with_format(HEADER_ROW, at, style::fitting(&header), format)?;
            let width = text_width(&header).max(text_width(&column.example)).clamp(8, 40);
            sheet.set_column_width(at, f64::from(u16::try_from(width).unwrap_or(40)) + 3.0)?;
            sheet.set_column_format(at, &column.kind.format())?;
            if let Some(guard) = column.kind.guard(index, lists_name, language)? {
                sheet.add_data_validation(HEADER_ROW + 1, at, last_row, at, &guard)?;
            }
        }
        sheet
            .set_paper_size(9)
            .set_landscape()
            .set_print_fit_to_pages(1, 0)
            .set_repeat_rows(HEADER_ROW, HEADER_ROW)?;
        Ok(())
    }

    fn explanations(&self, sheet: &mut Worksheet, language: Language) -> Result<(), WriteError> {
        sheet.set_name(style::sheet_name(&raw(language, "workbook.template.explanations")))?;
        let heads = ["column", "required", "explanation", "example"];
        for (index, (head, width)) in heads.iter().zip([20, 10, 70, 30]).enumerate() {
            let key = format!("workbook.template.{head}");
            let text = raw(language, &key);
            sheet.write_string_with_format(0, style::column(index), text, &style::head())?;
            sheet.set_column_width(style::column(index), width)?;
        }
        let format = style::lined().set_align(FormatAlign::Top);
        for (index, column) in self.columns.iter().enumerate() {
            let row = style::row(index + 1);
            let required = raw(
                language,
                if column.required {
                    "workbook.template.yes"
                } else {
                    "workbook.template.no"
                },
            );
            let texts = [column.header.as_str(), &required, &column.explanation, &column.example];
            for (at, text) in texts.into_iter().enumerate() {
                sheet.write_string_with_format(row, style::column(at), style::fitting(text), &format)?;
            }
        }
        sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
        Ok(())
    }

    /// The words of the choices, on a sheet of their own: a list inside a validation holds 255 characters at most.
    fn lists(&self, sheet: &mut Worksheet, name: &str) -> Result<(), WriteError> {
        sheet.set_name(name)?.set_hidden(true);
        for (index, column) in self.columns.iter().enumerate() {
            if let TemplateKind::Choice(choices) = &column.kind {
                for (row, choice) in choices.iter().enumerate() {
                    sheet.write_string(style::row(row), style::column(index), style::fitting(choice))?;
                }
            }
        }
        Ok(())
    }
}

impl TemplateKind {
    fn format(&self) -> Format {
        match self {
            Self::Text | Self::Choice(_) => style::text(),
            Self::Date { .. } => style::body().set_num_format("yyyy-mm-dd"),
            Self::Integer { .. } => style::body().set_num_format("0"),
        }
    }

    /// What the spreadsheet refuses at the keyboard.
    fn guard(&self, index: usize, lists: &str, language: Language) -> Result<Option<DataValidation>, WriteError> {
        let guard = DataValidation::new();
        let (guard, message) = match self {
            Self::Text => return Ok(None),
            Self::Date { from, to } => {
                let day = |date: &NaiveDate| ExcelDateTime::parse_from_str(&date.to_string());
                let guard = guard.allow_date(DataValidationRule::Between(day(from)?, day(to)?));
                (
                    guard,
                    Say::new("workbook.template.date_between")
                        .with("from", from)
                        .with("to", to)
                        .in_words(language),
                )
            }
            Self::Integer { from, to } => {
                let guard = guard.allow_whole_number(DataValidationRule::Between(*from, *to));
                (
                    guard,
                    Say::new("workbook.template.number_between")
                        .with("from", from)
                        .with("to", to)
                        .in_words(language),
                )
            }
            Self::Choice(choices) => {
                let letters = super::column_letters(index);
                let list = format!(
                    "='{}'!${letters}$1:${letters}${}",
                    lists.replace('\'', "''"),
                    choices.len().max(1)
                );
                (
                    guard.allow_list_formula(list.as_str().into()),
                    raw(language, "workbook.template.choose").into_owned(),
                )
            }
        };
        let guard = guard
            .set_error_style(DataValidationErrorStyle::Stop)
            .set_error_message(message)?;
        Ok(Some(guard.ignore_blank(true)))
    }
}
