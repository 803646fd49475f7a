//! How far a running job is, and whether it is to stop. Kept in memory beside the job's row: while the rows go in
//! under one transaction, an embedded database cannot be written to by anybody else.

use std::{
    collections::HashMap,
    sync::{
        Arc, LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use entities::JobId;

use crate::platform::{App, Error, Result};

/// A job of this process.
#[derive(Debug, Default)]
pub struct Watch {
    done: AtomicUsize,
    total: AtomicUsize,
    cancelled: AtomicBool,
}

type Board = HashMap<(usize, JobId), Arc<Watch>>;

static BOARD: LazyLock<Mutex<Board>> = LazyLock::new(Mutex::default);

fn board() -> MutexGuard<'static, Board> {
    BOARD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Several applications (tests) may live in one process, each with its own job 1.
fn place(app: &App, id: JobId) -> (usize, JobId) {
    (std::ptr::from_ref(&**app).addr(), id)
}

/// The watch of a job while it runs here; taken off the board when dropped.
pub(super) struct Shift {
    place: (usize, JobId),
    pub(super) watch: Arc<Watch>,
}

impl Shift {
    pub(super) fn begin(app: &App, id: JobId) -> Self {
        let place = place(app, id);
        let watch = Arc::new(Watch::default());
        board().insert(place, Arc::clone(&watch));
        Self { place, watch }
    }
}

impl Drop for Shift {
    fn drop(&mut self) {
        board().remove(&self.place);
    }
}

/// The watch of a job that runs in this process.
pub fn running(app: &App, id: JobId) -> Option<Arc<Watch>> {
    board().get(&place(app, id)).cloned()
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
    /// The job was cancelled.
    pub fn step(&self) -> Result<()> {
        self.advance(1)
    }

    /// Some steps further.
    ///
    /// # Errors
    /// The job was cancelled.
    pub fn advance(&self, steps: usize) -> Result<()> {
        self.done.fetch_add(steps, Relaxed);
        if self.is_cancelled() { Err(cancelled()) } else { Ok(()) }
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

    /// It is to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Relaxed)
    }
}

const CANCELLED: &str = "roster.cancelled";

/// The work was cancelled.
pub fn cancelled() -> Error {
    Error::refused(CANCELLED)
}

/// Says so.
pub fn is_cancelled(error: &Error) -> bool {
    matches!(error, Error::Refused(say) if say.key() == CANCELLED)
}
