use std::time::Duration;

use evschema_events::dead_letter::PostgresDeadLetters;
use evschema_events::lambda::handle_sqs;
use evschema_events::{Consumer, RetryPolicy};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::fulfilment::{CONSUMER, fulfil};
use super::{client, tables};
use crate::account::Account;
use crate::child::{self, Role};
use crate::events::commerce_order_placed::AnyOrderPlaced;
use crate::failure::Attempt;
use crate::lambda::Lambda;
use crate::servers::{self, Servers};

/// Number of valid orders in the batch.
const VALID: usize = 6;

/// An article that has no stock when the batch arrives first.
const LATE: &str = "LATE01";

/// Runs the Lambda function until its parent is gone.
///
/// # Errors
///
/// If the database or the runtime API does not answer.
pub(crate) async fn run_function() -> Attempt {
    let gone = child::parent_gone();
    let pool = servers::connect(&child::variable(child::DATABASE)?).await?;
    let letters = PostgresDeadLetters::new(pool.clone());
    let handler = move |order, context| fulfil(pool.clone(), order, context);
    let consumer = Consumer::<AnyOrderPlaced, _, _>::new(CONSUMER, handler, letters)
        .retries(RetryPolicy::new(5, Duration::from_secs(1), Duration::from_secs(60)));
    let consumer = &consumer;
    let function = service_fn(move |event: LambdaEvent<Box<RawValue>>| async move {
        handle_sqs(consumer, event.payload.get().as_bytes()).await.map_err(lambda_runtime::Error::from)
    });
    tokio::select! {
        _gone = gone => Ok(()),
        ended = lambda_runtime::run(function) => ended,
    }
}

/// Sends a batch of SQS to the Lambda function, and then only the messages that it reports as failed.
///
/// # Errors
///
/// If the function fails.
pub(super) async fn show(account: &mut Account, servers: &Servers, pool: &PgPool) -> Attempt {
    account.section("A Lambda function handles a batch of SQS, and reports only the failed message");
    let lambda = Lambda::start(Role::OrdersFunction, &[(child::DATABASE, servers.postgres.url())]).await?;
    let mut bodies = Vec::new();
    for _ in 0..VALID {
        bodies.push(client::queued("ITEM10")?);
    }
    // SQS delivers at least once, so a batch may have an event twice.
    bodies.extend(bodies.first().cloned());
    bodies.push(client::queued(LATE)?);
    bodies.push("poison".to_owned());
    let before = tables::effects(pool).await?;

    let failed = invoke(&lambda, &bodies, 1).await?;
    account.figure("messages in the batch", bodies.len());
    account.check("messages in `batchItemFailures`", failed.len(), 1);
    account.check("effects of the batch", tables::effects(pool).await?.payments - before.payments, VALID);

    sqlx::query("INSERT INTO stock (sku) VALUES ($1)").bind(LATE).execute(pool).await?;
    let again: Vec<String> = failed.iter().filter_map(|index| bodies.get(*index).cloned()).collect();
    let failed = invoke(&lambda, &again, 2).await?;
    account.check("failed messages after the stock has arrived", failed.len(), 0);
    let effects = tables::effects(pool).await?.payments - before.payments;
    account.check("effects of both invocations", effects, VALID + 1);
    lambda.stop().await
}

/// Invokes the function with a batch, and returns the places of the failed messages.
async fn invoke(lambda: &Lambda, bodies: &[String], receive_count: u32) -> Attempt<Vec<usize>> {
    let records: Vec<Value> = bodies
        .iter()
        .enumerate()
        .map(|(index, body)| {
            json!({
                "messageId": index.to_string(),
                "body": body,
                "attributes": { "ApproximateReceiveCount": receive_count.to_string() },
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:local:0:orders",
            })
        })
        .collect();
    let response = lambda.invoke(json!({ "Records": records }).to_string().into_bytes()).await?;
    let response: Value = serde_json::from_slice(&response)?;
    let failures =
        response["batchItemFailures"].as_array().ok_or("the response has no `batchItemFailures`")?;
    failures
        .iter()
        .map(|failure| {
            let id = failure["itemIdentifier"].as_str().ok_or("a failure has no `itemIdentifier`")?;
            Ok(id.parse()?)
        })
        .collect()
}
