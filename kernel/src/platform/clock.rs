//! The time, handed in. Nobody else asks the machine.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;

/// The clocks of servers that work together differ by less than this.
pub const SKEW: TimeDelta = TimeDelta::minutes(1);

/// A kept instant lies further ahead than it can: whoever kept it added at most `longest` to their present. So its clock
/// ran ahead, and the instant says nothing.
pub fn is_ahead(at: DateTime<Utc>, now: DateTime<Utc>, longest: TimeDelta) -> bool {
    at > furthest(now, longest)
}

/// The furthest instant that anybody can have kept.
pub fn furthest(now: DateTime<Utc>, longest: TimeDelta) -> DateTime<Utc> {
    now + longest + SKEW
}

/// Something kept lasts until then: a lease, a lock, a wait. One that lies further ahead than it can is void.
pub fn lasts(until: DateTime<Utc>, now: DateTime<Utc>, longest: TimeDelta) -> bool {
    until > now && !is_ahead(until, now, longest)
}

/// Where the present moment comes from.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Milliseconds of a clock that stands still until it is moved; the machine's clock when none.
    fixed: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// A clock that stands at `at` until [`Clock::advance`] moves it.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self {
            fixed: Some(Arc::new(AtomicI64::new(at.timestamp_millis()))),
        }
    }

    /// Now, to the microsecond: that is what both databases keep.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.fixed {
            Some(ms) => DateTime::from_timestamp_millis(ms.load(Ordering::Relaxed)).unwrap_or_default(),
            None => Utc::now(),
        };
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// Move a fixed clock on; a running one does not listen.
    pub fn advance(&self, by: TimeDelta) {
        if let Some(ms) = &self.fixed {
            ms.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
        }
    }
}

/// The calendar day of an instant where the users are.
pub fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Shanghai).date_naive()
}

/// The instant at which a calendar day begins where the users are.
pub fn start_of(day: NaiveDate) -> DateTime<Utc> {
    // China has had no daylight saving since 1991, so every midnight exists once.
    day.and_time(chrono::NaiveTime::MIN)
        .and_local_timezone(Shanghai)
        .earliest()
        .map_or_else(DateTime::default, |t| t.with_timezone(&Utc))
}

/// An instant as the users' clocks show it.
pub fn local(at: DateTime<Utc>) -> NaiveDateTime {
    at.with_timezone(&Shanghai).naive_local()
}

/// The same in words, to the minute.
pub fn shown(at: DateTime<Utc>) -> String {
    local(at).format("%Y-%m-%d %H:%M").to_string()
}

/// The day after.
pub fn next_day(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_lasts_to_the_moment_and_is_void_when_it_cannot_be() {
        let now = start_of(NaiveDate::from_ymd_opt(2026, 11, 2).unwrap());
        let (longest, moment) = (TimeDelta::minutes(10), TimeDelta::microseconds(1));
        assert!(!lasts(now - moment, now, longest));
        assert!(!lasts(now, now, longest));
        assert!(lasts(now + moment, now, longest));
        assert!(lasts(now + longest, now, longest));
        assert!(
            lasts(now + longest + SKEW, now, longest),
            "another server's clock is a little faster"
        );
        assert!(!lasts(now + longest + SKEW + moment, now, longest));
        assert!(is_ahead(now + longest + SKEW + moment, now, longest));
        assert!(!is_ahead(now + longest + SKEW, now, longest));
    }
}
