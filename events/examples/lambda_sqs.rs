//! A Lambda function that handles batches of SQS, and reports only the failed messages.
//!
//! Enable `ReportBatchItemFailures` in the event source mapping.

#![allow(clippy::print_stdout, reason = "the output of the example")]

use evschema_events::dead_letter::{EventDeadlettered, MemoryStore};
use evschema_events::lambda::handle_sqs;
use evschema_events::{Consumer, Context, Outcome};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;

async fn handle(event: EventDeadlettered, context: Context) -> Outcome {
    println!("{}: {}", context.id(), event.reason);
    Outcome::Done
}

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    // In your function, use a store that outlives the function, such as `PostgresDeadLetters`.
    let consumer = Consumer::new("worker", handle, MemoryStore::default());
    let consumer = &consumer;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| async move {
        handle_sqs(consumer, event.payload.get().as_bytes()).await.map_err(lambda_runtime::Error::from)
    }))
    .await
}
