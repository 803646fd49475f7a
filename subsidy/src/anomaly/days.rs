//! Checks of days: what happened when it could not have (MD 5, 7-12, 29-30, 33-35, 40).

use chrono::{Datelike as _, NaiveDate, Weekday};

use super::given::{Given, count};
use crate::calendar::{Count, Days, months_later};

fn outside(dates: &[NaiveDate], periods: &[Days]) -> i64 {
    count(
        dates
            .iter()
            .filter(|date| !periods.iter().any(|period| period.hold(**date))),
    )
}

fn inside(dates: &[NaiveDate], periods: &[Days]) -> i64 {
    count(
        dates
            .iter()
            .filter(|date| periods.iter().any(|period| period.hold(**date))),
    )
}

/// Days from one to another; 0 where one is missing or the first is the later.
fn days_between(from: Option<NaiveDate>, to: Option<NaiveDate>) -> i64 {
    let days = from.zip(to).map(|(from, to)| to.signed_duration_since(from).num_days());
    days.unwrap_or(0).max(0)
}

/// 5: on a closed day: a holiday, or a weekend that is no make-up workday.
pub(super) fn closed_day(given: &Given) -> i64 {
    count(given.dates.iter().filter(|date| {
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        given.closed.contains(date) || (weekend && !given.workdays.contains(date))
    }))
}

/// 7: by a teacher who was not in post.
pub(super) fn teacher_not_in_post(given: &Given) -> i64 {
    outside(&given.dates, &given.posts)
}

/// 8, 9, 40: while the teacher, or the child, was away.
pub(super) fn while_away(given: &Given) -> i64 {
    inside(&given.dates, &given.away)
}

/// 10: after exit, death, move or the end of the card.
pub(super) fn after_end(given: &Given) -> i64 {
    count(
        given
            .dates
            .iter()
            .filter(|date| given.ended_on.is_some_and(|end| end < **date)),
    )
}

/// 11: before the first proof.
pub(super) fn before_diagnosis(given: &Given) -> i64 {
    count(
        given
            .dates
            .iter()
            .filter(|date| given.first_proof_on.is_none_or(|first| **date < first)),
    )
}

/// 12: at or above the age limit on the day.
pub(super) fn ineligible_age(given: &Given) -> i64 {
    let counted = Count {
        turn: given.turn,
        leap: given.leap,
    };
    let age = |day: NaiveDate| given.birth.and_then(|birth| counted.age(birth, day));
    count(
        given
            .dates
            .iter()
            .filter(|date| age(**date).is_some_and(|age| age >= given.below)),
    )
}

/// 29: grants of one code before the day on which the next may be.
pub(super) fn device_within_life(given: &Given) -> i64 {
    let mut grants = given.granted_on.clone();
    grants.sort_unstable();
    let early = |pair: &&[NaiveDate]| match pair {
        [last, next] => months_later(*last, given.life_months).is_some_and(|due| *next < due),
        _ => false,
    };
    count(grants.windows(2).filter(early))
}

/// 30: days since a device was paid without a receipt.
pub(super) fn device_not_handed_over(given: &Given) -> i64 {
    if given.received_on.or(given.receipt_on).is_some() {
        return 0;
    }
    days_between(given.paid_on, given.today)
}

/// 33: sessions without a valid plan.
pub(super) fn plan_expired(given: &Given) -> i64 {
    outside(&given.dates, &given.plans)
}

/// 34: days from the first session to the approval.
pub(super) fn approved_after_start(given: &Given) -> i64 {
    days_between(given.first_session_on, given.approved_on)
}

/// 35: days since the centre received an allowance without the guardian's receipt.
pub(super) fn allowance_kept(given: &Given) -> i64 {
    if given.receipt_on.is_some() {
        return 0;
    }
    days_between(given.received_on, given.today)
}
