//! Connections that are fit for use: none that is still inside a transaction, none from before the server went away.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, QueryStream, SqliteTransactionMode, Statement, StreamTrait, TransactionOptions, TransactionTrait,
    sqlx::{self, Connection, pool::PoolOptions},
};

use super::Trouble;

/// How long somebody waits for a server that was away a moment ago.
const BACK_IN: Duration = Duration::from_secs(1);

tokio::task_local! {
    static AT_LARGE: ();
}

/// Work that walks through all children of a district, more than once: on SQLite it reads by connections that remember
/// more pages than the others, and that are closed when nobody needs them.
pub async fn at_large<T>(work: impl Future<Output = T>) -> T {
    AT_LARGE.scope((), work).await
}

/// Connections to one database. What fails because the connection broke is tried once more on a fresh one, so only
/// statements that may run twice go through it: reads, and writes that say the same thing again.
#[derive(Clone, Debug)]
pub struct Pool {
    pub(super) connection: DatabaseConnection,
    /// For [`at_large`], where that makes a difference.
    pub(super) large: Option<DatabaseConnection>,
    line: Arc<Line>,
}

/// The line to the server.
#[derive(Debug)]
pub(super) struct Line {
    opened: Instant,
    /// Microseconds after `opened` when a connection broke last; connections from before are not used again.
    broken: AtomicU64,
    away: AtomicBool,
    /// The disk refused the last write.
    refuses: AtomicBool,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the age of a connection is no time of the trade"
)]
impl Line {
    pub(super) fn open() -> Arc<Self> {
        Arc::new(Self {
            opened: Instant::now(),
            broken: AtomicU64::new(0),
            away: AtomicBool::new(false),
            refuses: AtomicBool::new(false),
        })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    pub(super) fn broke(&self) {
        self.broken.fetch_max(self.now(), Ordering::AcqRel);
        self.away.store(true, Ordering::Release);
    }

    /// The connection is younger than the last break.
    fn is_whole(&self, age: Duration) -> bool {
        let broken = self.broken.load(Ordering::Acquire);
        let made = self
            .now()
            .saturating_sub(u64::try_from(age.as_micros()).unwrap_or(u64::MAX));
        broken == 0 || made > broken
    }

    /// What every pool asks: nothing that was left inside a transaction is given out or taken back.
    pub(super) fn watch<DB>(self: &Arc<Self>, options: PoolOptions<DB>, writes: bool) -> PoolOptions<DB>
    where
        DB: sqlx::Database,
    {
        let line = Arc::clone(self);
        let options = options.before_acquire(move |connection, of| {
            let fit = line.is_whole(of.age) && !connection.is_in_transaction();
            Box::pin(async move { Ok(fit) })
        });
        if !writes {
            return options;
        }
        options.after_release(|connection, _| {
            Box::pin(async move {
                let outside = is_outside_transactions(connection).await;
                if !outside {
                    tracing::warn!("a connection was closed: its last transaction did not end as it should");
                }
                Ok(outside)
            })
        })
    }
}

/// The database itself is asked whether a transaction is open, not the driver's count alone: SQLite ends a transaction by
/// itself when the disk is full or fails, and a begin that nobody waited for may have happened. The driver begins with any
/// statement, and then looks whether that opened a transaction: here it must not have.
async fn is_outside_transactions<C: Connection>(connection: &mut C) -> bool {
    matches!(connection.begin_with("SELECT 1").await, Err(sqlx::Error::BeginFailed))
}

impl Pool {
    pub(super) fn new(connection: DatabaseConnection, large: Option<DatabaseConnection>, line: Arc<Line>) -> Self {
        Self {
            connection,
            large,
            line,
        }
    }

    /// The connections for what is read now.
    fn reading(&self) -> &DatabaseConnection {
        let large = self.large.as_ref().filter(|_| AT_LARGE.try_with(|()| ()).is_ok());
        large.unwrap_or(&self.connection)
    }

    /// SQLite or PostgreSQL.
    pub fn get_database_backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    /// Run it, and once more on a fresh connection when the first broke.
    async fn twice<T, F>(&self, run: impl Fn() -> F) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>> + Send,
    {
        self.reach().await?;
        match run().await {
            Err(error) if Trouble::of(&error) == Trouble::Lost => {
                self.line.broke();
                self.reach().await?;
                run().await.inspect_err(|e| self.heard(e))
            }
            done => done.inspect_err(|e| self.heard(e)),
        }
    }

    /// While the server is away nobody waits long for it.
    async fn reach(&self) -> Result<(), DbErr> {
        if !self.line.away.load(Ordering::Acquire) {
            return Ok(());
        }
        match tokio::time::timeout(BACK_IN, self.connection.ping()).await {
            Ok(Ok(())) => {
                self.line.away.store(false, Ordering::Release);
                Ok(())
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
        }
    }

    /// Begin to write. Nothing is written yet, so a broken connection costs nothing; `locks` are taken before anything else.
    pub(super) async fn begin(&self, locks: &str) -> Result<DatabaseTransaction, DbErr> {
        self.twice(async || {
            let tx = self
                .connection
                .begin_with_options(TransactionOptions {
                    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                    ..Default::default()
                })
                .await?;
            if !locks.is_empty() {
                tx.execute_unprepared(locks).await?;
            }
            Ok(tx)
        })
        .await
    }

    /// How a statement ended that is not tried twice.
    pub(super) fn heard(&self, error: &DbErr) {
        match Trouble::of(error) {
            Trouble::Lost => self.line.broke(),
            Trouble::Full | Trouble::Storage => self.line.refuses.store(true, Ordering::Release),
            Trouble::Contention | Trouble::Other => {}
        }
    }

    /// Something is on the disk now.
    pub(super) fn wrote(&self) {
        self.line.refuses.store(false, Ordering::Release);
    }

    /// The disk refused the last write.
    pub(super) fn is_refused(&self) -> bool {
        self.line.refuses.load(Ordering::Acquire)
    }

    fn is_remote(&self) -> bool {
        self.get_database_backend() == DbBackend::Postgres
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Pool {
    fn get_database_backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        if !self.is_remote() {
            return self
                .connection
                .execute_raw(statement)
                .await
                .inspect_err(|e| self.heard(e));
        }
        self.twice(|| self.connection.execute_raw(statement.clone())).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.twice(|| self.connection.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        if !self.is_remote() {
            return self
                .reading()
                .query_one_raw(statement)
                .await
                .inspect_err(|e| self.heard(e));
        }
        self.twice(|| self.connection.query_one_raw(statement.clone())).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if !self.is_remote() {
            return self
                .reading()
                .query_all_raw(statement)
                .await
                .inspect_err(|e| self.heard(e));
        }
        self.twice(|| self.connection.query_all_raw(statement.clone())).await
    }
}

impl StreamTrait for Pool {
    type Stream<'a> = QueryStream;

    fn get_database_backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    fn stream_raw<'a>(
        &'a self,
        statement: Statement,
    ) -> Pin<Box<dyn Future<Output = Result<QueryStream, DbErr>> + 'a + Send>> {
        Box::pin(async move {
            self.reach().await?;
            // Who reads a stream asks for more meanwhile: if both were of the few large ones, two such would wait for each
            // other.
            self.connection.stream_raw(statement).await
        })
    }
}
