//! Places and hours by month: of each month the tightest day. Pure.

use chrono::{Months, NaiveDate};
use entities::words::{CareService, EnrolmentMode};

use crate::places::room::Span;

/// Months that are looked at.
pub const MONTHS: u32 = 12;

/// Somebody who takes a place, and hours, on some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taker {
    /// The days.
    pub days: Span,
    /// The mode of the place.
    pub mode: EnrolmentMode,
    /// Minutes in a week, by service.
    pub minutes: Vec<(CareService, u32)>,
}

/// What a centre has, and who takes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// Places, by mode.
    pub places: Vec<(EnrolmentMode, Span, i32)>,
    /// Minutes in a week, by service.
    pub hours: Vec<(CareService, Span, i32)>,
    /// Children who have a place, and offers that hold one.
    pub takers: Vec<Taker>,
}

/// What there is, what is taken, and what would be, on the tightest day of a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What there is.
    pub there: i64,
    /// What is taken.
    pub taken: i64,
    /// What would be taken.
    pub would: i64,
}

impl Cell {
    /// What would be left; below nothing where it is not enough.
    pub const fn left(self) -> i64 {
        self.there - self.would
    }
}

/// A month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: NaiveDate,
    /// Places, mode by mode.
    pub places: Vec<(EnrolmentMode, Cell)>,
    /// Minutes in a week, service by service.
    pub hours: Vec<(CareService, Cell)>,
}

/// Twelve months from the one that begins on a day.
pub fn months(base: &Base, picked: &[Taker], first: NaiveDate) -> Vec<Month> {
    let begins = (0..MONTHS).filter_map(|n| first.checked_add_months(Months::new(n)));
    begins.map(|first| month(base, picked, first)).collect()
}

fn month(base: &Base, picked: &[Taker], first: NaiveDate) -> Month {
    let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
    let last = next.pred_opt().unwrap_or(first);
    let days = days(base, picked, Span::new(first, Some(last)));
    let tightest = |cell: &dyn Fn(NaiveDate) -> Cell| {
        let cells = days.iter().map(|day| cell(*day));
        cells.min_by_key(|cell| cell.left()).unwrap_or_default()
    };
    Month {
        first,
        places: EnrolmentMode::ALL
            .iter()
            .map(|mode| (*mode, tightest(&|day| place(base, picked, *mode, day))))
            .collect(),
        hours: CareService::ALL
            .iter()
            .map(|service| (*service, tightest(&|day| hour(base, picked, *service, day))))
            .collect(),
    }
}

/// The days of a month on which something changes, its first among them.
fn days(base: &Base, picked: &[Taker], month: Span) -> Vec<NaiveDate> {
    let spans = base.places.iter().map(|(_, span, _)| *span);
    let spans = spans.chain(base.hours.iter().map(|(_, span, _)| *span));
    let spans = spans.chain(base.takers.iter().chain(picked).map(|taker| taker.days));
    let changes = spans.flat_map(|span| [Some(span.from), span.to.and_then(|to| to.succ_opt())]);
    let mut days: Vec<NaiveDate> = changes.flatten().filter(|day| month.holds(*day)).collect();
    days.push(month.from);
    days.sort_unstable();
    days.dedup();
    days
}

fn place(base: &Base, picked: &[Taker], mode: EnrolmentMode, day: NaiveDate) -> Cell {
    let there = base
        .places
        .iter()
        .filter(|(of, span, _)| *of == mode && span.holds(day));
    let count = |takers: &[Taker]| {
        let of = takers
            .iter()
            .filter(|taker| taker.mode == mode && taker.days.holds(day));
        i64::try_from(of.count()).unwrap_or(i64::MAX)
    };
    let taken = count(&base.takers);
    Cell {
        there: there.map(|(_, _, n)| i64::from(*n)).sum(),
        taken,
        would: taken + count(picked),
    }
}

fn hour(base: &Base, picked: &[Taker], service: CareService, day: NaiveDate) -> Cell {
    let there = base
        .hours
        .iter()
        .filter(|(of, span, _)| *of == service && span.holds(day));
    let sum = |takers: &[Taker]| -> i64 {
        let there = takers.iter().filter(|taker| taker.days.holds(day));
        let minutes = there.flat_map(|taker| &taker.minutes).filter(|(of, _)| *of == service);
        minutes.map(|(_, minutes)| i64::from(*minutes)).sum()
    };
    let taken = sum(&base.takers);
    Cell {
        there: there.map(|(_, _, minutes)| i64::from(*minutes)).sum(),
        taken,
        would: taken + sum(picked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn taker(from: &str, to: Option<&str>, minutes: u32) -> Taker {
        Taker {
            days: Span::new(day(from), to.map(day)),
            mode: EnrolmentMode::FullDay,
            minutes: vec![(CareService::Individual, minutes)],
        }
    }

    #[test]
    fn of_each_month_the_tightest_day_is_told() {
        let always = Span::new(day("2026-01-01"), None);
        let base = Base {
            places: vec![
                (EnrolmentMode::FullDay, always, 2),
                // One more from the middle of January on.
                (EnrolmentMode::FullDay, Span::new(day("2027-01-15"), None), 1),
            ],
            hours: vec![(CareService::Individual, always, 300)],
            takers: vec![
                taker("2026-10-01", Some("2026-12-10"), 120),
                taker("2026-12-05", None, 120),
            ],
        };
        let picked = [taker("2026-12-01", None, 150)];
        let told = months(&base, &picked, day("2026-12-01"));
        assert_eq!(told.len(), 12);
        let full = |n: usize| told[n].places[0].1;
        // From the 5th to the 10th both are there.
        assert_eq!(
            full(0),
            Cell {
                there: 2,
                taken: 2,
                would: 3
            }
        );
        assert_eq!((full(0).left(), full(1).left(), full(2).left()), (-1, 0, 1));
        let hours = |n: usize| told[n].hours[0].1;
        assert_eq!(
            hours(0),
            Cell {
                there: 300,
                taken: 240,
                would: 390
            }
        );
        assert_eq!(
            hours(1),
            Cell {
                there: 300,
                taken: 120,
                would: 270
            }
        );
        assert_eq!(told[0].places[1].1, Cell::default(), "nobody comes for half days");
    }

    #[test]
    fn with_nobody_picked_it_is_as_it_is() {
        let base = Base {
            takers: vec![taker("2026-10-01", None, 120)],
            ..Base::default()
        };
        for month in months(&base, &[], day("2026-12-01")) {
            let cells = month
                .places
                .iter()
                .map(|(_, cell)| cell)
                .chain(month.hours.iter().map(|(_, cell)| cell));
            for cell in cells {
                assert_eq!(cell.taken, cell.would);
            }
        }
    }
}
