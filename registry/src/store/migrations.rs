//! The migrations of the tables, embedded in the binary.
//!
//! The procedural macro `sqlx::migrate!` could do the same. But then Cargo would compile the database drivers twice,
//! including the C sources of SQLite: once for the binary, and once for the macro.

use std::borrow::Cow;

use sqlx::SqlStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::outcome::StoreError;

const SQLITE: &[(i64, &str, &str)] = &[
    (1, "registry", include_str!("../../migrations/sqlite/0001_registry.sql")),
    (2, "tokens_and_waivers", include_str!("../../migrations/sqlite/0002_tokens_and_waivers.sql")),
    (3, "search", include_str!("../../migrations/sqlite/0003_search.sql")),
    (4, "words", include_str!("../../migrations/sqlite/0004_words.sql")),
    (5, "terms", include_str!("../../migrations/sqlite/0005_terms.sql")),
    (6, "places", include_str!("../../migrations/sqlite/0006_places.sql")),
    (7, "shared_ids", include_str!("../../migrations/sqlite/0007_shared_ids.sql")),
    (8, "never_used", include_str!("../../migrations/sqlite/0008_never_used.sql")),
    (9, "accepted_findings", include_str!("../../migrations/sqlite/0009_accepted_findings.sql")),
    (10, "room_probe", include_str!("../../migrations/sqlite/0010_room_probe.sql")),
];
const POSTGRES: &[(i64, &str, &str)] = &[
    (1, "registry", include_str!("../../migrations/postgres/0001_registry.sql")),
    (2, "tokens_and_waivers", include_str!("../../migrations/postgres/0002_tokens_and_waivers.sql")),
    (3, "search", include_str!("../../migrations/postgres/0003_search.sql")),
    (4, "words", include_str!("../../migrations/postgres/0004_words.sql")),
    (5, "terms", include_str!("../../migrations/postgres/0005_terms.sql")),
    (6, "places", include_str!("../../migrations/postgres/0006_places.sql")),
    (7, "shared_ids", include_str!("../../migrations/postgres/0007_shared_ids.sql")),
    (8, "never_used", include_str!("../../migrations/postgres/0008_never_used.sql")),
    (9, "accepted_findings", include_str!("../../migrations/postgres/0009_accepted_findings.sql")),
    (10, "room_probe", include_str!("../../migrations/postgres/0010_room_probe.sql")),
];

pub(super) fn sqlite() -> Migrator {
    migrator(SQLITE)
}

pub(super) fn postgres() -> Migrator {
    migrator(POSTGRES)
}

/// Updates the tables.
///
/// # Errors
///
/// If a newer version of evschema has updated the tables, or a migration fails.
pub(super) async fn run<'c, C>(migrator: &Migrator, connection: C) -> Result<(), StoreError>
where
    C: sqlx::Acquire<'c>,
    <C::Connection as std::ops::Deref>::Target: sqlx::migrate::Migrate,
{
    match migrator.run(connection).await {
        Err(MigrateError::VersionMissing(step)) => Err(StoreError::Newer { step }),
        done => Ok(done?),
    }
}

/// Checks that the last applied migration is the last one of this version of evschema.
///
/// # Errors
///
/// If no migration was applied, or the last applied migration belongs to a newer or earlier version of evschema.
pub(super) fn check(migrator: &Migrator, applied: Option<i64>) -> Result<(), StoreError> {
    let known = migrator.iter().map(|step| step.version).max().unwrap_or(0);
    match applied {
        Some(step) if known < step => Err(StoreError::Newer { step }),
        Some(step) if step == known => Ok(()),
        Some(_) | None => Err(StoreError::Earlier),
    }
}

fn migrator(steps: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migrations = steps
        .iter()
        .map(|(number, name, sql)| {
            let sql = SqlStr::from_static(sql);
            Migration::new(*number, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
        })
        .collect();
    // During a rolling restart, a running registry of an earlier version continues to work with newer tables. But a
    // registry of an earlier version cannot start with newer tables.
    Migrator::with_migrations(migrations)
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::SqlitePoolOptions;
    use sqlx::{query, query_as};

    use super::*;

    #[test]
    fn both_databases_have_the_same_steps() {
        let names = |steps: &[(i64, &'static str, &str)]| {
            steps.iter().map(|step| (step.0, step.1)).collect::<Vec<_>>()
        };
        assert_eq!(names(SQLITE), names(POSTGRES));
    }

    /// During a rolling restart, registries of the first version and of this version share a database.
    #[tokio::test]
    async fn the_first_version_can_write_before_and_after_the_update() {
        // The pool has one connection, because a database in memory exists only as long as its connection.
        let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
        migrator(&SQLITE[..1]).run(&pool).await.unwrap();
        let first = async |name: &'static str| {
            query("INSERT INTO subjects (name, folded, mode, content_model, revision, version_count, created_at, updated_at)
                   VALUES ($1, $1, 'full', 'lenient', 1, 0, 7, 7)")
                .bind(name)
                .execute(&pool)
                .await
                .unwrap();
            query(
                "INSERT INTO feed (kind, subject, at, data) VALUES ('evschema.subject.changed', $1, 7, '{}')",
            )
            .bind(name)
            .execute(&pool)
            .await
            .unwrap();
        };
        first("before").await;
        sqlite().run(&pool).await.unwrap();
        first("after").await;
        let events: Vec<(i64, String, Option<String>)> =
            query_as("SELECT position, subject, token FROM feed ORDER BY position")
                .fetch_all(&pool)
                .await
                .unwrap();
        assert_eq!(events, [(1, "before".to_owned(), None), (2, "after".to_owned(), None)]);
        // But the first version cannot start with the newer tables.
        let refused = run(&migrator(&SQLITE[..1]), &pool).await.unwrap_err();
        assert!(matches!(refused, StoreError::Newer { .. }), "{refused}");
    }
}
