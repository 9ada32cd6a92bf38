//! Tests databases of earlier versions of the registry. The earlier versions write before and after this version
//! starts. The first migrations create the tables of the earlier versions, and this file contains copies of their
//! statements.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use evschema_model::Digest;
use evschema_tests::{Postgres, repository};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, PgPool, SqlStr, SqlitePool, raw_sql};

use super::world::World;

const ONE: &str = r#"{"title":"Order","properties":{"number":{"type":"string"}}}"#;
const TWO: &str = r#"{"title":"Order","properties":{"number":{"type":"string"},"total":{"type":"integer"}}}"#;
const BREAKS_TWO: &str =
    r#"{"title":"Order","properties":{"number":{"type":"string"},"total":{"type":"boolean"}}}"#;

/// Maximum time until a registry has added the missing search terms after its start, even on a busy machine.
const INDEXED_MAX: Duration = Duration::from_secs(20);

/// A registry of an earlier version. The test runs only its statements on the database.
enum Earlier {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Earlier {
    /// Connects to the database, and runs this number of migrations.
    async fn start(url: &str, steps: usize) -> Self {
        let name = if url.starts_with("sqlite") { "sqlite" } else { "postgres" };
        let mut migrator = Migrator::with_migrations(first_steps(name, steps));
        migrator.set_ignore_missing(true);
        if name == "sqlite" {
            let pool = SqlitePool::connect(&format!("{url}?mode=rwc")).await.unwrap();
            migrator.run(&pool).await.unwrap();
            Self::Sqlite(pool)
        } else {
            let pool = PgPool::connect(url).await.unwrap();
            migrator.run(&pool).await.unwrap();
            Self::Postgres(pool)
        }
    }

    /// Adds a search term to a subject, as the registry with three migrations did.
    async fn cut_words(&self, subject: &str, word: &str) {
        let id = format!("(SELECT id FROM subjects WHERE name = '{subject}')");
        let sql = format!(
            "INSERT INTO search_words (subject_id, part, word) VALUES ({id}, 2, '{word}');
             UPDATE subject_search SET indexed_revision = 2 WHERE subject_id = {id};"
        );
        self.run(sql).await;
    }

    async fn run(&self, sql: String) {
        match self {
            Self::Sqlite(pool) => drop(raw_sql(AssertSqlSafe(sql)).execute(pool).await.unwrap()),
            Self::Postgres(pool) => drop(raw_sql(AssertSqlSafe(sql)).execute(pool).await.unwrap()),
        }
    }

    /// Registers the next minor version of a subject; the first version creates the subject.
    async fn register(&self, subject: &str, minor: u32, schema: &str) {
        let digest = Digest::of(&serde_json::from_str(schema).unwrap());
        let hex: String = schema.bytes().map(|byte| format!("{byte:02x}")).collect();
        let bytes = match self {
            Self::Sqlite(_) => format!("X'{hex}'"),
            Self::Postgres(_) => format!("decode('{hex}', 'hex')"),
        };
        let (version, ordinal) = (format!("1.{minor}.0"), minor + 1);
        let next = "SELECT coalesce(max(position), 0) + 1 FROM feed";
        let (position, value) = match self {
            Self::Sqlite(_) => ("position, ", format!("({next}), ")),
            Self::Postgres(_) => ("", String::new()),
        };
        let mut sql = String::new();
        if minor == 0 {
            sql += &format!(
                "INSERT INTO subjects (name, folded, mode, content_model, description, revision, version_count,
                                       created_at, updated_at)
                 VALUES ('{subject}', '{subject}', 'backward_transitive', 'lenient', 'From long ago', 1, 0, 7, 7);
                 INSERT INTO feed ({position}kind, subject, at, data)
                 VALUES ({value}'evschema.subject.changed', '{subject}', 7, '{{}}');
                 INSERT INTO subject_search (subject_id, about, content)
                 SELECT id, 'from long ago', 'order number' FROM subjects WHERE name = '{subject}';"
            );
        }
        sql += &format!(
            "UPDATE subjects SET revision = revision + 1, latest = '{version}', updated_at = 7,
                    version_count = version_count + 1 WHERE name = '{subject}';
             INSERT INTO schemas (digest, bytes) VALUES ('{digest}', {bytes}) ON CONFLICT (digest) DO NOTHING;
             INSERT INTO versions (subject_id, version, ordinal, schema_id, state, author, registered_at)
             SELECT s.id, '{version}', {ordinal}, c.id, 'active', 'first', 7 FROM subjects s, schemas c
             WHERE s.name = '{subject}' AND c.digest = '{digest}';
             INSERT INTO feed ({position}kind, subject, at, data)
             VALUES ({value}'evschema.version.registered', '{subject}', 7, '{{}}');"
        );
        self.run(sql).await;
    }
}

