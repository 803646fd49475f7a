//! The time, handed in. Nobody else asks the machine.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;

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

/// The day after.
pub fn next_day(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}
