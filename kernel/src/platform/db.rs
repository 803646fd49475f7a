//! The database, with one door for writing.

mod pool;
mod projection;
mod side;
mod trouble;
mod tx;

use std::{collections::BTreeSet, ops::Deref, sync::Arc, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    TransactionTrait as _,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use self::{pool::Line, side::Side, tx::Inside};
pub use self::{
    pool::{Pool, at_large},
    projection::{Projection, Running, Touched},
    side::Writing,
    trouble::Trouble,
    tx::Tx,
};
use super::{
    actor::Actor,
    error::{Error, Result},
    memo::Memo,
};

/// Reads go through the pool it dereferences to; writing starts with [`Db::write`].
#[derive(Clone, Debug)]
pub struct Db {
    reads: Pool,
    writes: Pool,
    side: Arc<Side>,
    memo: Arc<Memo>,
    projections: Arc<[Projection]>,
}

impl Deref for Db {
    type Target = Pool;
    fn deref(&self) -> &Pool {
        &self.reads
    }
}

/// Nobody else starts on this database until this is dropped.
#[derive(Debug)]
pub struct Starting {
    _tx: DatabaseTransaction,
    _connection: DatabaseConnection,
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
    /// What every write keeps up to date, in the order of the features; none where nobody writes rows of the trade.
    pub projections: &'a [Projection],
}

/// Most connections for [`at_large`]: a report reads two stages side by side, and a second one waits its turn for each.
const LARGE: u32 = 2;
/// How long they stay open when nobody reads.
const LARGE_REST: Duration = Duration::from_secs(2);

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Reading,
    Writing,
    Large,
}

impl Use {
    /// SQLite: how many pages it remembers, as kilobytes.
    const fn pages(self) -> &'static str {
        match self {
            Self::Reading | Self::Writing => "-2000",
            // The children of a district fit.
            Self::Large => "-6000",
        }
    }
}

impl Db {
    /// Open it; SQLite files are created when missing.
    pub async fn open(open: Open<'_>) -> Result<Self> {
        let sqlite = open.url.starts_with("sqlite:");
        let memory = sqlite && open.url.contains(":memory:");
        let line = Line::open();
        let connect = async |size: u32, use_: Use| {
            let mut options = ConnectOptions::new(open.url);
            if use_ == Use::Large {
                options.idle_timeout(LARGE_REST);
            }
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
                    .pragma("cache_size", use_.pages())
                    .pragma("temp_store", "memory")
                    // A page of a list fits, so that reading it waits for nobody.
                    .row_buffer_size(256)
            });
            let watched = Arc::clone(&line);
            options.map_sqlx_sqlite_pool_opts(move |pool| watched.watch(pool, use_ == Use::Writing));
            let watched = Arc::clone(&line);
            options.map_sqlx_postgres_pool_opts(move |pool| watched.watch(pool, use_ == Use::Writing));
            Database::connect(options).await.map_err(Error::from)
        };
        // PostgreSQL districts write side by side; SQLite has one writer.
        let writes = connect(if sqlite { 1 } else { open.readers }, Use::Writing).await?;
        let reads = if memory {
            writes.clone()
        } else {
            connect(open.readers, Use::Reading).await?
        };
        let large = if sqlite && !memory {
            Some(connect(open.readers.min(LARGE), Use::Large).await?)
        } else {
            None
        };
        Ok(Self {
            reads: Pool::new(reads, large, Arc::clone(&line)),
            writes: Pool::new(writes, None, line),
            side: Arc::default(),
            memo: Arc::default(),
            projections: open.projections.into(),
        })
    }

    /// The write transaction of one district. Callers of one district queue, so check-then-write is safe; the lock also
    /// holds between server processes. What belongs to no district has the empty code, which is a lane like any other: on
    /// PostgreSQL it keeps no district from writing meanwhile. Dropping it without [`Tx::commit`] rolls back. A form that
    /// was already submitted is [`Error::Repeated`].
    pub async fn write(&self, by: &Actor, district: &str) -> Result<Tx> {
        self.write_all(by, &[district]).await
    }

    /// The write transaction of several districts, for what joins them. The locks are taken in one order everywhere, so
    /// two such transactions never wait for each other in a circle.
    pub async fn write_all(&self, by: &Actor, districts: &[&str]) -> Result<Tx> {
        let locks = match self.get_database_backend() {
            DbBackend::Postgres => locks(districts),
            _ => String::new(),
        };
        let inside = Inside::new(self.writes.begin(&locks).await?, self.writes.clone());
        if let Some(form) = &by.submission {
            form.save_in(&inside, by.now).await?;
            by.fate.comes_first();
        }
        Ok(Tx::new(
            inside,
            by,
            Arc::clone(&self.projections),
            Arc::clone(&self.memo),
        ))
    }

    /// Where one statement is a transaction of its own. It may run twice when its connection breaks, so it must say the
    /// same thing again: a state, a time, a view that is noted.
    pub fn alone(&self) -> &Pool {
        &self.writes
    }

    /// On PostgreSQL, wait until no other process is starting on this database; it is ours to start on until the answer is
    /// dropped.
    pub async fn starting(url: &str, patience: Duration) -> Result<Starting> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let connection = Database::connect(options).await?;
        let tx = connection.begin().await?;
        let seconds = patience.as_secs();
        // No district has a number below zero.
        tx.execute_unprepared(&format!(
            "SET LOCAL lock_timeout = '{seconds}s'; SELECT pg_advisory_xact_lock(-1)"
        ))
        .await?;
        Ok(Starting {
            _tx: tx,
            _connection: connection,
        })
    }

    /// Whether anything can be saved.
    pub async fn writing(&self) -> Writing {
        self.side.look(&self.writes).await
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
        self.writes.connection.close().await?;
        self.reads.connection.close().await?;
        if let Some(large) = self.reads.large {
            large.close().await?;
        }
        Ok(())
    }

    /// A transaction for looking at what would be: whoever opens it takes it back.
    pub async fn rehearsal(&self) -> Result<DatabaseTransaction> {
        Ok(self.reads.connection.begin().await?)
    }

    /// The connection that writes, for migrations and for filling an empty database only.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writes.connection
    }
}

/// The statements that take the locks of districts, in one order everywhere.
fn locks(districts: &[&str]) -> String {
    let lanes: BTreeSet<i64> = districts.iter().map(|code| code.parse().unwrap_or(0)).collect();
    let mut sql = "SET LOCAL lock_timeout = '10s'".to_owned();
    for lane in lanes {
        sql.push_str(&format!("; SELECT pg_advisory_xact_lock({lane})"));
    }
    sql
}
