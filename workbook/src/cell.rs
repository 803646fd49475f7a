//! One cell of a file: what it holds, and how people in China write dates, numbers and identity numbers into it.

use chrono::{NaiveDate, NaiveDateTime};
use entities::{
    day::{self, Unread},
    half_width::narrow,
    text::tidy,
};
use serde::{Deserialize, Serialize};

/// From here on Excel has thrown digits away: it keeps 15 of them (IEEE 754 double precision as Excel displays it).
const LOST_DIGITS: f64 = 1e15;
/// Serial numbers that are plausible dates when a date column holds a bare number: 1927-05-18 to 2119-01-10.
const PLAUSIBLE_SERIALS: std::ops::RangeInclusive<f64> = 10_000.0..=80_000.0;

/// Milliseconds of a day.
const DAY_MILLIS: f64 = 86_400_000.0;

/// The content of one cell as the file holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// Nothing, or nothing but blanks.
    #[default]
    Empty,
    /// Text as typed.
    Text(String),
    /// A number that is not formatted as a date.
    Number(f64),
    /// TRUE or FALSE.
    Truth(bool),
    /// A date or a moment (cell with a date format).
    Moment(NaiveDateTime),
    /// A formula whose result the file does not hold.
    Formula,
    /// An error value such as `#REF!`.
    Fault(String),
    /// Covered by a merged cell; its value stands in another cell.
    Merged,
}

/// Why a cell is not what its column holds: locale key and parameters.
pub(super) type Refusal = (&'static str, Vec<(&'static str, String)>);

/// A dash of any length, or a slash.
fn is_stroke(c: char) -> bool {
    matches!(c, '-' | '/' | '\\' | '_' | '—' | '–' | '―' | '─' | ' ')
}

impl Cell {
    /// True when there is nothing to read.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Nothing to read, or strokes alone, which is how a clerk writes that there is nothing.
    pub(super) fn says_nothing(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => {
                let text = tidy(text);
                !text.is_empty() && narrow(&text).chars().all(is_stroke)
            }
            Self::Number(_) | Self::Truth(_) | Self::Moment(_) | Self::Fault(_) | Self::Merged | Self::Formula => false,
        }
    }

    /// The cell as a reader sees it, for showing it back; never fails.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty | Self::Merged | Self::Formula => String::new(),
            Self::Text(text) | Self::Fault(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Truth(truth) => truth.to_string().to_uppercase(),
            Self::Moment(moment) => show_moment(*moment),
        }
    }

    /// Running text: trimmed, blanks of all widths made plain, invisible characters removed.
    pub(super) fn text(&self) -> Result<Option<String>, Refusal> {
        match self {
            Self::Empty => Ok(None),
            Self::Text(text) => Ok(Some(tidy(text)).filter(|t| !t.is_empty())),
            Self::Number(number) if number.abs() >= LOST_DIGITS => Err(lost_digits(*number)),
            Self::Number(_) | Self::Truth(_) | Self::Moment(_) => Ok(Some(self.shown())),
            Self::Formula => Err(("workbook.cell.formula", Vec::new())),
            Self::Fault(code) => Err(("workbook.cell.fault", vec![("code", code.clone())])),
            Self::Merged => Err(("workbook.cell.merged", Vec::new())),
        }
    }

    /// A number that is a name: identity number, telephone, file number. Full-width characters become plain, blanks
    /// go, letters become capital, and the many look-alikes of a final X become X.
    pub(super) fn code(&self) -> Result<Option<String>, Refusal> {
        let Some(text) = self.text()? else { return Ok(None) };
        let code: String = narrow(&text)
            .chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_uppercase)
            .map(latin_x)
            .collect();
        if is_scientific(&code) {
            return Err(("workbook.cell.lost_digits", vec![("value", code)]));
        }
        Ok(Some(code))
    }

    /// A calendar date. `epoch_1904` says how the workbook counts days. A moment is the day that it means
    /// ([`day::of_moment`]), or is asked about.
    pub(super) fn date(&self, epoch_1904: bool) -> Result<Option<NaiveDate>, Refusal> {
        let read = match self {
            Self::Moment(moment) => day::of_moment(*moment),
            Self::Number(number) if PLAUSIBLE_SERIALS.contains(number) => {
                serial_moment(*number, epoch_1904).map_or(Err(Unread::NotADay), day::of_moment)
            }
            Self::Truth(_) => Err(Unread::NotADay),
            Self::Number(_) => day::written(&self.shown()),
            Self::Empty | Self::Text(_) | Self::Formula | Self::Fault(_) | Self::Merged => match self.text()? {
                Some(text) => day::written(&text),
                None => return Ok(None),
            },
        };
        read.map(Some).map_err(|unread| match unread {
            Unread::NotADay => not_a_date(&self.shown()),
            Unread::TimeOfDay(moment) => time_of_day(moment),
        })
    }

    /// A whole number.
    pub(super) fn integer(&self) -> Result<Option<i64>, Refusal> {
        match self.code()? {
            // `str::parse` decides alone, so that 3.5, 1e3 and dates are refused alike.
            Some(code) => match code.replace(',', "").parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(("workbook.cell.not_an_integer", vec![("value", self.shown())])),
            },
            None => Ok(None),
        }
    }

    /// A number with or without a fraction.
    pub(super) fn number(&self) -> Result<Option<f64>, Refusal> {
        match self.code()? {
            Some(code) => match code.replace(',', "").parse::<f64>() {
                Ok(number) if number.is_finite() && code.chars().all(|c| c.is_ascii_digit() || "+-.,".contains(c)) => {
                    Ok(Some(number))
                }
                _ => Err(("workbook.cell.not_a_number", vec![("value", self.shown())])),
            },
            None => Ok(None),
        }
    }
}

