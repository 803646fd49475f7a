//! Room: how many of the places of a class are taken on which days. Pure.

use chrono::NaiveDate;

/// Days from a first to a last one; without a last one they do not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: Option<NaiveDate>,
}

impl Span {
    /// From a day to another.
    pub const fn new(from: NaiveDate, to: Option<NaiveDate>) -> Self {
        Self { from, to }
    }

    /// A day is one of them.
    pub fn holds(self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// The days that lie in both.
    pub fn within(self, other: Self) -> Option<Self> {
        let from = self.from.max(other.from);
        let to = match (self.to, other.to) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        to.is_none_or(|to| from <= to).then_some(Self { from, to })
    }

    /// The day after the last one.
    fn after(self) -> Option<NaiveDate> {
        self.to.and_then(|to| to.succ_opt())
    }
}

/// How many places there are on a day.
pub(super) fn places(capacity: &[(Span, i32)], on: NaiveDate) -> i32 {
    capacity.iter().filter(|(span, _)| span.holds(on)).map(|(_, n)| n).sum()
}

/// How many of them are taken on a day.
pub(super) fn taken(held: &[Span], on: NaiveDate) -> i32 {
    let n = held.iter().filter(|span| span.holds(on)).count();
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// The first day of some days on which `more` places besides those that are held are more than there are; none where they
/// always fit. Nothing changes but where a stretch begins or has ended, so only those days are looked at.
pub(super) fn full_on(capacity: &[(Span, i32)], held: &[Span], wanted: Span, more: i32) -> Option<NaiveDate> {
    let spans = capacity.iter().map(|(span, _)| span).chain(held);
    let mut days: Vec<NaiveDate> = spans
        .flat_map(|span| [Some(span.from), span.after()])
        .flatten()
        .filter(|day| wanted.holds(*day))
        .chain([wanted.from])
        .collect();
    days.sort_unstable();
    days.dedup();
    days.into_iter()
        .find(|day| taken(held, *day).saturating_add(more) > places(capacity, *day))
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;

    fn day(n: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, 1).unwrap() + Days::new(n)
    }

    fn span(from: u64, to: Option<u64>) -> Span {
        Span::new(day(from), to.map(day))
    }

    #[test]
    fn the_last_place_is_taken_once() {
        let room = [(span(0, None), 2)];
        let held = [span(0, Some(9)), span(5, None)];
        assert_eq!(full_on(&room, &held, span(0, Some(4)), 1), None);
        assert_eq!(
            full_on(&room, &held, span(0, Some(5)), 1),
            Some(day(5)),
            "both are there"
        );
        assert_eq!(full_on(&room, &held, span(10, None), 1), None, "the first has left");
    }

    #[test]
    fn a_number_that_falls_later_counts_from_its_day() {
        let room = [(span(0, Some(9)), 2), (span(10, None), 1)];
        assert_eq!(full_on(&room, &[span(0, None)], span(3, None), 1), Some(day(10)));
        assert_eq!(full_on(&room, &[], span(3, None), 1), None);
        assert_eq!(full_on(&[], &[], span(3, None), 1), Some(day(3)), "nothing is no room");
    }

    fn spans(most: usize) -> impl Strategy<Value = Vec<Span>> {
        let one = (0_u64..40, proptest::option::of(0_u64..20));
        let one = one.prop_map(|(from, length)| span(from, length.map(|length| from + length)));
        proptest::collection::vec(one, 0..most)
    }

    proptest! {
        #[test]
        fn looking_at_the_changes_is_looking_at_every_day(
            held in spans(8),
            rooms in spans(3),
            numbers in proptest::collection::vec(0_i32..4, 3),
            from in 0_u64..40,
            length in 0_u64..20,
        ) {
            let room: Vec<(Span, i32)> = rooms.into_iter().zip(numbers).collect();
            let wanted = span(from, Some(from + length));
            let slow = (from..=from + length)
                .map(day)
                .find(|day| taken(&held, *day) + 1 > places(&room, *day));
            prop_assert_eq!(full_on(&room, &held, wanted, 1), slow);
        }
    }
}
