use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;

use evschema_model::Coordinates;
use sqlx::error::ErrorKind;
use sqlx::migrate::MigrateError;

/// The future of an operation of the store.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The access to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reads and writes.
    Write,
    /// Only reads. The store writes nothing, and does not update the tables either.
    ReadOnly,
}

/// The result of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written<T> {
    /// The change is committed.
    Done(T),
    /// The subject is not in the expected condition. The store wrote nothing.
    HeadMoved,
}

/// The result of an addition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// The addition is committed.
    Done {
        /// The number of the schema.
        schema_id: u32,
    },
    /// The subject is not in the expected condition. The store wrote nothing.
    HeadMoved,
    /// The `$id` belongs to another subject, or other versions refer to a version by this `$id`. The store wrote
    /// nothing.
    IdTaken {
        /// The version that the `$id` belongs to.
        owner: Coordinates,
    },
}

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL has an unknown scheme.
    #[error("the URL names no supported database; use `sqlite:PATH`, `sqlite::memory:` or `postgres://…`")]
    UnknownDatabase,
    /// The database does not answer. The same operation may succeed later.
    #[error("the database does not answer: {0}")]
    Unavailable(sqlx::Error),
    /// The database has no free space. It wrote nothing.
    #[error("the database is full: {0}")]
    Full(sqlx::Error),
    /// The database rejects a query. This is a bug.
    #[error("the database rejects a query: {0}")]
    Query(sqlx::Error),
    /// The tables cannot be updated.
    #[error("cannot update the tables: {0}")]
    Migrate(MigrateError),
    /// A newer version of evschema has updated the tables.
    #[error(
        "a newer version of evschema has already updated the tables (migration {step}); use that version or a later one"
    )]
    Newer {
        /// The first unknown migration.
        step: i64,
    },
    /// The tables are from an earlier version of evschema, and the database is open only for reads.
    #[error(
        "the tables are from an earlier version of evschema; to update them, run `evschema serve` once, without \
         `--read-only`"
    )]
    Earlier,
    /// A row has a value that no registry writes.
    #[error("a row in the database has an invalid {0}")]
    Corrupt(&'static str),
}

impl StoreError {
    /// Returns whether the database rejected a row because of a row of another transaction, which the statement could
    /// not see yet.
    pub(super) fn is_lost_race(&self) -> bool {
        let (Self::Query(error) | Self::Unavailable(error)) = self else { return false };
        let kind = error.as_database_error().map(sqlx::error::DatabaseError::kind);
        matches!(kind, Some(ErrorKind::UniqueViolation | ErrorKind::NotNullViolation))
    }

    /// Returns whether another connection uses the SQLite file: `SQLITE_BUSY`, with any extended code.
    pub(super) fn is_busy(&self) -> bool {
        let (Self::Unavailable(error)
        | Self::Migrate(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _))) = self
        else {
            return false;
        };
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let is_temporary =
            matches!(
                error,
                sqlx::Error::Io(_)
                    | sqlx::Error::Tls(_)
                    | sqlx::Error::Protocol(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::PoolClosed
                    | sqlx::Error::WorkerCrashed
            ) || error.as_database_error().is_some_and(|error| has_temporary_code(error.code()));
        if error.as_database_error().is_some_and(|error| is_full(error.code())) {
            return Self::Full(error);
        }
        if is_temporary { Self::Unavailable(error) } else { Self::Query(error) }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        Self::Migrate(error)
    }
}

/// Returns whether an error code describes the current condition of the database, and not an error in the query.
fn has_temporary_code(code: Option<Cow<'_, str>>) -> bool {
    let Some(code) = code else { return false };
    if code.len() == 5 {
        // Postgres: connection exceptions, insufficient resources, operator intervention, system errors, transaction
        // rollbacks, and read-only transactions.
        return ["08", "53", "57", "58", "40"].iter().any(|class| code.starts_with(class)) || code == "25006";
    }
    // SQLite, primary result code: busy, locked, out of memory, read-only, I/O error, cannot open.
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5..=8 | 10 | 14))
}

/// Returns whether an error code of a database means that the disk is full, or that the file may not grow further.
fn is_full(code: Option<Cow<'_, str>>) -> bool {
    // Postgres: `disk_full`. SQLite: `SQLITE_FULL`.
    code.is_some_and(|code| code == "53100" || code == "13")
}
