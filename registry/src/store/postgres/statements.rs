//! Connections for single statements, without a ping between two statements.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{Stream, TryStreamExt as _, stream};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Connection as _, Either, Error, Execute, Executor, Postgres as Driver, SqlStr};
use tokio::sync::Semaphore;

/// Connections of one registry for single statements. By default, several registries share the server's 100
/// connections.
pub(super) const STATEMENTS_MAX: u32 = 12;
/// Longest wait for a connection. After this time, the registry reports that the database does not answer.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// For this time after its last statement, a connection needs no ping. No server restarts so fast.
pub(super) const TRUSTED_FOR: Duration = Duration::from_millis(50);
/// After this time, a connection returns to the pool, which decides whether the connection is too old.
const KEPT_FOR: Duration = Duration::from_secs(60);
/// An unused connection returns to the pool after this time, and the pool may close it.
const IDLE_FOR: Duration = Duration::from_secs(10);

/// The future of an executor.
type Answer<'e, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'e>>;

/// Connections of a pool that do not return to the pool after each statement.
///
/// Whenever a connection returns, the pool pings the server. This ping would cost both sides a third of the time of a
/// statement. After an answered statement, the connection needs no ping. After a failed or cancelled statement, the
/// connection returns to the pool, and the pool pings the server.
#[derive(Debug)]
pub(super) struct Statements {
    pool: PgPool,
    /// As many permits as connections. With a permit, a connection is available here or in the pool.
    turns: Semaphore,
    /// The unused connections. The most recently used one is at the end.
    free: Mutex<Vec<IdleConnection>>,
}

/// A connection between two statements.
#[derive(Debug)]
struct IdleConnection {
    connection: PoolConnection<Driver>,
    /// When the connection left the pool.
    taken: Instant,
    /// When it ran its last statement.
    used: Instant,
}

impl Statements {
    pub(super) fn new(pool: PgPool) -> Self {
        Self { pool, turns: Semaphore::new(STATEMENTS_MAX as usize), free: Mutex::default() }
    }

    /// Waits until all connections are unused, and closes them.
    pub(super) async fn close(&self) {
        let closing = self.pool.close();
        // From now on, `keep` returns every connection to the pool.
        self.free().clear();
        closing.await;
    }

    /// Runs one statement on a connection, and keeps the connection if the server answers.
    async fn lend<T>(
        &self,
        statement: impl AsyncFnOnce(&mut PoolConnection<Driver>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let turn = tokio::time::timeout(ACQUIRE_TIMEOUT, self.turns.acquire()).await;
        let _turn = turn.map_err(|_| Error::PoolTimedOut)?.map_err(|_| Error::PoolClosed)?;
        let mut idle = self.take().await?;
        let answer = statement(&mut idle.connection).await?;
        idle.used = Instant::now();
        self.keep(idle);
        Ok(answer)
    }

    async fn take(&self) -> Result<IdleConnection, Error> {
        let last = self.free().pop();
        if let Some(mut idle) = last
            && (idle.used.elapsed() < TRUSTED_FOR || idle.connection.ping().await.is_ok())
        {
            return Ok(idle);
        }
        let connection = self.pool.acquire().await?;
        let now = Instant::now();
        Ok(IdleConnection { connection, taken: now, used: now })
    }

    fn keep(&self, idle: IdleConnection) {
        if KEPT_FOR < idle.taken.elapsed() {
            return;
        }
        let mut free = self.free();
        // This check is under the lock. So either `close` already closed the pool, or it clears this connection later.
        if self.pool.is_closed() {
            return;
        }
        free.push(idle);
        // One connection per call is enough: soon all of them are gone.
        if free.first().is_some_and(|first| IDLE_FOR < first.used.elapsed()) {
            free.remove(0);
        }
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<IdleConnection>> {
        // No code panics while it has the lock.
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'c> Executor<'c> for &'c Statements {
    type Database = Driver;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> Pin<Box<dyn Stream<Item = Result<Either<PgQueryResult, PgRow>, Error>> + Send + 'e>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Driver>,
    {
        // All rows are read before the first one is returned, so that the connection is free again.
        let all =
            self.lend(async move |connection| connection.fetch_many(query).try_collect::<Vec<_>>().await);
        Box::pin(stream::once(all).map_ok(|all| stream::iter(all.into_iter().map(Ok))).try_flatten())
    }

    fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> Answer<'e, Vec<PgRow>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Driver>,
    {
        Box::pin(self.lend(async move |connection| connection.fetch_all(query).await))
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> Answer<'e, Option<PgRow>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Driver>,
    {
        Box::pin(self.lend(async move |connection| connection.fetch_optional(query).await))
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [PgTypeInfo]) -> Answer<'e, PgStatement>
    where
        'c: 'e,
    {
        Box::pin(self.lend(async move |connection| connection.prepare_with(sql, parameters).await))
    }
}
