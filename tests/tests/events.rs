//! Tests `evschema-events` with real servers: Postgres, SQLite and NATS.

mod inbox;
mod letters;
mod nats;
mod outbox;
mod relay;

use evschema_events::dead_letter::{EventDeadlettered, Origin};
use evschema_events::migrations::{migrate_postgres, migrate_sqlite};
use evschema_events::{Class, Envelope};
use evschema_tests::Postgres;
use sqlx::{PgPool, SqlitePool};

/// Returns an empty Postgres database with our tables.
async fn postgres() -> PgPool {
    let url = tokio::task::spawn_blocking(Postgres::fresh_database).await.unwrap();
    let pool = PgPool::connect(&url).await.unwrap();
    migrate_postgres(&mut pool.acquire().await.unwrap()).await.unwrap();
    // A second run changes nothing.
    migrate_postgres(&mut pool.acquire().await.unwrap()).await.unwrap();
    pool
}

/// Returns an empty SQLite database with our tables, and the folder that keeps it.
async fn sqlite() -> (SqlitePool, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("events.db").display());
    let pool = SqlitePool::connect(&url).await.unwrap();
    migrate_sqlite(&mut pool.acquire().await.unwrap()).await.unwrap();
    migrate_sqlite(&mut pool.acquire().await.unwrap()).await.unwrap();
    (pool, folder)
}

/// Returns a valid event, for which the tests use the type of dead letters.
fn event(reason: &str) -> EventDeadlettered {
    let bytes = format!(
        r#"{{"consumer":"billing","class":"invalid","reason":"{reason}","violations":[],"origin":{{"transport":"nats"}},
            "attempts":1,"first_failed_at":"2026-05-20T08:00:00Z","at":"2026-05-20T08:00:00Z","payload_base64":"",
            "payload_bytes":0}}"#
    );
    let event = EventDeadlettered::from_slice(bytes.as_bytes()).unwrap();
    assert_eq!(event.class, Class::Invalid);
    assert_eq!(event.origin, Origin::of("nats"));
    event
}

fn envelope(id: &str, reason: &str) -> Envelope<'static> {
    let builder = Envelope::of_event(id.to_owned(), "/test", &event(reason)).unwrap();
    builder.build().unwrap().into_owned()
}