#[test]
fn the_first_version_and_this_one_share_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("registry.db").display());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for url in [file, Postgres::fresh_database()] {
        let first = runtime.block_on(Earlier::start(&url, 1));
        runtime.block_on(first.register("shop.order", 0, ONE));

        let world = World::on(&url);
        assert_eq!(world.get("/schemas/shop.order/1.0.0.json").body, ONE);
        assert_eq!(world.get("/schemas/shop.order/1.0.0").json()["author"], "first");
        find(&world, "numb", "shop.order");
        find(&world, "long+ago", "shop.order");

        // The old registry continues to write. The new registry shows these writes at once.
        runtime.block_on(first.register("shop.order", 1, TWO));
        runtime.block_on(first.register("shop.late", 0, TWO));
        assert_eq!(
            world.get("/schemas/shop.order/latest.json").header("location"),
            Some("/schemas/shop.order/1.1.0.json")
        );
        let reply = world.put("shop.order@1.2.0", BREAKS_TWO);
        assert!(reply.status == 409 && reply.body.contains("incompatible"), "{reply}");
        world.given("shop.order@1.2.0", r#"{"title":"Order","properties":{"number":{},"total":{}}}"#);
        let feed = world.get("/feed").json();
        let events: Vec<&str> = feed["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["subject"].as_str().unwrap())
            .collect();
        assert!(events.len() == 6 && events.contains(&"shop.late"), "{feed:#}");
        drop(world);

        // The old registry starts again, with the newer tables. After the next start of the new registry, new search
        // terms find the registrations of the old registry.
        runtime.block_on(async {
            Earlier::start(&url, 1).await;
            first.cut_words("shop.late", "cutbefore").await;
        });
        let world = World::on(&url);
        find(&world, "total", "shop.late");
        let stale = world.get("/schemas?search=cutbefore").json();
        assert_eq!(stale["subjects"].as_array().map(Vec::len), Some(0), "{stale:#}");
    }
}

/// Tests the search terms in a database with only four migrations. Migration 5 copies these terms.
#[test]
fn words_of_four_steps_are_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("registry.db").display());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for url in [file, Postgres::fresh_database()] {
        let before = runtime.block_on(Earlier::start(&url, 4));
        runtime.block_on(async {
            before.register("shop.order", 0, ONE).await;
            before.cut_words("shop.order", "taken").await;
            before.run("UPDATE subject_search SET words_revision = 2".to_owned()).await;
        });
        let world = World::on(&url);
        // The copied terms have the current revision, so this version did not compute them again. New terms would not
        // contain this word.
        let found = world.get("/schemas?search=tak").json();
        assert_eq!(found["subjects"].as_array().map(Vec::len), Some(1), "{found:#}");
        // The old registry continues to write.
        runtime.block_on(before.register("shop.order", 1, TWO));
        drop(world);
        find(&World::on(&url), "total", "shop.order");
    }
}

/// Returns the first migrations of a database.
fn first_steps(database: &str, count: usize) -> Vec<Migration> {
    let folder = std::fs::read_dir(repository().join("migrations").join(database)).unwrap();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let step = |(file, number): (PathBuf, i64)| {
        let sql: SqlStr =
            sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(std::fs::read_to_string(&file).unwrap()));
        let (_, name) = file.file_stem().unwrap().to_str().unwrap().split_once('_').unwrap();
        Migration::new(number, Cow::Owned(name.to_owned()), MigrationType::Simple, sql, false)
    };
    files.into_iter().zip(1..).take(count).map(step).collect()
}

/// Waits until a search finds this subject.
fn find(world: &World, search: &str, subject: &str) {
    let begun = Instant::now();
    loop {
        let reply = world.get(&format!("/schemas?search={search}"));
        let found =
            reply.json()["subjects"].as_array().unwrap().iter().any(|found| found["subject"] == subject);
        if found {
            return;
        }
        assert!(begun.elapsed() < INDEXED_MAX, "`{search}` does not find {subject}: {reply}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
