use std::borrow::Cow;

use evschema_model::Coordinates;
use sqlx::error::ErrorKind;
use sqlx::migrate::MigrateError;

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written<T> {
    /// It is committed.
    Done(T),
    /// The subject is not as it was when the change was decided; nothing was written.
    HeadMoved,
}

/// What became of an addition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It is committed, and its content has this number.
    Done {
        /// Number of the content.
        schema_id: u32,
    },
    /// The subject is not as it was when the addition was decided; nothing was written.
    HeadMoved,
    /// The `$id` belongs to another subject, or others refer to a version by it; nothing was written.
    IdTaken {
        /// That version.
        owner: Coordinates,
    },
}

/// Why a store cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL names no known database.
    #[error("the URL names no supported database; use `sqlite:PATH`, `sqlite::memory:` or `postgres://…`")]
    UnknownDatabase,
    /// The database cannot be reached, or has no room; the same request may succeed later.
    #[error("the database does not answer: {0}")]
    Unavailable(sqlx::Error),
    /// The database has no room for what was to be written; nothing was.
    #[error("the database is full: {0}")]
    Full(sqlx::Error),
    /// The database refuses a query: a bug.
    #[error("the database rejects a query: {0}")]
    Query(sqlx::Error),
    /// The tables cannot be brought up to date.
    #[error("cannot update the tables: {0}")]
    Migrate(MigrateError),
    /// The tables are of a version that this one does not know.
    #[error(
        "a newer version of evschema has already updated the tables (migration {step}); use that version or a later one"
    )]
    Newer {
        /// The first step that is not known.
        step: i64,
    },
    /// The tables are of an earlier version, and may not be changed.
    #[error(
        "the tables are from an earlier version of evschema; to update them, run `evschema serve` once, without \
         `--read-only`"
    )]
    Earlier,
    /// A row holds what no registry has written.
    #[error("a row in the database has an invalid {0}")]
    Corrupt(&'static str),
}

impl StoreError {
    /// Tells whether the database refuses a row because of one that it has and the statement could not see.
    pub(super) fn is_lost_race(&self) -> bool {
        let (Self::Query(error) | Self::Unavailable(error)) = self else { return false };
        let kind = error.as_database_error().map(sqlx::error::DatabaseError::kind);
        matches!(kind, Some(ErrorKind::UniqueViolation | ErrorKind::NotNullViolation))
    }

    /// Tells whether SQLite says that another connection has the file: `SQLITE_BUSY`, in any of its forms.
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
        let passing = matches!(
            error,
            sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
        ) || error.as_database_error().is_some_and(|error| is_passing(error.code()));
        if error.as_database_error().is_some_and(|error| is_full(error.code())) {
            return Self::Full(error);
        }
        if passing { Self::Unavailable(error) } else { Self::Query(error) }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        Self::Migrate(error)
    }
}

/// Tells whether a database's error code speaks of its condition, not of the query.
fn is_passing(code: Option<Cow<'_, str>>) -> bool {
    let Some(code) = code else { return false };
    if code.len() == 5 {
        // Postgres: connection exceptions, resources, operator intervention, system errors,
        // rolled back for a concurrent transaction, not (yet) writable.
        return ["08", "53", "57", "58", "40"].iter().any(|class| code.starts_with(class)) || code == "25006";
    }
    // SQLite, primary result code: busy, locked, out of memory, read only, I/O error, cannot open.
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5..=8 | 10 | 14))
}

/// Tells whether a database's error code says that there is no room: on the disk, or in the file
/// as far as it may grow.
fn is_full(code: Option<Cow<'_, str>>) -> bool {
    // Postgres: disk_full. SQLite: SQLITE_FULL, and the write that fails for want of room.
    code.is_some_and(|code| code == "53100" || code == "13")
}
