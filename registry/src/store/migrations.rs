//! The tables' versions, embedded in the binary.
//!
//! `sqlx::migrate!` would do this too, but it is a procedural macro that builds the database
//! drivers, SQLite's C sources included, a second time for the compiler's use.

use std::borrow::Cow;

use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

const SQLITE: &[(i64, &str, &str)] = &[
    (1, "registry", include_str!("../../../migrations/sqlite/0001_registry.sql")),
    (2, "tokens_and_waivers", include_str!("../../../migrations/sqlite/0002_tokens_and_waivers.sql")),
];
const POSTGRES: &[(i64, &str, &str)] = &[
    (1, "registry", include_str!("../../../migrations/postgres/0001_registry.sql")),
    (2, "tokens_and_waivers", include_str!("../../../migrations/postgres/0002_tokens_and_waivers.sql")),
];

pub(super) fn sqlite() -> Migrator {
    migrator(SQLITE)
}

pub(super) fn postgres() -> Migrator {
    migrator(POSTGRES)
}

fn migrator(steps: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migrations = steps
        .iter()
        .map(|(number, name, sql)| {
            let sql = SqlStr::from_static(sql);
            Migration::new(*number, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
        })
        .collect();
    let mut migrator = Migrator::with_migrations(migrations);
    // During a rolling restart the next version of the server may have migrated already.
    migrator.set_ignore_missing(true);
    migrator
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_have_the_same_steps() {
        let names = |steps: &[(i64, &'static str, &str)]| {
            steps.iter().map(|step| (step.0, step.1)).collect::<Vec<_>>()
        };
        assert_eq!(names(SQLITE), names(POSTGRES));
    }
}
