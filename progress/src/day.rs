//! A day of the calendar, without a clock or a zone.

use std::fmt;

/// A day, counted from 1 January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// The day so many days after 1 January 1970.
    pub fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// Days since 1 January 1970.
    pub fn number(self) -> i32 {
        self.0
    }

    /// A day that exists, written `2026-03-02`, in a year that somebody can mean (1900 to 2199).
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut next = |length: usize| {
            let part = parts.next()?;
            let plain = part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
            if plain { part.parse::<i32>().ok() } else { None }
        };
        let (year, month, date) = (next(4)?, next(2)?, next(2)?);
        if parts.next().is_some() || !(1900..2200).contains(&year) {
            return None;
        }
        let day = Self(number(year, month, date));
        // A day that does not exist is another one when it is written again.
        (day.calendar() == (year, month, date)).then_some(day)
    }

    /// So many days later.
    pub fn after(self, days: u32) -> Self {
        Self(self.0.saturating_add(i32::try_from(days).unwrap_or(i32::MAX)))
    }

    /// Days from an earlier day to this one; below zero when the other is later.
    pub fn since(self, earlier: Self) -> i64 {
        i64::from(self.0) - i64::from(earlier.0)
    }

    /// Year, month and date.
    pub fn calendar(self) -> (i32, i32, i32) {
        // Years begin in March, so that the leap day is the last of its year; eras are 400 years.
        let days = i64::from(self.0) + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let date = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let small = |number: i64| i32::try_from(number).unwrap_or_default();
        (small(year), small(month), small(date))
    }
}

fn number(year: i32, month: i32, date: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + date - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, date) = self.calendar();
        write!(f, "{year:04}-{month:02}-{date:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_written_alike() {
        for text in [
            "1970-01-01",
            "2000-02-29",
            "2024-02-29",
            "2026-12-31",
            "1900-03-01",
            "2199-12-31",
        ] {
            assert_eq!(Day::parse(text).unwrap().to_string(), text);
        }
        let wrong = [
            "",
            "2026-2-1",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-04-00",
            "20260401",
            "2026-04-01T",
            "2026-04-01-",
            "+026-04-01",
            "２０２６-04-01",
            "0001-01-01",
            "9999-01-01",
        ];
        for text in wrong {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn days_follow_each_other() {
        let first = Day::parse("1999-12-31").unwrap();
        for n in 0..1500 {
            assert_eq!(Day::parse(&first.after(n).to_string()), Some(first.after(n)));
        }
        assert_eq!(first.after(60).to_string(), "2000-02-29");
        assert_eq!(first.after(60).since(first), 60);
    }
}
