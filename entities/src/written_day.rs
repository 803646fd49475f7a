//! Days as people and programs write them. Year first and in four digits: anything else could mean two days.

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};

use crate::{half_width::narrow, years::is_meant};

const NIAN: char = '\u{5E74}'; // year
const YUE: char = '\u{6708}'; // month
const RI: char = '\u{65E5}'; // day, written
const HAO: char = '\u{53F7}'; // day, spoken

/// Seconds before midnight in which the next day is meant: programs lose up to a minute when they turn the local
/// midnight into an instant and back (Shanghai kept +08:05:43 before 1901, and some count with it still).
const SHORT_OF_MIDNIGHT: u32 = 60;
const DAY: u32 = 24 * 60 * 60;
/// Minutes by which the clocks of the whole country are ahead of UTC.
const SHANGHAI: i64 = 8 * 60;

/// Why a text says no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It says no day, or more than one.
    NotADay,
    /// It says a moment in the middle of a day: whoever wrote it is asked which day is meant.
    TimeOfDay(NaiveDateTime),
}

/// The day that is meant by a moment on the clocks of Shanghai: midnight is the day that begins, up to a minute before it
/// the same. Any other moment is asked about.
///
/// # Errors
/// See [`Unread`].
pub fn of_moment(moment: NaiveDateTime) -> Result<NaiveDate, Unread> {
    let day = match moment.time().num_seconds_from_midnight() {
        0 => Some(moment.date()),
        second if second >= DAY - SHORT_OF_MIDNIGHT => moment.date().succ_opt(),
        _ => return Err(Unread::TimeOfDay(moment)),
    };
    day.filter(is_meant).ok_or(Unread::NotADay)
}

/// Reads a day as it is written in China: `2024-01-05`, `2024/1/5`, `2024.1.5`, `20240105`, `2024年1月5日`, in signs of any
/// width, with a day of the week behind it or not. With a time of day it is the day that is meant by that moment
/// ([`of_moment`]), on the clocks of Shanghai when it says its zone (`2024-01-04T16:00:00Z`).
///
/// # Errors
/// See [`Unread`].
pub fn written(text: &str) -> Result<NaiveDate, Unread> {
    let text = narrow(text).to_uppercase();
    let text = without_weekday(text.trim());
    let (day, rest) = script(text)
        .or_else(|| head(text))
        .filter(|(day, _)| is_meant(day))
        .ok_or(Unread::NotADay)?;
    let rest = rest.trim_start_matches([' ', 'T', ',']).trim_end();
    if rest.is_empty() {
        return Ok(day);
    }
    of_moment(moment(day, rest).ok_or(Unread::NotADay)?)
}

/// The day at the head of a text, and what comes behind it.
fn head(text: &str) -> Option<(NaiveDate, &str)> {
    let (year, _) = number(text.get(..4)?, 4..=4)?;
    let rest = text.get(4..)?;
    let (mark, after) = mark(rest)?;
    let parts = match mark {
        NIAN => {
            let (month, rest) = number(after, 1..=2)?;
            let (day, rest) = number(rest.trim_start().strip_prefix(YUE)?.trim_start(), 1..=2)?;
            (month, day, rest.trim_start().strip_prefix([RI, HAO])?)
        }
        '-' | '/' | '.' => {
            let (month, rest) = number(after, 1..=2)?;
            let (day, rest) = number(rest.trim_start().strip_prefix(mark)?.trim_start(), 1..=2)?;
            (month, day, ended(rest)?)
        }
        // Eight digits, or fourteen with the time.
        _ => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let part = |from: usize| rest.get(from..from + 2)?.parse().ok();
            match digits {
                4 => (part(0)?, part(2)?, ended(rest.get(4..)?)?),
                10 => (part(0)?, part(2)?, rest.get(4..)?),
                _ => return None,
            }
        }
    };
    let (month, day, rest) = parts;
    Some((NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?, rest))
}

/// The sign behind the year, and what follows it; a digit stands for itself.
fn mark(rest: &str) -> Option<(char, &str)> {
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(('0', rest));
    }
    let rest = rest.trim_start();
    let mark = rest.chars().next()?;
    [NIAN, '-', '/', '.']
        .contains(&mark)
        .then(|| Some((mark, rest.strip_prefix(mark)?.trim_start())))?
}