/// The moment of an Excel serial number: days since 1899-12-30 (or since 1904-01-01), the time of day as fraction.
pub(super) fn serial_moment(serial: f64, epoch_1904: bool) -> Option<NaiveDateTime> {
    let kind = calamine::ExcelDateTimeType::DateTime;
    if !(0.0..2_958_465.0).contains(&serial) {
        return None;
    }
    // To the millisecond here, so that what rounds up to midnight is midnight of the next day.
    let serial = (serial * DAY_MILLIS).round() / DAY_MILLIS;
    let (year, month, day, hour, minute, second, milli) =
        calamine::ExcelDateTime::new(serial, kind, epoch_1904).to_ymd_hms_milli();
    NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())?.and_hms_milli_opt(
        hour.into(),
        minute.into(),
        second.into(),
        milli.into(),
    )
}

/// Look-alikes of the letter X that end identity numbers: the multiplication sign, Cyrillic, Greek, a ballot cross.
fn latin_x(c: char) -> char {
    match c {
        '\u{00D7}' | '\u{0425}' | '\u{03A7}' | '\u{2715}' | '\u{2717}' | '\u{2169}' => 'X',
        c => c,
    }
}

/// `3.30211E+17`: a long number that a spreadsheet has already shortened.
fn is_scientific(code: &str) -> bool {
    code.split_once("E+").is_some_and(|(digits, power)| {
        !digits.is_empty()
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
            && !power.is_empty()
            && power.chars().all(|c| c.is_ascii_digit())
    })
}

fn lost_digits(number: f64) -> Refusal {
    ("workbook.cell.lost_digits", vec![("value", format!("{number:E}"))])
}

fn not_a_date(text: &str) -> Refusal {
    (
        "workbook.cell.not_a_date",
        vec![("value", text.chars().take(40).collect())],
    )
}

fn time_of_day(moment: NaiveDateTime) -> Refusal {
    let params = vec![
        ("value", moment.format("%Y-%m-%d %H:%M:%S").to_string()),
        ("day", moment.date().to_string()),
    ];
    ("workbook.cell.time_of_day", params)
}

fn show_moment(moment: NaiveDateTime) -> String {
    if moment.time() == chrono::NaiveTime::MIN {
        moment.format("%Y-%m-%d").to_string()
    } else {
        moment.format("%Y-%m-%d %H:%M:%S").to_string()
    }
}
