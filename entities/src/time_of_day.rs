//! Times of day as people write them: `14:30`, `1430`, `下午2点半`. Pages and dated rules read them here.

use chrono::NaiveTime;

use crate::half_width::compact;

/// The time of day that somebody wrote, to the minute (seconds are read and kept). What may be two times is none: `2` alone
/// is no time, and neither is `上午14点`.
pub fn written(text: &str) -> Option<NaiveTime> {
    let text = compact(text);
    let (half, text) = HALVES
        .iter()
        .find_map(|(word, half)| Some((Some(*half), text.strip_prefix(word)?)))
        .unwrap_or((None, text.as_str()));
    let (half, text) = ["AM", "PM"]
        .iter()
        .find_map(|word| Some((*word, text.strip_suffix(word)?)))
        .filter(|_| half.is_none())
        .map_or((half, text), |(word, rest)| {
            let is_morning = word == "AM";
            (Some(if is_morning { Half::Morning } else { Half::Afternoon }), rest)
        });
    let (hour, minute, second) = digits(text)?;
    NaiveTime::from_hms_opt(on_the_clock(hour, half)?, minute, second)
}

/// Which half of the day is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Half {
    Morning,
    Noon,
    Afternoon,
}

const HALVES: [(&str, Half); 8] = [
    ("凌晨", Half::Morning),
    ("清晨", Half::Morning),
    ("早上", Half::Morning),
    ("上午", Half::Morning),
    ("中午", Half::Noon),
    ("下午", Half::Afternoon),
    ("傍晚", Half::Afternoon),
    ("晚上", Half::Afternoon),
];

/// The hour of 24 of an hour that was said with its half of the day.
fn on_the_clock(hour: u32, half: Option<Half>) -> Option<u32> {
    match half {
        None => Some(hour),
        Some(Half::Morning) => (hour < 12).then_some(hour),
        Some(Half::Noon) => match hour {
            11 | 12 => Some(hour),
            1 | 2 => Some(hour + 12),
            _ => None,
        },
        Some(Half::Afternoon) => match hour {
            1..=11 => Some(hour + 12),
            12..=23 => Some(hour),
            _ => None,
        },
    }
}

/// Hour, minute and second as they stand there.
fn digits(text: &str) -> Option<(u32, u32, u32)> {
    // 0930 and 930: as typed on a number pad.
    if (3..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let (hour, minute) = text.split_at(text.len() - 2);
        return Some((hour.parse().ok()?, minute.parse().ok()?, 0));
    }
    let (hour, rest) = text.split_once([':', '点', '时', '.', '：'])?;
    let minutes = rest.strip_prefix('钟').unwrap_or(rest);
    let said_in_words = !text.contains([':', '.', '：']);
    let (minute, second) = match minutes {
        "" | "整" if said_in_words => (0, 0),
        "半" if said_in_words => (30, 0),
        _ => {
            let minutes = minutes.strip_suffix('分').unwrap_or(minutes);
            let (minute, second) = minutes.split_once(':').unwrap_or((minutes, "0"));
            (two(minute)?, two(second)?)
        }
    };
    Some((two(hour)?, minute, second))
}

/// One or two digits.
fn two(text: &str) -> Option<u32> {
    let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_however_it_is_written() {
        for (text, told) in [
            ("14:30", "14:30"),
            (" 9：30 ", "09:30"),
            ("09:30:15", "09:30"),
            ("1430", "14:30"),
            ("930", "09:30"),
            ("０９３０", "09:30"),
            ("14.30", "14:30"),
            ("9点", "09:00"),
            ("9点整", "09:00"),
            ("9点半", "09:30"),
            ("14时05分", "14:05"),
            ("上午9点半", "09:30"),
            ("下午2点", "14:00"),
            ("下午 2:30", "14:30"),
            ("下午14:30", "14:30"),
            ("中午12点", "12:00"),
            ("中午1点", "13:00"),
            ("晚上7点", "19:00"),
            ("2:30pm", "14:30"),
            ("9:00 AM", "09:00"),
            ("00:00", "00:00"),
        ] {
            let read = written(text).map(|time| time.format("%H:%M").to_string());
            assert_eq!(read.as_deref(), Some(told), "{text}");
        }
        for text in [
            "",
            "9",
            "14",
            "9:",
            "24:00",
            "9:60",
            "2460",
            "上午14点",
            "下午",
            "中午9点",
            "半",
            "9点半30",
            "12345",
            "9-30",
            "早9",
            "13点pm半",
        ] {
            assert_eq!(written(text), None, "{text}");
        }
    }
}