/// A date in digits ends there: a time stands apart.
fn ended(rest: &str) -> Option<&str> {
    (rest.is_empty() || rest.starts_with([' ', 'T', ','])).then_some(rest)
}

/// As scripts print a moment: `Sun May 14 2023 00:00:00 GMT+0800 (...)`.
fn script(text: &str) -> Option<(NaiveDate, &str)> {
    const MONTHS: [&str; 12] = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ];
    let (weekday, rest) = text.split_once(' ')?;
    if !["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"].contains(&weekday) {
        return None;
    }
    let (month, rest) = rest.split_once(' ')?;
    let month = MONTHS.iter().position(|name| *name == month)?;
    let (day, rest) = number(rest, 1..=2)?;
    let (year, rest) = number(rest.strip_prefix(' ')?, 4..=4)?;
    let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, u32::try_from(month).ok()? + 1, day)?;
    Some((day, rest))
}

/// A run of so many digits, and what follows it.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<(u32, &str)> {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = digits.contains(&count).then(|| text.get(..count)?.parse().ok())?;
    number.zip(text.get(count..))
}

/// Without the day of the week at the end: `星期五`, `(周五)`.
fn without_weekday(text: &str) -> &str {
    let inner = text.strip_suffix(')').unwrap_or(text);
    let Some(before) = inner.strip_suffix(['一', '二', '三', '四', '五', '六', '日', '天']) else {
        return text;
    };
    let bare = ["星期", "礼拜", "周"].iter().find_map(|week| before.strip_suffix(week));
    bare.map_or(text, |bare| bare.trim_end_matches(['(', ' ']))
}

