//! AWS Lambda: batches of SQS with partial responses, SNS and EventBridge. Available with the feature `lambda`.
//!
//! The functions take the bytes of the invocation, so they work with every runtime. With the crate `lambda_runtime`,
//! use `Box<serde_json::value::RawValue>` as the type of the payload; the example `lambda_sqs` shows this.
//! Own types for the few members that matter keep the builds of users small.

use std::borrow::Cow;
use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::consumer::{Consumer, Context, Disposition, Outcome};
use crate::dead_letter::DeadLetterSink;
use crate::message::{Delivery, Transport};

/// The response to a batch of SQS. Enable `ReportBatchItemFailures` in the event source mapping. Otherwise, Lambda
/// ignores the response and deletes all messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BatchResponse {
    /// The messages that SQS delivers again.
    #[serde(rename = "batchItemFailures")]
    pub batch_item_failures: Vec<ItemFailure>,
}

/// A message that SQS delivers again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ItemFailure {
    /// The `messageId` of the message.
    #[serde(rename = "itemIdentifier")]
    pub item_identifier: String,
}

/// Why an invocation fails. Return this error from the function, so that Lambda retries the invocation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LambdaError {
    /// The invocation has another form.
    #[error("the invocation is not {expected}: {cause}; check the trigger of the function")]
    Invocation {
        /// The expected form.
        expected: &'static str,
        /// The error of the parser.
        cause: serde_json::Error,
    },
    /// The event must be delivered again.
    #[error("the event is not handled yet; Lambda delivers it again, at best after {after:?}")]
    Retry {
        /// The delay that the policy of the consumer asks for. Lambda uses its own.
        after: Duration,
    },
}

#[derive(Deserialize)]
struct SqsEvent<'a> {
    #[serde(borrow, rename = "Records")]
    records: Vec<SqsRecord<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SqsRecord<'a> {
    #[serde(borrow)]
    message_id: Cow<'a, str>,
    #[serde(borrow)]
    body: Cow<'a, str>,
    #[serde(borrow, default)]
    attributes: SqsAttributes<'a>,
    #[serde(borrow, default, rename = "eventSourceARN")]
    event_source_arn: Cow<'a, str>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct SqsAttributes<'a> {
    #[serde(borrow)]
    approximate_receive_count: Option<Cow<'a, str>>,
    #[serde(borrow)]
    message_group_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct SnsEvent<'a> {
    #[serde(borrow, rename = "Records")]
    records: Vec<SnsRecord<'a>>,
}

#[derive(Deserialize)]
struct SnsRecord<'a> {
    #[serde(borrow, rename = "Sns")]
    sns: Sns<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sns<'a> {
    #[serde(borrow)]
    message_id: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(borrow, default)]
    topic_arn: Cow<'a, str>,
}

/// Handles a batch of SQS, one message after the other.
///
/// A message body is a CloudEvent in structured mode, an event of EventBridge, or a notification of SNS with one of
/// them. In a FIFO queue, later messages of a group wait for a message that failed. The receive count of SQS is the
/// number of attempts. The delay of a retry is the visibility timeout of the queue.
///
/// Set `maxReceiveCount` of the queue's redrive policy higher than the attempts of the consumer. Otherwise, SQS moves
/// messages to its own dead-letter queue first, without a reason.
///
/// # Errors
///
/// If the invocation is not a batch of SQS. Then SQS delivers the whole batch again.
pub async fn handle_sqs<E, H, S, Fut>(
    consumer: &Consumer<E, H, S>,
    invocation: &[u8],
) -> Result<BatchResponse, LambdaError>
where
    H: Fn(E, Context) -> Fut + Send + Sync,
    Fut: Future<Output = Outcome> + Send,
    S: DeadLetterSink,
{
    let event: SqsEvent<'_> = parse(invocation, "a batch of SQS")?;
    let mut response = BatchResponse::default();
    let mut blocked_groups = HashSet::new();
    for record in &event.records {
        let group = record.attributes.message_group_id.as_deref();
        let is_blocked = group.is_some_and(|group| blocked_groups.contains(group));
        if !is_blocked && is_finished(consumer, record).await {
            continue;
        }
        blocked_groups.extend(group);
        let item_identifier = record.message_id.clone().into_owned();
        response.batch_item_failures.push(ItemFailure { item_identifier });
    }
    Ok(response)
}

async fn is_finished<E, H, S, Fut>(consumer: &Consumer<E, H, S>, record: &SqsRecord<'_>) -> bool
where
    H: Fn(E, Context) -> Fut + Send + Sync,
    Fut: Future<Output = Outcome> + Send,
    S: DeadLetterSink,
{
    let count = record.attributes.approximate_receive_count.as_deref();
    let attempt = count.and_then(|count| count.parse().ok()).unwrap_or(1);
    let group = record.attributes.message_group_id.as_deref().unwrap_or_default();
    let delivery = Delivery::new(Transport::Sqs, [], record.body.as_bytes(), attempt).with_place(
        record.event_source_arn.as_ref(),
        group,
        record.message_id.as_ref(),
    );
    !matches!(consumer.process(&delivery).await, Disposition::Retry { .. })
}

/// Handles a notification of SNS. Lambda retries a failed invocation twice by default.
///
/// # Errors
///
/// If the invocation is not a notification of SNS, or if an event must be delivered again.
pub async fn handle_sns<E, H, S, Fut>(
    consumer: &Consumer<E, H, S>,
    invocation: &[u8],
    attempt: u32,
) -> Result<(), LambdaError>
where
    H: Fn(E, Context) -> Fut + Send + Sync,
    Fut: Future<Output = Outcome> + Send,
    S: DeadLetterSink,
{
    let event: SnsEvent<'_> = parse(invocation, "a notification of SNS")?;
    for SnsRecord { sns } in &event.records {
        let delivery = Delivery::new(Transport::Sns, [], sns.message.as_bytes(), attempt).with_place(
            sns.topic_arn.as_ref(),
            "",
            sns.message_id.as_ref(),
        );
        finish(consumer.process(&delivery).await)?;
    }
    Ok(())
}

/// Handles an event of EventBridge. Lambda retries a failed invocation twice by default, and does not report the
/// attempt.
///
/// # Errors
///
/// If the event must be delivered again.
pub async fn handle_event_bridge<E, H, S, Fut>(
    consumer: &Consumer<E, H, S>,
    invocation: &[u8],
    attempt: u32,
) -> Result<(), LambdaError>
where
    H: Fn(E, Context) -> Fut + Send + Sync,
    Fut: Future<Output = Outcome> + Send,
    S: DeadLetterSink,
{
    let delivery = Delivery::new(Transport::EventBridge, [], invocation, attempt);
    finish(consumer.process(&delivery).await)
}

fn finish(disposition: Disposition) -> Result<(), LambdaError> {
    match disposition {
        Disposition::Done | Disposition::DeadLettered => Ok(()),
        Disposition::Retry { after } => Err(LambdaError::Retry { after }),
    }
}

fn parse<'a, T: Deserialize<'a>>(invocation: &'a [u8], expected: &'static str) -> Result<T, LambdaError> {
    serde_json::from_slice(invocation).map_err(|cause| LambdaError::Invocation { expected, cause })
}

#[cfg(test)]
mod tests;
