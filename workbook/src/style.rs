//! How our workbooks look, and the one way a value gets into a cell.

use chrono::NaiveDateTime;
use entities::words::Language;
use rust_xlsxwriter::{
    ColNum, Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, FormatPattern, RowNum, Worksheet,
};
use words::Say;

use super::{
    error::WriteError,
    table::{NONE, Value},
    xlsx::CELL_CHARS,
};

/// True for a text that a spreadsheet takes for a formula when it opens delimited text, also behind apostrophes, blanks
/// and what is not seen, so that what disarms it can be taken away again without doubt. Spreadsheets take signs of full
/// width for the plain ones.
pub(super) fn is_formula_like(text: &str) -> bool {
    let unseen = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let start = text.trim_start_matches(|c: char| c == '\'' || c.is_whitespace() || c.is_control() || unseen(c));
    start.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) || text.starts_with(['\t', '\r', '\n', '\0'])
}

/// The font of Chinese official tables; a spreadsheet without it takes its own.
const FONT: &str = "SimSun";
const HEAD_GREY: Color = Color::RGB(0xE7_EC_F2);
const NOTE_YELLOW: Color = Color::RGB(0xFF_F8_E1);
const ERROR_RED: Color = Color::RGB(0xFF_C7_CE);
const ERROR_INK: Color = Color::RGB(0x9C_00_06);
/// Characters a header or footer may have.
const FOOTER_CHARS: usize = 255;
/// Built-in number format of text cells.
const TEXT: u8 = 49;

/// Body of a table.
pub(super) fn body() -> Format {
    Format::new()
        .set_font_name(FONT)
        .set_font_size(10)
        .set_align(FormatAlign::VerticalCenter)
}

/// Body of a printed table: with lines.
pub(super) fn lined() -> Format {
    body().set_border(FormatBorder::Thin).set_text_wrap()
}

/// Cells of a head.
pub(super) fn head() -> Format {
    lined()
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_background_color(HEAD_GREY)
}

/// Text cells: long numbers and leading zeros stay as typed.
pub(super) fn text() -> Format {
    body().set_num_format_index(TEXT)
}

/// A cell with an error in it: colour and, elsewhere, words.
pub(super) fn error(format: Format) -> Format {
    format
        .set_pattern(FormatPattern::Solid)
        .set_background_color(ERROR_RED)
        .set_font_color(ERROR_INK)
}

/// A line that explains.
pub(super) fn note() -> Format {
    body()
        .set_background_color(NOTE_YELLOW)
        .set_text_wrap()
        .set_align(FormatAlign::Top)
}

/// The main title.
pub(super) fn title(first: bool) -> Format {
    let format = Format::new()
        .set_font_name(FONT)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter);
    if first {
        format.set_bold().set_font_size(16)
    } else {
        format.set_font_size(12)
    }
}

/// `format` with the number format that belongs to the kind of `value`.
pub(super) fn for_value(format: Format, value: &Value) -> Format {
    let format = if value.is_number() {
        format.set_align(FormatAlign::Right)
    } else {
        format
    };
    match value {
        Value::None | Value::Blank => format,
        Value::Text(_) => format.set_num_format_index(TEXT),
        Value::Count(_) => format.set_num_format("#,##0"),
        Value::Fen(_) => format.set_num_format("#,##0.00"),
        Value::Ratio(ratio) => {
            let zeros = "0".repeat(ratio.decimals.min(9).into());
            let digits = if zeros.is_empty() {
                "0".to_owned()
            } else {
                format!("0.{zeros}")
            };
            // Spreadsheets scale per cent only; per mille is written as the scaled number with its sign behind it.
            format.set_num_format(if ratio.per == 1000 {
                format!("{digits}\"\u{2030}\"")
            } else {
                format!("{digits}%")
            })
        }
        Value::Date(_) => format.set_num_format("yyyy-mm-dd"),
        Value::Moment(_) => format.set_num_format("yyyy-mm-dd hh:mm"),
    }
}

