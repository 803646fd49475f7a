//! One write transaction, and what became of it.

use std::{
    ops::Deref,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use entities::{ChildId, OrganisationId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::{Projection, Touched, Trouble, pool::Pool};
use crate::platform::{
    actor::Actor,
    error::{Error, Result},
    memo::Memo,
};

/// A write transaction. Every one leaves an event, unless it says [`Tx::commit_quietly`]; and what is derived from the
/// rows that it touched is brought up to date before it is committed.
#[derive(Debug)]
pub struct Tx {
    inside: Inside,
    events: AtomicU32,
    touched: Mutex<Touched>,
    by: Actor,
    projections: Arc<[Projection]>,
    memo: Arc<Memo>,
}

/// What statements run in. After one that failed, or that nobody waited for, nothing more is done: PostgreSQL would answer
/// a commit with a rollback that looks like success, SQLite may have ended the transaction by itself, and everything
/// after that would stand alone.
#[derive(Debug)]
pub struct Inside {
    tx: DatabaseTransaction,
    pool: Pool,
    failed: OnceLock<Trouble>,
    running: AtomicU32,
}

impl Deref for Tx {
    type Target = Inside;
    fn deref(&self) -> &Inside {
        &self.inside
    }
}

impl Inside {
    pub(super) fn new(tx: DatabaseTransaction, pool: Pool) -> Self {
        Self {
            tx,
            pool,
            failed: OnceLock::new(),
            running: AtomicU32::new(0),
        }
    }

    async fn run<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        if self.failed.get().is_some() {
            return Err(DbErr::Custom(
                "a statement of this transaction failed before".to_owned(),
            ));
        }
        self.running.fetch_add(1, Ordering::AcqRel);
        let done = statement.await;
        self.running.fetch_sub(1, Ordering::AcqRel);
        if let Err(error) = &done {
            let _ = self.failed.set(Trouble::of(error));
            self.pool.heard(error);
        }
        done
    }

    /// Every statement did what it was to do.
    fn is_whole(&self) -> Result<()> {
        match self.failed.get() {
            Some(Trouble::Contention | Trouble::Lost) => Err(Error::Busy),
            Some(Trouble::Full) => Err(Error::Full),
            Some(Trouble::Storage | Trouble::Other) => {
                Err(anyhow::anyhow!("a statement failed, so its transaction was not committed").into())
            }
            None if self.running.load(Ordering::Acquire) > 0 => {
                Err(anyhow::anyhow!("a statement was given up, so its transaction was not committed").into())
            }
            None => Ok(()),
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Inside {
    fn get_database_backend(&self) -> DbBackend {
        self.tx.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(self.tx.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(self.tx.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(self.tx.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(self.tx.query_all_raw(statement)).await
    }
}

/// What was read before may be old, also when nobody knows how the commit ended or waited for its end.
struct Outdated(Arc<Memo>);

impl Drop for Outdated {
    fn drop(&mut self) {
        self.0.outdate();
    }
}

impl Tx {
    pub(super) fn new(inside: Inside, by: &Actor, projections: Arc<[Projection]>, memo: Arc<Memo>) -> Self {
        Self {
            inside,
            events: AtomicU32::new(0),
            touched: Mutex::default(),
            by: by.clone(),
            projections,
            memo,
        }
    }

    pub(crate) fn count_event(&self) {
        self.events.fetch_add(1, Ordering::Relaxed);
    }

    /// Something about a child is written here, and the event does not say so: it is about something else, or about many.
    pub fn touches(&self, child: ChildId) {
        self.touch_all([child]);
    }

    /// The same for many.
    pub fn touch_all(&self, children: impl IntoIterator<Item = ChildId>) {
        self.touched().add_children(children);
    }

    /// Who works at an organisation, what it covers or whether it is open changes here.
    pub fn touches_place(&self, place: OrganisationId) {
        self.touched().add_place(place);
    }

    fn touched(&self) -> std::sync::MutexGuard<'_, Touched> {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Make it so.
    ///
    /// # Errors
    /// Whatever stops a projection: then nothing is written. [`Error::Unsettled`] when nobody can know whether it is so.
    pub async fn commit(self) -> Result<()> {
        self.inside.is_whole()?;
        if self.events.load(Ordering::Relaxed) == 0 {
            return Err(anyhow::anyhow!("a write without an event").into());
        }
        self.derive().await?;
        let fate = self.by.fate.clone();
        fate.is_being_decided();
        let done = self.settle().await;
        match &done {
            Ok(()) => fate.is_saved(),
            Err(Error::Unsettled) => {}
            Err(_) => fate.is_nothing(),
        }
        done
    }

    /// Commit what is nobody's business: drafts, last-seen times, delivery states, progress.
    pub async fn commit_quietly(self) -> Result<()> {
        self.inside.is_whole()?;
        self.derive().await?;
        self.settle().await
    }

    /// Bring up to date what is derived from everybody touched so far; committing does it by itself. For whoever has to know
    /// before what a projection changes besides its own rows.
    ///
    /// # Errors
    /// Whatever stops a projection.
    pub async fn derive(&self) -> Result<()> {
        let touched = std::mem::take(&mut *self.touched());
        if touched.is_empty() {
            return Ok(());
        }
        for projection in self.projections.iter() {
            (projection.run)(self, &self.by, &touched).await?;
            // Those before it were not asked about anybody else.
            if !self.touched().is_within(&touched) {
                let name = projection.name;
                return Err(anyhow::anyhow!("the projection {name} wrote about somebody whom nobody touched").into());
            }
        }
        Ok(())
    }

    async fn settle(self) -> Result<()> {
        self.inside.is_whole()?;
        let _outdated = Outdated(self.memo);
        let Inside { tx, pool, .. } = self.inside;
        let Err(error) = tx.commit().await else {
            pool.wrote();
            return Ok(());
        };
        pool.heard(&error);
        if Trouble::commit_certainly_failed(&error) {
            return Err(error.into());
        }
        tracing::error!("nobody knows whether a transaction was committed: {error:#}");
        Err(Error::Unsettled)
    }
}
