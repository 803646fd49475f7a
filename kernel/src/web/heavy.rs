//! Pages and files that cost much: few at once for one account, few at once in the process, a short queue before both, and
//! then "busy" with the time to come again. A route says that it is one of them (`Routes::get_heavy`).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    thread::available_parallelism,
    time::Duration,
};

use axum::{extract::Request, middleware::Next, response::Response};
use entities::AccountId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Ctx;
use crate::platform::{Error, Result, db::at_large};

/// At once for one account.
pub const OF_ONE: usize = 2;
/// Waiting of one account: some windows, not a program.
const OF_ONE_WAITING: usize = 4;
/// Waiting of everybody.
const OF_ALL_WAITING: usize = 48;
/// The line of everybody who has no account.
const WITHOUT: AccountId = AccountId(0);
/// Nobody waits longer; the browser is told when to come again.
const PATIENCE: Duration = Duration::from_secs(8);

/// The places for what costs much in this process.
#[derive(Debug)]
pub struct Heavy {
    all: Line,
    by_account: Mutex<HashMap<AccountId, Line>>,
}

/// Places, and a short queue before them.
#[derive(Clone, Debug)]
struct Line {
    free: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    patience: Duration,
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    _own: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Default for Heavy {
    /// As many at once as there are processors, two at least: what waits for the disk leaves room for the other.
    fn default() -> Self {
        let at_once = available_parallelism().map_or(2, usize::from).max(2);
        Self::new(at_once, OF_ALL_WAITING, PATIENCE)
    }
}

impl Heavy {
    fn new(at_once: usize, waiting: usize, patience: Duration) -> Self {
        Self {
            all: Line::new(at_once, waiting, patience),
            by_account: Mutex::default(),
        }
    }

    /// A turn for an account, in the order of arrival.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait already, or when it took too long.
    pub async fn turn(&self, account: AccountId) -> Result<Turn> {
        // Its own line first: whoever asks for ten files holds up to two of everybody's places.
        let own = self.line_of(account).enter().await?;
        Ok(Turn {
            _own: own,
            _of_all: self.all.enter().await?,
        })
    }

    fn line_of(&self, account: AccountId) -> Line {
        let mut lines = self.by_account.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody uses are forgotten.
        lines.retain(|_, line| line.free.available_permits() < OF_ONE || Arc::strong_count(&line.free) > 1);
        lines
            .entry(account)
            .or_insert_with(|| Line::new(OF_ONE, OF_ONE_WAITING, self.all.patience))
            .clone()
    }
}

impl Line {
    fn new(at_once: usize, waiting: usize, patience: Duration) -> Self {
        Self {
            free: Arc::new(Semaphore::new(at_once)),
            waiting: Arc::new(Semaphore::new(waiting)),
            patience,
        }
    }

    async fn enter(&self) -> Result<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            return Ok(permit);
        }
        let _waits = self.waiting.try_acquire().map_err(|_| Error::Busy)?;
        match tokio::time::timeout(self.patience, Arc::clone(&self.free).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(Error::Busy),
        }
    }
}

/// The layer of a heavy route, behind its guard: whoever comes here may.
pub(super) async fn in_turn(request: Request, next: Next) -> Result<Response> {
    let heavy = request.extensions().get::<Arc<Heavy>>().cloned();
    // Whoever comes without an account stands in one line with all others who do.
    let account = request
        .extensions()
        .get::<Ctx>()
        .map(|ctx| ctx.actor.account.unwrap_or(WITHOUT));
    let _turn = match heavy.as_ref().zip(account) {
        Some((heavy, account)) => Some(heavy.turn(account).await?),
        None => None,
    };
    Ok(at_large(next.run(request)).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heavy() -> Heavy {
        Heavy::new(3, 2, Duration::from_millis(50))
    }

    #[tokio::test]
    async fn one_account_has_two_and_the_others_have_the_rest() {
        let heavy = heavy();
        let first = heavy.turn(AccountId(1)).await.unwrap();
        let second = heavy.turn(AccountId(1)).await.unwrap();
        assert!(
            matches!(heavy.turn(AccountId(1)).await, Err(Error::Busy)),
            "a third waited in vain"
        );
        let other = heavy.turn(AccountId(2)).await.unwrap();
        assert!(
            matches!(heavy.turn(AccountId(3)).await, Err(Error::Busy)),
            "a fourth of all waited in vain"
        );
        drop(first);
        let third = heavy.turn(AccountId(3)).await.unwrap();
        drop((second, other, third));
        assert!(heavy.turn(AccountId(1)).await.is_ok());
        assert_eq!(
            heavy.by_account.lock().unwrap().len(),
            1,
            "accounts without work are forgotten"
        );
    }

    #[expect(clippy::disallowed_methods, reason = "the test waits for them itself")]
    #[tokio::test]
    async fn the_queue_is_short_and_moves_in_order() {
        let heavy = Arc::new(Heavy::new(2, 2, Duration::from_secs(20)));
        let first = heavy.turn(AccountId(1)).await.unwrap();
        let _second = heavy.turn(AccountId(1)).await.unwrap();
        let wait = || {
            let heavy = Arc::clone(&heavy);
            tokio::spawn(async move { heavy.turn(AccountId(1)).await })
        };
        let (third, others) = (wait(), (1..OF_ONE_WAITING).map(|_| wait()).collect::<Vec<_>>());
        while heavy.line_of(AccountId(1)).waiting.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        // The queue is full: the next one is told at once.
        assert!(matches!(heavy.turn(AccountId(1)).await, Err(Error::Busy)));
        drop(first);
        let third = third.await.unwrap().unwrap();
        assert!(others.iter().all(|other| !other.is_finished()));
        drop(third);
        for other in others {
            assert!(other.await.unwrap().is_ok());
        }
    }
}