/// The moment on the clocks of Shanghai.
fn moment(day: NaiveDate, rest: &str) -> Option<NaiveDateTime> {
    let (later, rest) = half_of_day(rest);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (hour, minute, second, rest) = if digits == 6 {
        let part = |from: usize| rest.get(from..from + 2)?.parse().ok();
        (part(0)?, part(2)?, part(4)?, rest.get(6..)?)
    } else {
        let (hour, rest) = number(rest, 1..=2)?;
        let (minute, rest) = number(rest.strip_prefix([':', '时', '点'])?, 1..=2)?;
        match rest.strip_prefix([':', '分']) {
            Some(rest) => match number(rest, 1..=2) {
                Some((second, rest)) => (hour, minute, second, rest.strip_prefix('秒').unwrap_or(rest)),
                None => (hour, minute, 0, rest),
            },
            None => (hour, minute, 0, rest),
        }
    };
    // Parts of a second.
    let rest = match rest.strip_prefix(['.', ',']) {
        Some(parts) => parts.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let (later, rest) = match (later, rest.trim_start()) {
        (None, rest) => half_of_day(rest),
        (later, rest) => (later, rest),
    };
    let hour = match later {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(later) => hour % 12 + if later { 12 } else { 0 },
    };
    // Midnight at the end of a day.
    let at = if (hour, minute, second) == (24, 0, 0) {
        day.succ_opt()?.and_time(NaiveTime::MIN)
    } else {
        day.and_hms_opt(hour, minute, second)?
    };
    match rest.trim() {
        "" => Some(at),
        zone => at.checked_add_signed(Duration::minutes(SHANGHAI - ahead(zone)?)),
    }
}

/// Whether a text begins with the first (`false`) or the second half of the day, and what follows it.
fn half_of_day(text: &str) -> (Option<bool>, &str) {
    let names = [
        ("上午", false),
        ("凌晨", false),
        ("AM", false),
        ("下午", true),
        ("晚上", true),
        ("PM", true),
    ];
    let found = names
        .iter()
        .find_map(|(name, later)| Some((Some(*later), text.strip_prefix(name)?.trim_start())));
    found.unwrap_or((None, text))
}

/// Minutes by which a zone is ahead of UTC: `Z`, `+08:00`, `+0800`, `GMT+8`, with the zone's name in brackets or not.
fn ahead(zone: &str) -> Option<i64> {
    let zone = zone.split_once('(').map_or(zone, |(zone, _)| zone).trim();
    let offset = ["UTC", "GMT", "Z"]
        .iter()
        .find_map(|name| zone.strip_prefix(name))
        .unwrap_or(zone);
    if offset.is_empty() {
        return Some(0);
    }
    let (sign, digits) = match offset.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, offset.strip_prefix('-')?),
    };
    let digits = digits.replace(':', "");
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i64, i64) = match digits.len() {
        1 | 2 => (digits.parse().ok()?, 0),
        4 => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_as_written_in_china() {
        for text in [
            "2024-01-05",
            "2024-1-5",
            "2024/1/5",
            "2024/01/05",
            "2024.1.5",
            "20240105",
            "2024年1月5日",
            "2024年01月05日",
            "2024 年 1 月 5 日",
            "2024年1月5号",
            "２０２４年１月５日",
            "２０２４－０１－０５",
            "２０２４０１０５",
            "2024。1。5",
            " 2024-01-05 ",
            "2024 / 1 / 5",
            "2024–1–5",
            "\u{202d}2024-01-05\u{202c}",
            "2024年1月5日 星期五",
            "2024/1/5（周五）",
        ] {
            assert_eq!(written(text), Ok(day("2024-01-05")), "{text}");
        }
        for text in [
            "",
            "2024",
            "2024-01",
            "202401",
            "2024年1月",
            "24-1-5",
            "5/1/2024",
            "01/05/2024",
            "2024-13-01",
            "2024-02-30",
            "2023年2月29日",
            "20241301",
            "202401050",
            "2024-1-5-6",
            "2024/1-5",
            "2024-01-05 noon",
            "明天",
            "1724-01-05",
            "2300-01-05",
            "2024-001-05",
            "+2024-1-5",
            "二〇二四年一月五日",
            "2024-01-05abc",
            "2024-01-05 25:00",
            "2024-01-05 8:61",
            "2024-01-05T00:00:00+99:00",
            "202305/01/日",
        ] {
            assert_eq!(written(text), Err(Unread::NotADay), "{text}");
        }
    }

    #[test]
    fn a_moment_at_midnight_is_a_day() {
        for text in [
            "2024-01-05 00:00:00",
            "2024-01-05T00:00",
            "2024-01-05T00:00:00.000",
            "2024/1/5 0:00",
            "2024年1月5日0:00",
            "2024年1月5日0时0分",
            "20240105000000",
            "2024/1/5 上午12:00:00",
            "2024/1/5 12:00:00 AM",
            // Up to a minute before midnight: the next day.
            "2024-01-04 23:59:17",
            "2024-01-04 23:59",
            "2024-01-04T23:59:59.999",
            "2024/1/4 下午11:59:17",
            "2024-01-04 24:00",
            // With a zone: the day in Shanghai.
            "2024-01-04T16:00:00Z",
            "2024-01-04T16:00:00.000Z",
            "2024-01-04T15:59:17.000Z",
            "2024-01-05T00:00:00+08:00",
            "2024-01-05T00:00:00+0800",
            "2024-01-05 01:00:00 GMT+9",
            "2024-01-04T11:00:00-05:00",
            "Fri Jan 05 2024 00:00:00 GMT+0800 (中国标准时间)",
            "Thu Jan 04 2024 23:59:17 GMT+0800",
        ] {
            assert_eq!(written(text), Ok(day("2024-01-05")), "{text}");
        }
    }

    #[test]
    fn another_time_of_day_is_asked_about() {
        for (text, on, at) in [
            ("2024-01-05 08:30", "2024-01-05", "08:30:00"),
            ("2024-01-05T00:01:00", "2024-01-05", "00:01:00"),
            ("2024-01-04 23:58:59", "2024-01-04", "23:58:59"),
            ("2024-01-05T00:00:00Z", "2024-01-05", "08:00:00"),
            ("2024-01-05 下午3点20分", "2024-01-05", "15:20:00"),
            ("20240105123000", "2024-01-05", "12:30:00"),
        ] {
            let moment = day(on).and_time(at.parse().unwrap());
            assert_eq!(written(text), Err(Unread::TimeOfDay(moment)), "{text}");
        }
    }
}
