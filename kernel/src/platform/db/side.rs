//! The side that writes: whether it can, for the proxy, for `check` and for whoever watches.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::{Trouble, pool::Pool};

/// Longer than a form waits for its turn, shorter than a proxy waits for an answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// A roster of twenty thousand rows goes in within one transaction; whoever holds the writers up longer is stuck.
const STUCK: Duration = Duration::from_mins(5);

/// Whether anything can be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Writing {
    /// Yes.
    Works,
    /// Somebody else is writing just now.
    Busy,
    /// Somebody has been writing for minutes and nobody else can.
    Stuck,
    /// The disk is full.
    Full,
    /// This server follows another one and may only read.
    ReadOnly,
    /// It fails, with this error.
    Fails(String),
}

/// What is known about the side that writes.
#[derive(Debug, Default)]
pub(super) struct Side {
    busy_since: Mutex<Option<Instant>>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long it has been busy is no time of the trade"
)]
impl Side {
    fn busy(&self) -> Writing {
        let mut since = self.busy_since.lock().unwrap_or_else(PoisonError::into_inner);
        match *since {
            Some(since) if since.elapsed() > STUCK => Writing::Stuck,
            Some(_) => Writing::Busy,
            None => {
                *since = Some(Instant::now());
                Writing::Busy
            }
        }
    }

    fn free(&self) {
        *self.busy_since.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Begin and roll back; after a failure of the disk something is really written, to see whether that is over.
    pub(super) async fn look(&self, writes: &Pool) -> Writing {
        let looked = tokio::time::timeout(PATIENCE, Self::begin(writes)).await;
        let Ok(outcome) = looked else { return self.busy() };
        match outcome {
            Ok(can) => {
                self.free();
                can
            }
            Err(error) => match Trouble::of(&error) {
                Trouble::Contention => self.busy(),
                Trouble::Full => Writing::Full,
                Trouble::Lost | Trouble::Storage | Trouble::Other => Writing::Fails(error.to_string()),
            },
        }
    }

    async fn begin(writes: &Pool) -> Result<Writing, DbErr> {
        let tx = writes.begin("").await?;
        let backend = tx.get_database_backend();
        if backend == DbBackend::Postgres {
            let asked = Statement::from_string(backend, "SELECT current_setting('transaction_read_only') AS answer");
            let row = tx.query_one_raw(asked).await?;
            if row.is_some_and(|row| row.try_get::<String>("", "answer").is_ok_and(|only| only == "on")) {
                return Ok(Writing::ReadOnly);
            }
        }
        if !writes.is_refused() {
            tx.rollback().await?;
            return Ok(Writing::Works);
        }
        // Changes nothing that anybody reads, and yet goes through the disk.
        let write = match backend {
            DbBackend::Postgres => "SELECT pg_current_xact_id()",
            _ => "PRAGMA user_version = 0",
        };
        tx.execute_unprepared(write).await?;
        tx.commit().await?;
        writes.wrote();
        Ok(Writing::Works)
    }
}
