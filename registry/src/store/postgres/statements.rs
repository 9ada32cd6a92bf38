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

/// The maximum number of connections of one registry for single statements. By default, a server allows 100
/// connections, and several registries may share them.
pub(super) const STATEMENTS_MAX: u32 = 12;
/// The maximum time that a statement waits for a connection. After this time, the registry reports that the database
/// does not answer.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// The maximum time that a server may take to answer a ping.
const PING_MAX: Duration = Duration::from_secs(2);
/// For this time after its last statement, a connection needs no ping. No server restarts so fast.
pub(super) const TRUSTED_FOR: Duration = Duration::from_millis(50);
/// After this time, a connection returns to the pool, and the pool decides whether the connection is too old.
const KEPT_FOR: Duration = Duration::from_secs(60);
/// An unused connection returns to the pool after this time, and the pool may close it.
const IDLE_FOR: Duration = Duration::from_secs(10);

/// The future of an executor.
type Answer<'e, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'e>>;

/// Connections of a pool that do not return to the pool after each statement.
///
/// Each time a connection returns to the pool, the pool pings the server. This ping would cost both sides a third of
/// the time of a statement. After an answered statement, the connection needs no ping. After a failed or cancelled
/// statement, the connection returns to the pool, and the pool pings the server.
#[derive(Debug)]
pub(super) struct Statements {
    pool: PgPool,
    /// One permit for each connection. A caller with a permit can take a connection from `free` or from the pool.
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
        if let Some(mut idle) = last {
            if idle.used.elapsed() < TRUSTED_FOR {
                return Ok(idle);
            }
            // A server that has lost its network never answers.
            let ping = tokio::time::timeout(PING_MAX, idle.connection.ping()).await;
            if matches!(ping, Ok(Ok(()))) {
                return Ok(idle);
            }
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
        // This check is under the lock. So either `close` has already closed the pool, or `close` clears this
        // connection later.
        if self.pool.is_closed() {
            return;
        }
        free.push(idle);
        // Each call removes at most one connection that was unused for too long. After a few calls, all such
        // connections are gone.
        if free.first().is_some_and(|first| IDLE_FOR < first.used.elapsed()) {
            free.remove(0);
        }
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<IdleConnection>> {
        // No code panics while it has the lock, so the lock is never poisoned.
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
        // The connection must be free again before the first row is returned, so this function reads all rows first.
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
