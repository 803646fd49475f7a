//! The database, with one door for writing.

use std::{
    collections::BTreeSet,
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use entities::work::submission;
use sea_orm::{
    ActiveValue::Set,
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, EntityTrait,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use super::{
    actor::Actor,
    error::{Error, Result},
    memo::Memo,
};

/// Reads go through the pool it dereferences to; writing starts with [`Db::write`].
#[derive(Clone, Debug)]
pub struct Db {
    reads: DatabaseConnection,
    writes: DatabaseConnection,
    memo: Arc<Memo>,
}

impl Deref for Db {
    type Target = DatabaseConnection;
    fn deref(&self) -> &DatabaseConnection {
        &self.reads
    }
}

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Open<'a> {
    /// `sqlite://…` or `postgres://…`.
    pub url: &'a str,
    /// Connections for reading.
    pub readers: u32,
    /// SQLite: survive a power cut (`FULL`), not only a killed process (`NORMAL`).
    pub full_sync: bool,
}

impl Db {
    /// Open it; SQLite files are created when missing.
    pub async fn open(open: Open<'_>) -> Result<Self> {
        let sqlite = open.url.starts_with("sqlite:");
        let memory = sqlite && open.url.contains(":memory:");
        let connect = async |size: u32| {
            let mut options = ConnectOptions::new(open.url);
            options
                .max_connections(size)
                .min_connections(u32::from(memory))
                .acquire_timeout(Duration::from_secs(10))
                .sqlx_logging(false)
                .test_before_acquire(false);
            options.map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .create_if_missing(true)
                    .foreign_keys(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(if open.full_sync {
                        SqliteSynchronous::Full
                    } else {
                        SqliteSynchronous::Normal
                    })
                    .busy_timeout(Duration::from_secs(10))
                    .pragma("cache_size", "-2000")
                    .pragma("temp_store", "memory")
                    // A page of a list fits, so that reading it waits for nobody.
                    .row_buffer_size(256)
            });
            Database::connect(options).await.map_err(Error::from)
        };
        // PostgreSQL districts write side by side; SQLite has one writer.
        let writes = connect(if sqlite { 1 } else { open.readers }).await?;
        let reads = if memory {
            writes.clone()
        } else {
            connect(open.readers).await?
        };
        Ok(Self {
            reads,
            writes,
            memo: Arc::default(),
        })
    }

    /// The write transaction of one district (or of everything, with an empty code). Callers of one district queue, so
    /// check-then-write is safe; the lock also holds between server processes. Dropping it without
    /// [`Tx::commit`] rolls back. A form that was already submitted is [`Error::Repeated`].
    pub async fn write(&self, by: &Actor, district: &str) -> Result<Tx> {
        self.write_all(by, &[district]).await
    }

    /// The write transaction of several districts, for what joins them. The locks are taken in one order everywhere, so
    /// two such transactions never wait for each other in a circle.
    pub async fn write_all(&self, by: &Actor, districts: &[&str]) -> Result<Tx> {
        let tx = self
            .writes
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            })
            .await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            let lanes: BTreeSet<i64> = districts.iter().map(|code| code.parse().unwrap_or(0)).collect();
            tx.execute_unprepared("SET LOCAL lock_timeout = '10s'").await?;
            for lane in lanes {
                tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({lane})"))
                    .await?;
            }
        }
        if let Some(token) = &by.submission {
            let row = submission::ActiveModel {
                token: Set(token.clone()),
                at: Set(by.now),
            };
            submission::Entity::insert(row)
                .exec_without_returning(&tx)
                .await
                .map_err(|e| {
                    if Error::is_duplicate(&e) {
                        Error::Repeated(token.clone())
                    } else {
                        e.into()
                    }
                })?;
        }
        Ok(Tx {
            tx,
            events: AtomicU32::new(0),
            memo: self.memo.clone(),
        })
    }

    /// What pages read all the time and hardly anybody writes: read once, and again after any commit here, or after five
    /// seconds because another process may have written.
    pub async fn known<T: Send + Sync + 'static>(
        &self,
        key: &str,
        read: impl Future<Output = Result<T>>,
    ) -> Result<Arc<T>> {
        self.memo.get(key, read).await
    }

    /// Close every connection, so that the file can be copied.
    pub async fn close_all(self) -> Result<()> {
        self.writes.close().await?;
        self.reads.close().await?;
        Ok(())
    }

    /// The connection that writes, for migrations and online backup only.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writes
    }
}

/// A write transaction. Every one leaves an event, unless it says [`Tx::commit_quietly`].
#[derive(Debug)]
pub struct Tx {
    tx: DatabaseTransaction,
    events: AtomicU32,
    memo: Arc<Memo>,
}

impl Deref for Tx {
    type Target = DatabaseTransaction;
    fn deref(&self) -> &DatabaseTransaction {
        &self.tx
    }
}

impl Tx {
    pub(super) fn count_event(&self) {
        self.events.fetch_add(1, Ordering::Relaxed);
    }

    /// Make it so.
    pub async fn commit(self) -> Result<()> {
        if self.events.load(Ordering::Relaxed) == 0 {
            return Err(anyhow::anyhow!("a write without an event").into());
        }
        self.commit_quietly().await
    }

    /// Commit what is nobody's business: drafts, last-seen times, delivery states, progress.
    pub async fn commit_quietly(self) -> Result<()> {
        self.tx.commit().await?;
        self.memo.outdate();
        Ok(())
    }
}
