//! How often one network address may try to sign in. The lock of an account stops guessing one password; this stops
//! trying one password on many accounts.

use std::{num::NonZeroU32, time::Duration};

use governor::{Quota, RateLimiter, clock, middleware::NoOpMiddleware, nanos::Nanos, state::keyed::DashMapStateStore};

use crate::platform::Clock;

/// Tries that may come at once. A whole health centre starts its day behind one address.
const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);
/// Addresses kept in mind before those that were quiet are forgotten.
const REMEMBERED: usize = 10_000;

/// The application's clock as the limiter reads it.
#[derive(Clone, Debug)]
struct Ticks(Clock);

impl clock::Clock for Ticks {
    type Instant = Nanos;
    fn now(&self) -> Nanos {
        let nanos = self.0.now().timestamp_nanos_opt().and_then(|n| u64::try_from(n).ok());
        Nanos::new(nanos.unwrap_or_default())
    }
}

impl clock::ReasonablyRealtime for Ticks {}

/// Counts tries by address, in this process: after [`BURST`] tries, one more each second.
#[derive(Debug)]
pub struct SignInLimit {
    limiter: RateLimiter<String, DashMapStateStore<String>, Ticks, NoOpMiddleware<Nanos>>,
    ticks: Ticks,
}

impl SignInLimit {
    /// Nobody has tried yet.
    pub fn new(clock: Clock) -> Self {
        let ticks = Ticks(clock);
        let quota = Quota::per_second(NonZeroU32::MIN).allow_burst(BURST);
        Self {
            limiter: RateLimiter::dashmap_with_clock(quota, ticks.clone()),
            ticks,
        }
    }

    /// One more try from an address; how long to wait when it is one too many. Requests without an address do not come
    /// through the network.
    pub fn admit(&self, address: &str) -> Result<(), Duration> {
        use clock::Clock as _;
        if address.is_empty() {
            return Ok(());
        }
        if self.limiter.len() > REMEMBERED {
            self.limiter.retain_recent();
        }
        self.limiter
            .check_key(&address.to_owned())
            .map_err(|until| until.wait_time_from(self.ticks.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};

    #[test]
    fn sixty_tries_at_once_and_then_one_a_second() {
        let clock = Clock::fixed(DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
        let limit = SignInLimit::new(clock.clone());
        for _ in 0..60 {
            assert_eq!(limit.admit("10.0.0.1"), Ok(()));
        }
        assert!(
            limit
                .admit("10.0.0.1")
                .is_err_and(|wait| wait <= Duration::from_secs(1))
        );
        assert_eq!(limit.admit("10.0.0.2"), Ok(()));
        clock.advance(TimeDelta::seconds(1));
        assert_eq!(limit.admit("10.0.0.1"), Ok(()));
        assert!(limit.admit("10.0.0.1").is_err());
    }
}
