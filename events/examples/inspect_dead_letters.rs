//! Lists dead letters, checks which of them pass today, and replays those.
//!
//! Run `cargo run -p evschema-events --features dead-letters,sqlite --example inspect_dead_letters`.

#![allow(clippy::print_stdout, reason = "the output of the example")]

use evschema_events::dead_letter::{
    EventDeadlettered, Filter, SqliteDeadLetters, Unplayable, preview, replay,
};
use evschema_events::migrations::migrate_sqlite;
use evschema_events::{Consumer, Context, Delivery, Envelope, FromEnvelope as _, Outcome, Transport};
use sqlx::sqlite::SqlitePoolOptions;

async fn fails(_event: EventDeadlettered, _context: Context) -> Outcome {
    Outcome::permanent("the handler has a bug")
}

fn check(envelope: &Envelope<'_>) -> Result<(), Unplayable> {
    EventDeadlettered::from_envelope(envelope)?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    migrate_sqlite(&mut *pool.acquire().await?).await?;
    let store = SqliteDeadLetters::new(pool);

    // Two events that a consumer gives up: one breaks its schema, and the handler of the other one has a bug.
    let consumer = Consumer::new("worker", fails, store.clone());
    let data = include_str!("event.json");
    for (id, data) in [("1", data), ("2", "{\"consumer\": 7}")] {
        let envelope =
            Envelope::builder(id, "/example", EventDeadlettered::SUBJECT).json(data.as_bytes()).build()?;
        let message = envelope.to_structured();
        consumer.process(&Delivery::new(Transport::Structured, [], &message, 1)).await;
    }

    let previews = preview(&store, &Filter::default(), 100, check).await?;
    for preview in &previews {
        match &preview.now {
            Ok(()) => println!("{} {} passes now", preview.id, preview.class),
            Err(reason) => println!("{} {} still fails: {reason}", preview.id, preview.class),
        }
    }

    let ids = previews.into_iter().map(|preview| preview.id);
    let report = replay(&store, ids, check, |letter, payload| async move {
        // In your service, publish the payload and the headers of the letter to the broker.
        println!("publishing {} bytes of {}", payload.len(), letter.id());
        Ok::<(), std::io::Error>(())
    });
    let report = report.await?;
    println!("{} replayed, {} kept", report.replayed.len(), report.kept.len());
    Ok(())
}
