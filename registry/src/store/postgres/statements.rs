//! Connections for statements by themselves, used one after the other without a word between.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{Stream, TryStreamExt as _, stream};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Connection as _, Either, Error, Execute, Executor, Postgres as Driver, SqlStr};
use tokio::sync::Semaphore;

use super::connections::{ACQUIRE_TIMEOUT, STATEMENTS_MAX, TRUSTED_FOR};

/// How long a connection stays here, after which the pool decides whether it is too old.
const KEPT_FOR: Duration = Duration::from_secs(60);
/// How long a connection lies here unused, after which it is the pool's to close.
const IDLE_FOR: Duration = Duration::from_secs(10);

/// What an executor answers, in time.
type Answer<'e, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'e>>;

/// Connections of a pool that are not given back after each statement.
///
/// Whenever a connection is given back, the pool asks the server whether it is still there: a question and an answer
/// for each statement, which cost both sides a third of what the statement does. A connection whose statement
/// was answered needs no question. One whose statement failed, or was given up, goes back to the pool, which asks.
#[derive(Debug)]
pub(super) struct Statements {
    pool: PgPool,
    /// As many as there may be connections: who has a turn finds one here, or the pool has one left.
    turns: Semaphore,
    /// The one used last at the end.
    free: Mutex<Vec<Kept>>,
}

/// A connection between two statements.
#[derive(Debug)]
struct Kept {
    connection: PoolConnection<Driver>,
    taken: Instant,
    used: Instant,
}

impl Statements {
    pub(super) fn new(pool: PgPool) -> Self {
        Self { pool, turns: Semaphore::new(STATEMENTS_MAX as usize), free: Mutex::default() }
    }

    /// Waits until all are given back, and closes them.
    pub(super) async fn close(&self) {
        let closing = self.pool.close();
        // From now on none is kept.
        self.free().clear();
        closing.await;
    }

    /// Lends a connection to one statement, and keeps it if that is answered.
    async fn lend<T>(
        &self,
        statement: impl AsyncFnOnce(&mut PoolConnection<Driver>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let turn = tokio::time::timeout(ACQUIRE_TIMEOUT, self.turns.acquire()).await;
        let _turn = turn.map_err(|_| Error::PoolTimedOut)?.map_err(|_| Error::PoolClosed)?;
        let mut kept = self.take().await?;
        let answer = statement(&mut kept.connection).await?;
        kept.used = Instant::now();
        self.keep(kept);
        Ok(answer)
    }

    async fn take(&self) -> Result<Kept, Error> {
        let last = self.free().pop();
        if let Some(mut kept) = last
            && (kept.used.elapsed() < TRUSTED_FOR || kept.connection.ping().await.is_ok())
        {
            return Ok(kept);
        }
        let connection = self.pool.acquire().await?;
        let now = Instant::now();
        Ok(Kept { connection, taken: now, used: now })
    }

    fn keep(&self, kept: Kept) {
        if KEPT_FOR < kept.taken.elapsed() {
            return;
        }
        let mut free = self.free();
        // Asked now, so that whoever closes the pool and then empties this sees it, or is seen here.
        if self.pool.is_closed() {
            return;
        }
        free.push(kept);
        // One each time is soon all of them.
        if free.first().is_some_and(|first| IDLE_FOR < first.used.elapsed()) {
            free.remove(0);
        }
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        // Nobody panics while holding it.
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
        // Read to the end before anything is passed on, so that the connection is not lent for longer.
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
