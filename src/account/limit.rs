//! How often one network address may try to sign in. The lock of an account stops guessing one password; this stops
//! trying one password on many accounts.

use std::{
    hash::{BuildHasher as _, RandomState},
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use governor::{Quota, RateLimiter, clock, middleware::NoOpMiddleware, nanos::Nanos, state::keyed::DashMapStateStore};

use crate::platform::{Clock, remote};

/// Tries that may come at once. A whole health centre starts its day behind one address.
const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);

/// The application's clock as the limiter reads it: it never goes back. While a clock that ran ahead is set back, time
/// stands still for one step only; otherwise everybody would wait for as long as it had been ahead.
#[derive(Clone, Debug)]
struct Ticks {
    clock: Clock,
    /// What the clock said last, and the time that passed until then, in nanoseconds.
    passed: Arc<Mutex<(i64, u64)>>,
}

impl clock::Clock for Ticks {
    type Instant = Nanos;
    fn now(&self) -> Nanos {
        let said = self.clock.now().timestamp_nanos_opt().unwrap_or_default();
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, sum) = *passed;
        let step = u64::try_from(said.saturating_sub(last)).unwrap_or_default();
        *passed = (said, sum.saturating_add(step));
        Nanos::new(passed.1)
    }
}

impl clock::ReasonablyRealtime for Ticks {}

/// Counts tries by address, in this process: after [`BURST`] tries, one more each second. There are 65,536 counts, and an
/// address has the one that a secret of this process assigns to it: however many addresses come, this takes no more
/// memory, and two that share a count are not to be found on purpose.
#[derive(Debug)]
pub struct SignInLimit {
    limiter: RateLimiter<u16, DashMapStateStore<u16>, Ticks, NoOpMiddleware<Nanos>>,
    ticks: Ticks,
    secret: RandomState,
}

impl SignInLimit {
    /// Nobody has tried yet.
    pub fn new(clock: Clock) -> Self {
        let said = clock.now().timestamp_nanos_opt().unwrap_or_default();
        let ticks = Ticks {
            clock,
            passed: Arc::new(Mutex::new((said, 0))),
        };
        let quota = Quota::per_second(NonZeroU32::MIN).allow_burst(BURST);
        Self {
            limiter: RateLimiter::dashmap_with_clock(quota, ticks.clone()),
            ticks,
            secret: RandomState::new(),
        }
    }

    /// One more try from an address; how long to wait when it is one too many. Requests without an address count
    /// together. A browser that somebody signed in with has tries of its own when its address has none left, so that nobody
    /// in the house slows down the house.
    pub fn admit(&self, address: &str, browser: Option<&str>) -> Result<(), Duration> {
        let by_address = self.count(&remote::block(address));
        match browser {
            Some(browser) => by_address.or_else(|_| self.count(browser)),
            None => by_address,
        }
    }

    fn count(&self, whose: &str) -> Result<(), Duration> {
        use clock::Clock as _;
        let [one, other, ..] = self.secret.hash_one(whose).to_le_bytes();
        self.limiter
            .check_key(&u16::from_le_bytes([one, other]))
            .map_err(|until| until.wait_time_from(self.ticks.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};

    fn limit() -> (Clock, SignInLimit) {
        let clock = Clock::fixed(DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
        (clock.clone(), SignInLimit::new(clock))
    }

    fn exhaust(limit: &SignInLimit, address: &str) {
        while limit.admit(address, None).is_ok() {}
    }

    #[test]
    fn sixty_tries_at_once_and_then_one_a_second() {
        let (clock, limit) = limit();
        for _ in 0..60 {
            assert_eq!(limit.admit("10.0.0.1", None), Ok(()));
        }
        assert!(
            limit
                .admit("10.0.0.1", None)
                .is_err_and(|wait| wait <= Duration::from_secs(1))
        );
        clock.advance(TimeDelta::seconds(1));
        assert_eq!(limit.admit("10.0.0.1", None), Ok(()));
        assert!(limit.admit("10.0.0.1", None).is_err());
    }

    #[test]
    fn a_customer_has_one_count_and_so_has_whoever_has_no_address() {
        let (_, limit) = limit();
        exhaust(&limit, "2001:db8:1:2::1");
        assert!(limit.admit("2001:db8:1:2:ffff::9", None).is_err());
        exhaust(&limit, "");
        assert!(limit.admit("nonsense", None).is_err());
    }

    #[test]
    fn a_known_browser_is_not_braked_by_its_neighbours() {
        let (_, limit) = limit();
        exhaust(&limit, "10.0.0.1");
        for _ in 0..60 {
            assert_eq!(limit.admit("10.0.0.1", Some("browser")), Ok(()));
        }
        assert!(
            limit.admit("10.0.0.1", Some("browser")).is_err(),
            "nor has it more than an address"
        );
    }

    #[test]
    fn others_are_not_concerned() {
        let (_, limit) = limit();
        exhaust(&limit, "10.0.0.1");
        let admitted = (2..102)
            .filter(|n| limit.admit(&format!("10.0.0.{n}"), None).is_ok())
            .count();
        assert!(admitted > 97, "{admitted} of 100");
    }

    #[test]
    fn a_clock_that_is_set_back_stops_nobody() {
        let (clock, limit) = limit();
        clock.advance(TimeDelta::days(1));
        exhaust(&limit, "10.0.0.1");
        clock.advance(TimeDelta::days(-1));
        assert!(limit.admit("10.0.0.1", None).is_err());
        clock.advance(TimeDelta::seconds(1));
        assert_eq!(limit.admit("10.0.0.1", None), Ok(()));
    }

    #[test]
    fn a_hundred_thousand_addresses_take_no_more_than_their_counts() {
        let (_, limit) = limit();
        for n in 0..100_000_u32 {
            let _ = limit.admit(&std::net::Ipv4Addr::from_bits(n).to_string(), None);
        }
        assert!(limit.limiter.len() <= 65_536);
    }
}
