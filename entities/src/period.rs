//! Months, quarters and years as people write them.

use crate::{half_width::narrow, years::YEARS};

/// Which part of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// All of it.
    Year,
    /// A quarter from 1.
    Quarter(u32),
    /// A month from 1.
    Month(u32),
}

/// Reads a month, a quarter or a year: `2026-10`, `2026/10`, `2026.10`, `202610`, `2026年10月`; `2026-Q4`, `2026年第四季度`;
/// `2026`, `2026年`; in signs of any width.
pub fn period(text: &str) -> Option<(i32, Part)> {
    let text: String = narrow(text)
        .to_uppercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let year: i32 = text
        .get(..4)
        .filter(|year| year.bytes().all(|b| b.is_ascii_digit()))?
        .parse()
        .ok()?;
    let rest = text.get(4..)?;
    let part = match rest {
        "" | "年" | "年度" | "全年" | "年全年" => Part::Year,
        _ => match rest.strip_prefix(['-', '/', '.', '年']) {
            Some(rest) => quarter(rest).or_else(|| month(rest, 1..=2))?,
            None => quarter(rest).or_else(|| month(rest, 2..=2))?,
        },
    };
    YEARS.contains(&year).then_some((year, part))
}

fn month(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<Part> {
    let bare = text.strip_suffix('份').unwrap_or(text);
    let digits_only = bare.strip_suffix('月').unwrap_or(text);
    if !digits.contains(&digits_only.len()) || !digits_only.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let month = digits_only.parse().ok()?;
    (1..=12).contains(&month).then_some(Part::Month(month))
}

fn quarter(text: &str) -> Option<Part> {
    let number = match text.strip_prefix('Q') {
        Some(number) => number,
        None => {
            let number = text.strip_suffix("季度").or_else(|| text.strip_suffix('季'))?;
            number.strip_prefix('第').unwrap_or(number)
        }
    };
    let quarter = match number {
        "1" | "一" => 1,
        "2" | "二" => 2,
        "3" | "三" => 3,
        "4" | "四" => 4,
        _ => return None,
    };
    Some(Part::Quarter(quarter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_as_people_write_them() {
        for text in [
            "2026-10",
            "2026/10",
            "2026.10",
            "202610",
            "2026年10月",
            "2026年10月份",
            "2026 年 10 月",
            "２０２６年１０月",
            "２０２６－１０",
            " 2026-10 ",
            "2026-10月",
        ] {
            assert_eq!(period(text), Some((2026, Part::Month(10))), "{text}");
        }
        for text in ["2026-1", "2026-01", "2026年1月", "202601", "2026.1"] {
            assert_eq!(period(text), Some((2026, Part::Month(1))), "{text}");
        }
        for text in [
            "2026-Q4",
            "2026q4",
            "2026年第4季度",
            "2026年四季度",
            "2026年第四季度",
            "2026/Q4",
        ] {
            assert_eq!(period(text), Some((2026, Part::Quarter(4))), "{text}");
        }
        for text in ["2026", "2026年", "２０２６", "2026年度"] {
            assert_eq!(period(text), Some((2026, Part::Year)), "{text}");
        }
        for text in [
            "",
            "26",
            "10-2026",
            "2026-13",
            "2026-0",
            "202613",
            "20261",
            "2026-Q5",
            "2026-10-01",
            "20261001",
            "2026年10月1日",
            "十月",
            "本月",
            "2026--10",
            "0026-10",
            "2026-",
        ] {
            assert_eq!(period(text), None, "{text}");
        }
    }
}
