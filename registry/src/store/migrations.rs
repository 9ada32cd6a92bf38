//! The tables' versions, embedded in the binary.
//!
//! `sqlx::migrate!` would do this too, but it is a procedural macro that builds the database
//! drivers, SQLite's C sources included, a second time for the compiler's use.

use std::borrow::Cow;

use sqlx::SqlStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::StoreError;

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

/// Brings the tables up to date.
///
/// # Errors
///
/// When they are of a newer version, or a step fails.
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

/// Refuses tables of another version than this one, by the last step that was taken.
///
/// # Errors
///
/// When there are none, or their version is newer or earlier.
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
    // A registry of an earlier version goes on beside newer tables during a rolling restart, but does not start on them.
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

    /// A registry of the first version and one of this share a database during a rolling restart.
    #[tokio::test]
    async fn what_the_first_version_wrote_stays_and_it_can_go_on_writing() {
        // One connection, for memory lives as long as it.
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
        let told: Vec<(i64, String, Option<String>)> =
            query_as("SELECT position, subject, token FROM feed ORDER BY position")
                .fetch_all(&pool)
                .await
                .unwrap();
        assert_eq!(told, [(1, "before".to_owned(), None), (2, "after".to_owned(), None)]);
        // But the first version does not start on the newer tables.
        let refused = run(&migrator(&SQLITE[..1]), &pool).await.unwrap_err();
        assert!(matches!(refused, StoreError::Newer { .. }), "{refused}");
    }
}
