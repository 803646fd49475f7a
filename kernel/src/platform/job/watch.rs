//! How far a running job is, and whether it is to stop. Kept in memory beside the job's row: while its rows go in under one
//! transaction, an embedded database cannot be written to by anybody else.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use entities::JobId;
use tokio_util::task::TaskTracker;

use crate::platform::{Error, Result};

/// A server that stops waits so long for its jobs: each ends at its next step.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a job ended before it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// Somebody does not want it any more.
    #[error("the job was cancelled")]
    Cancelled,
    /// Its server stops; another goes on, or the same one when it is back.
    #[error("the server of the job stops")]
    Leaving,
}

impl From<Stopped> for Error {
    fn from(stopped: Stopped) -> Self {
        Self::Internal(stopped.into())
    }
}

impl Stopped {
    /// Whether that is what an error says.
    pub fn of(error: &Error) -> Option<Self> {
        let Error::Internal(error) = error else { return None };
        error.downcast_ref().copied()
    }
}

/// The jobs of this process.
#[derive(Debug, Default)]
pub struct Jobs {
    board: Mutex<HashMap<JobId, Arc<Watch>>>,
    leaving: AtomicBool,
    tasks: TaskTracker,
}

/// A job while it runs here; taken off the board when dropped.
pub(super) struct Shift<'j> {
    jobs: &'j Jobs,
    id: JobId,
    pub(super) watch: Arc<Watch>,
}

impl Drop for Shift<'_> {
    fn drop(&mut self) {
        let mut board = self.jobs.board();
        // Whoever goes on with the job may stand there already.
        if board.get(&self.id).is_some_and(|watch| Arc::ptr_eq(watch, &self.watch)) {
            board.remove(&self.id);
        }
    }
}

impl Jobs {
    fn board(&self) -> MutexGuard<'_, HashMap<JobId, Arc<Watch>>> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A job that its row says is this process's.
    pub(super) fn begin(&self, id: JobId) -> Shift<'_> {
        let watch = Arc::new(Watch::default());
        let mut board = self.board();
        watch.leaving.store(self.is_leaving(), Relaxed);
        board.insert(id, Arc::clone(&watch));
        Shift { jobs: self, id, watch }
    }

    /// This server stops and begins no job.
    pub(super) fn is_leaving(&self) -> bool {
        self.leaving.load(Relaxed)
    }

    /// The watch of a job that runs in this process.
    pub fn running(&self, id: JobId) -> Option<Arc<Watch>> {
        self.board().get(&id).cloned()
    }

    /// Work on in the background, until [`Jobs::close`].
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }

    /// The server stops: every job ends at its next step and is left to others.
    pub async fn close(&self) {
        self.leaving.store(true, Relaxed);
        for watch in self.board().values() {
            watch.leaving.store(true, Relaxed);
        }
        self.tasks.close();
        if tokio::time::timeout(PATIENCE, self.tasks.wait()).await.is_err() {
            tracing::warn!("jobs were not left in time; they are taken up when they have been silent for a while");
        }
    }
}

/// A job of this process.
#[derive(Debug, Default)]
pub struct Watch {
    done: AtomicUsize,
    total: AtomicUsize,
    cancelled: AtomicBool,
    leaving: AtomicBool,
}

impl Watch {
    /// So many steps from now on.
    pub fn expect(&self, total: usize) {
        self.total.store(total, Relaxed);
        self.done.store(0, Relaxed);
    }

    /// One step further.
    ///
    /// # Errors
    /// The job is to stop.
    pub fn step(&self) -> Result<()> {
        self.advance(1)
    }

    /// Some steps further.
    ///
    /// # Errors
    /// The job is to stop.
    pub fn advance(&self, steps: usize) -> Result<()> {
        self.done.fetch_add(steps, Relaxed);
        self.go_on()
    }

    /// So many of so many steps are done.
    ///
    /// # Errors
    /// The job is to stop.
    pub fn reach(&self, done: usize, total: usize) -> Result<()> {
        self.total.store(total, Relaxed);
        self.done.store(done, Relaxed);
        self.go_on()
    }

    /// Whether to go on.
    ///
    /// # Errors
    /// The job is to stop.
    pub fn go_on(&self) -> Result<()> {
        if self.cancelled.load(Relaxed) {
            Err(Stopped::Cancelled.into())
        } else if self.leaving.load(Relaxed) {
            Err(Stopped::Leaving.into())
        } else {
            Ok(())
        }
    }

    /// Done and total.
    pub fn progress(&self) -> (usize, usize) {
        let total = self.total.load(Relaxed);
        (self.done.load(Relaxed).min(total), total)
    }

    /// Stop at the next step.
    pub fn cancel(&self) {
        self.cancelled.store(true, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_leaves_the_board_when_it_ends_unless_somebody_goes_on_with_it() {
        let jobs = Jobs::default();
        let shift = jobs.begin(JobId(7));
        shift.watch.expect(4);
        shift.watch.step().unwrap();
        assert_eq!(jobs.running(JobId(7)).unwrap().progress(), (1, 4));
        let next = jobs.begin(JobId(7));
        drop(shift);
        assert_eq!(jobs.running(JobId(7)).unwrap().progress(), (0, 0), "the next one's");
        drop(next);
        assert!(jobs.running(JobId(7)).is_none());
    }

    #[tokio::test]
    async fn a_server_that_stops_ends_those_that_run_and_those_that_begin() {
        let jobs = Jobs::default();
        let shift = jobs.begin(JobId(1));
        jobs.close().await;
        let error = shift.watch.step().unwrap_err();
        assert_eq!(Stopped::of(&error), Some(Stopped::Leaving));
        let error = jobs.begin(JobId(2)).watch.go_on().unwrap_err();
        assert_eq!(Stopped::of(&error), Some(Stopped::Leaving));
        shift.watch.cancel();
        let error = shift.watch.go_on().unwrap_err();
        assert_eq!(
            Stopped::of(&error),
            Some(Stopped::Cancelled),
            "nobody wants it any more"
        );
    }
}
