use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Sqlite as Driver, Transaction, query_scalar};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use crate::database_url::is_memory;
use crate::store::migrations;
use crate::store::outcome::{Access, StoreError};

/// The number of rows that the thread of a connection reads ahead. This is one page of results, so the thread and the
/// reader seldom wait for each other.
const ROWS_AHEAD: usize = 1_001;

/// The maximum number of connections to a file. One connection can write while the others read (WAL).
const CONNECTIONS_MAX: u32 = 8;
/// The maximum time that a connection waits while another process writes to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// The pause between two attempts, in the situations in which SQLite itself does not wait.
const BUSY_PAUSE: Duration = Duration::from_millis(20);

/// The tables of the registry in SQLite.
#[derive(Debug)]
pub(in crate::store) struct Sqlite {
    pub(super) pool: SqlitePool,
    /// Locked during a write. SQLite also allows only one writer at a time, but without this lock, the other writers
    /// would have to poll.
    pub(super) writing: Mutex<()>,
    /// Keeps a database in memory alive. Such a database exists only while a connection to it is open. The pool closes
    /// a connection if its query is cancelled, for example because a client disconnects.
    _keeper: Mutex<Option<SqliteConnection>>,
}

impl Sqlite {
    pub(in crate::store) async fn open(url: &str, access: Access) -> Result<Self, StoreError> {
        match access {
            Access::Write => Self::open_to_write(url).await,
            Access::ReadOnly => Self::open_to_read(url).await,
        }
    }

    /// Opens a file only for reads, even on a read-only file system.
    async fn open_to_read(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)?
            .read_only(true)
            .busy_timeout(BUSY_TIMEOUT)
            .row_buffer_size(ROWS_AHEAD);
        let applied = async |options: &SqliteConnectOptions| -> Result<Option<i64>, sqlx::Error> {
            let mut connection = options.connect().await?;
            let applied =
                query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut connection).await?;
            connection.close().await?;
            Ok(applied)
        };
        let (options, applied) = match applied(&options).await {
            Ok(step) => (options, step),
            // If SQLite cannot create the files that writers share, no process can write. So the file is immutable.
            Err(error) if error.as_database_error().is_some() => {
                let options = options.immutable(true);
                let step = applied(&options).await?;
                (options, step)
            }
            Err(error) => return Err(error.into()),
        };
        migrations::check(&migrations::sqlite(), applied)?;
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(options);
        Ok(Self { pool, writing: Mutex::new(()), _keeper: Mutex::new(None) })
    }

    async fn open_to_write(url: &str) -> Result<Self, StoreError> {
        let memory = is_memory(url);
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged registration must survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .row_buffer_size(ROWS_AHEAD);
        let keeper = if memory { Some(options.connect().await?) } else { None };
        // Connections to a database in memory share locks, and do not wait for a lock. So the pool for such a database
        // has only one connection.
        let pool = SqlitePoolOptions::new()
            .max_connections(if memory { 1 } else { CONNECTIONS_MAX })
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            // If the disk is full, SQLite itself ends the transaction, but sqlx does not notice this. The connection
            // would return to the pool as if the transaction were still open.
            .after_release(|connection, _| {
                Box::pin(async move {
                    if !connection.is_in_transaction() {
                        return Ok(true);
                    }
                    // If a rollback is pending, it runs before this ping.
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_lazy_with(options);
        retry_while_busy(|| migrate(&pool)).await?;
        Ok(Self { pool, writing: Mutex::new(()), _keeper: Mutex::new(keeper) })
    }

    /// Begins a transaction that writes.
    pub(super) async fn begin_write(&self) -> Result<Transaction<'static, Driver>, StoreError> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// Updates the tables under the lock of a writer, because another process may start at the same time.
async fn migrate(pool: &SqlitePool) -> Result<(), StoreError> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    migrations::run(&migrations::sqlite(), &mut *transaction).await?;
    Ok(transaction.commit().await?)
}

/// Retries while the file is busy, for at most [`BUSY_TIMEOUT`].
///
/// In some situations, SQLite rejects other connections at once instead of letting them wait: while the last connection
/// to a file closes, and while a connection recovers or creates the log. The page <https://sqlite.org/wal.html>
/// explains this under "Sometimes Queries Return SQLITE_BUSY In WAL Mode".
async fn retry_while_busy<F: Future<Output = Result<(), StoreError>>>(
    attempt: impl Fn() -> F,
) -> Result<(), StoreError> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        match attempt().await {
            Err(error) if error.is_busy() && Instant::now() < deadline => sleep(BUSY_PAUSE).await,
            done => return done,
        }
    }
}