/// Writes `value` as what it is. Text is written as text, also when it looks like a formula or a link.
pub(super) fn write(
    sheet: &mut Worksheet,
    row: RowNum,
    column: ColNum,
    value: &Value,
    format: &Format,
) -> Result<(), WriteError> {
    match value {
        Value::Blank => sheet.write_blank(row, column, format)?,
        Value::None => sheet.write_string_with_format(row, column, NONE, format)?,
        Value::Text(text) => sheet.write_string_with_format(row, column, fitting(text), format)?,
        Value::Count(count) => sheet.write_number_with_format(row, column, number(*count), format)?,
        #[expect(clippy::float_arithmetic, reason = "yuan for people; the amount itself stays in fen")]
        Value::Fen(fen) => sheet.write_number_with_format(row, column, number(*fen) / 100.0, format)?,
        Value::Ratio(ratio) => match ratio.share() {
            #[expect(clippy::float_arithmetic, reason = "scaled for display")]
            Some(share) if ratio.per == 1000 => sheet.write_number_with_format(row, column, share * 1000.0, format)?,
            Some(share) => sheet.write_number_with_format(row, column, share, format)?,
            None => sheet.write_string_with_format(row, column, NONE, format)?,
        },
        Value::Date(date) => sheet.write_datetime_with_format(row, column, date, format)?,
        Value::Moment(moment) => sheet.write_datetime_with_format(row, column, moment, format)?,
    };
    Ok(())
}

/// The text as far as a cell holds it.
pub(super) fn fitting(text: &str) -> &str {
    match text.char_indices().nth(CELL_CHARS) {
        Some((end, _)) => text.get(..end).unwrap_or_default(),
        None => text,
    }
}

/// A text as a field of delimited text: a formula sign in front is disarmed with an apostrophe.
pub(super) fn csv_field(value: &Value) -> String {
    let plain = value.plain();
    let risky = matches!(value, Value::Text(text) if is_formula_like(text));
    if risky { format!("'{plain}") } else { plain }
}

/// Row position in the writer's type; far beyond the sheet it stays the last one, which the writer refuses.
pub(super) fn row(index: usize) -> RowNum {
    RowNum::try_from(index).unwrap_or(RowNum::MAX)
}

/// Column position in the writer's type.
pub(super) fn column(index: usize) -> ColNum {
    ColNum::try_from(index).unwrap_or(ColNum::MAX)
}

/// Properties of the document: a fixed moment instead of the clock, so that equal content is an equal file.
pub(super) fn properties(title: &str, author: &str, made_at: NaiveDateTime) -> Result<DocProperties, WriteError> {
    let made = ExcelDateTime::parse_from_str(&made_at.format("%Y-%m-%dT%H:%M:%S").to_string())?;
    Ok(DocProperties::new()
        .set_title(title)
        .set_author(author)
        .set_creation_datetime(&made))
}

/// The footer of printed pages: who exported it and when on the left, the page number on the right. `&` is a command
/// in footers and is doubled; Excel refuses more than 255 characters.
pub(super) fn footer(by: &str, at: NaiveDateTime, language: Language) -> String {
    let pages = Say::new("workbook.page")
        .with("page", "&P")
        .with("pages", "&N")
        .in_words(language);
    let room = FOOTER_CHARS.saturating_sub(pages.chars().count()).saturating_sub(8);
    let mut by: String = by.chars().filter(|c| !c.is_control()).collect();
    loop {
        let mark = Say::new("workbook.exported")
            .with("by", &by)
            .with("at", at.format("%Y-%m-%d %H:%M"));
        let mark = mark.in_words(language).replace('&', "&&");
        if mark.chars().count() <= room || by.pop().is_none() {
            return format!("&L&9{mark}&R&9{pages}");
        }
    }
}

/// A name Excel accepts for a sheet: at most 31 characters, none of `[ ] : * ? / \`, no apostrophe at the ends.
pub(super) fn sheet_name(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| {
            if "[]:*?/\\".contains(c) || c.is_control() {
                ' '
            } else {
                c
            }
        })
        .collect();
    let name: String = name.trim_matches(['\'', ' ']).chars().take(31).collect();
    let name = name.trim_matches(['\'', ' ']);
    if name.is_empty() {
        "Sheet1".to_owned()
    } else {
        name.to_owned()
    }
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "spreadsheets know no other number"
)]
pub(super) fn number(number: i64) -> f64 {
    number as f64
}
