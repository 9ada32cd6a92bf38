//! Consumes from JetStream, with retries and dead letters.
//!
//! Start `nats-server -js`, then run `cargo run -p evschema-events --features nats --example consume_from_queue`.
//! The example publishes three messages, handles them, and ends.

#![allow(clippy::print_stdout, reason = "the output of the example")]

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::pull;
use evschema_events::dead_letter::{DeadLetterStore as _, EventDeadlettered, Filter};
use evschema_events::nats::{JetStreamDeadLetters, JetStreamPublisher, Worker};
use evschema_events::{
    Consumer, Context, Counters, Envelope, Measure, Outcome, Outgoing, Publisher as _, RetryPolicy,
};

/// The handler. In your service, the first argument is your generated type, or the enum of all its versions.
async fn handle(event: EventDeadlettered, context: Context) -> Outcome {
    println!("attempt {}: {} of {}", context.attempt(), event.reason, event.consumer);
    if context.attempt() == 1 { Outcome::retry("the database is busy") } else { Outcome::Done }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let context = jetstream::new(async_nats::connect("nats://127.0.0.1:4222").await?);
    let stream = context
        .get_or_create_stream(jetstream::stream::Config {
            name: "EXAMPLE".to_owned(),
            subjects: vec!["example.>".to_owned()],
            ..Default::default()
        })
        .await?;
    let queue = pull::Config {
        durable_name: Some("worker".to_owned()),
        // The consumer counts the attempts, so JetStream must not limit them.
        max_deliver: -1,
        ..Default::default()
    };
    let queue = stream.get_or_create_consumer("worker", queue).await?;

    // Two valid events, and a message that is no event.
    let publisher = JetStreamPublisher::new(context.clone());
    let data = include_bytes!("event.json");
    for id in ["1", "2"] {
        let envelope =
            Envelope::builder(id, "/example", EventDeadlettered::SUBJECT).json(&data[..]).build()?;
        publisher.publish(&[Outgoing::new("example.letters", &envelope)]).await?;
    }
    context.publish("example.letters", "poison".into()).await?.await?;

    let dead_letters = JetStreamDeadLetters::open(context, "EXAMPLE_LETTERS", "example-letters").await?;
    let counters = Arc::new(Counters::default());
    let consumer = Consumer::new("worker", handle, dead_letters.clone())
        .retries(RetryPolicy::new(5, Duration::from_millis(100), Duration::from_secs(10)))
        .recorder(counters.clone());
    Worker::new().concurrency(8).run(&consumer, &queue, tokio::time::sleep(Duration::from_secs(2))).await?;

    println!("{} done, {} retried", counters.count(Measure::Done), counters.count(Measure::Retried));
    for stored in dead_letters.list(&Filter::default(), 0, 10).await? {
        let event = stored.letter.event();
        println!("dead letter {}: {}: {}", stored.letter.id(), event.class, event.reason);
    }
    Ok(())
}
