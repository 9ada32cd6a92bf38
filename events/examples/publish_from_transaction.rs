//! Publishes from a transaction: the order and its event commit together, or neither does.
//!
//! Run `cargo run -p evschema-events --features outbox,sqlite --example publish_from_transaction`.

#![allow(clippy::print_stdout, reason = "the output of the example")]

use evschema_events::dead_letter::EventDeadlettered;
use evschema_events::migrations::migrate_sqlite;
use evschema_events::outbox::{Outbox as _, Relay};
use evschema_events::{Envelope, Outgoing, PublishError, Published, Publisher};
use sqlx::sqlite::SqlitePoolOptions;

/// A publisher that prints. In your service, use `JetStreamPublisher`, or implement the trait for your broker.
struct Printer;

impl Publisher for Printer {
    async fn publish(&self, events: &[Outgoing<'_>]) -> Result<Vec<Published>, PublishError> {
        for event in events {
            println!("to {}, message id `{}`: {}", event.destination, event.message_id(), event.envelope);
        }
        Ok(vec![Published::New; events.len()])
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    migrate_sqlite(&mut *pool.acquire().await?).await?;
    sqlx::query("CREATE TABLE letters (reason TEXT NOT NULL)").execute(&pool).await?;

    // The generated type validates the event before it gets an envelope.
    let event = EventDeadlettered::from_slice(include_bytes!("event.json"))?;
    let envelope = Envelope::of_event("1", "/example", &event)?.time("2026-05-20T09:00:00Z").build()?;

    let mut transaction = pool.begin().await?;
    sqlx::query("INSERT INTO letters VALUES ($1)").bind(&event.reason).execute(&mut *transaction).await?;
    transaction.enqueue("letters", &envelope).await?;
    transaction.commit().await?;

    // In your service, a task runs `relay.run(shutdown)`.
    let relay = Relay::new(pool, Printer);
    println!("{:?}", relay.round().await?);
    println!("{:?}", relay.round().await?);
    Ok(())
}
