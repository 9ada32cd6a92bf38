//! The tables of the inbox, the outbox and the dead letters, as SQL files.
//!
//! Copy the files of `events/migrations` to the migrations of your service, or run `migrate_postgres` or
//! `migrate_sqlite` when the service starts. Every statement is repeatable.

/// One SQL file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migration {
    /// The name of the file, without its ending.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

macro_rules! migrations {
    ($database:literal) => {
        &[
            Migration {
                name: "0001_inbox",
                sql: include_str!(concat!("../migrations/", $database, "/0001_inbox.sql")),
            },
            Migration {
                name: "0002_outbox",
                sql: include_str!(concat!("../migrations/", $database, "/0002_outbox.sql")),
            },
            Migration {
                name: "0003_dead_letters",
                sql: include_str!(concat!("../migrations/", $database, "/0003_dead_letters.sql")),
            },
        ]
    };
}

/// The migrations for Postgres 12 or newer.
pub const POSTGRES: &[Migration] = migrations!("postgres");

/// The migrations for SQLite 3.38 or newer.
pub const SQLITE: &[Migration] = migrations!("sqlite");

/// Creates the missing tables in a Postgres database.
///
/// # Errors
///
/// If the database rejects a statement.
#[cfg(feature = "postgres")]
pub async fn migrate_postgres(connection: &mut sqlx::PgConnection) -> Result<(), sqlx::Error> {
    for migration in POSTGRES {
        sqlx::raw_sql(migration.sql).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Creates the missing tables in a SQLite database.
///
/// # Errors
///
/// If the database rejects a statement.
#[cfg(feature = "sqlite")]
pub async fn migrate_sqlite(connection: &mut sqlx::SqliteConnection) -> Result<(), sqlx::Error> {
    for migration in SQLITE {
        sqlx::raw_sql(migration.sql).execute(&mut *connection).await?;
    }
    Ok(())
}
