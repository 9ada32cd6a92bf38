use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{Config, Stream};
use async_nats::jetstream::{self, Context};
use async_nats::{HeaderName, HeaderValue};
use evschema_events::Envelope;
use evschema_events::envelope::Binding;
use futures_util::StreamExt as _;

use crate::failure::Attempt;

/// Maximum time until a new cluster has elected a leader.
const ELECTION_MAX: Duration = Duration::from_secs(60);

/// Connects to JetStream. After a lost connection, the client tries all servers again.
///
/// # Errors
///
/// If no server answers.
pub(crate) async fn connect(urls: &str) -> Attempt<Context> {
    let urls: Vec<&str> = urls.split(',').collect();
    let client = async_nats::ConnectOptions::new()
        .max_reconnects(None)
        .reconnect_delay_callback(|_attempts| Duration::from_millis(100))
        .connect(&urls[..])
        .await?;
    Ok(jetstream::context::ContextBuilder::new().timeout(Duration::from_secs(5)).build(client))
}

/// Creates a stream with these subjects. A new cluster refuses this until it has a leader, so the function repeats it.
///
/// # Errors
///
/// If JetStream rejects the stream.
pub(crate) async fn create_stream(
    context: &Context,
    name: &str,
    subjects: &[&str],
    replicas: usize,
) -> Attempt<Stream> {
    let start = Instant::now();
    loop {
        let config = Config {
            name: name.to_owned(),
            subjects: subjects.iter().map(|subject| (*subject).to_owned()).collect(),
            num_replicas: replicas,
            ..Config::default()
        };
        match context.get_or_create_stream(config).await {
            Ok(stream) => return Ok(stream),
            Err(error) if ELECTION_MAX < start.elapsed() => return Err(error.into()),
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

/// Creates a durable consumer of all messages with a subject, or opens it.
///
/// # Errors
///
/// If JetStream rejects the consumer.
pub(crate) async fn durable(stream: &Stream, name: &str, subject: &str) -> Attempt<PullConsumer> {
    let config = pull::Config {
        durable_name: Some(name.to_owned()),
        filter_subject: subject.to_owned(),
        ack_policy: AckPolicy::Explicit,
        deliver_policy: DeliverPolicy::All,
        ack_wait: Duration::from_secs(10),
        // The consumer counts the attempts, so JetStream must not limit them.
        max_deliver: -1,
        max_ack_pending: 2_000,
        ..pull::Config::default()
    };
    Ok(stream.get_or_create_consumer(name, config).await?)
}

/// Returns the headers of an envelope in binary mode. The names and values come from the envelope, so they are checked
/// before the client gets them.
///
/// # Errors
///
/// If a value has characters that NATS does not allow.
pub(crate) fn headers(envelope: &Envelope<'_>) -> Attempt<HeaderMap> {
    let binary = envelope.to_binary(Binding::Nats);
    from_pairs(binary.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
}

/// Returns headers with these names and values.
///
/// # Errors
///
/// If a value has characters that NATS does not allow.
pub(crate) fn from_pairs<'h>(pairs: impl IntoIterator<Item = (&'h str, &'h [u8])>) -> Attempt<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.insert(name.parse::<HeaderName>()?, std::str::from_utf8(value)?.parse::<HeaderValue>()?);
    }
    Ok(headers)
}

/// Returns headers without the message id, so that the broker does not recognize a second copy.
pub(crate) fn without_message_id(headers: &HeaderMap) -> HeaderMap {
    let mut rest = HeaderMap::new();
    for (name, values) in headers.iter() {
        let text: &str = name.as_ref();
        if !text.eq_ignore_ascii_case("Nats-Msg-Id") {
            values.iter().for_each(|value| rest.append(name.clone(), value.clone()));
        }
    }
    rest
}

/// Publishes the first messages with a subject again, without their message ids. Returns their number.
///
/// # Errors
///
/// If the broker does not answer, or has fewer messages.
pub(crate) async fn publish_again(
    context: &Context,
    stream: &Stream,
    subject: &'static str,
    count: usize,
) -> Attempt<usize> {
    let mut sequence = 1;
    for _ in 0..count {
        let found = stream.raw_message_builder().sequence(sequence).next_by_subject(subject).send().await?;
        sequence = found.sequence + 1;
        let headers = without_message_id(&found.headers);
        context.publish_with_headers(subject, headers, found.payload).await?.await?;
    }
    Ok(count)
}

/// Waits until a stream has this number of messages with a subject, and returns their number.
///
/// # Errors
///
/// If the broker does not answer.
pub(crate) async fn wait_for_messages(stream: &Stream, subject: &str, expected: usize) -> Attempt<usize> {
    let start = Instant::now();
    loop {
        let mut subjects = stream.info_with_subjects(subject).await?;
        let mut count = 0;
        while let Some(found) = subjects.next().await {
            count += found?.1;
        }
        if expected <= count || ELECTION_MAX < start.elapsed() {
            return Ok(count);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until a durable consumer has handled all messages.
///
/// # Errors
///
/// If the broker does not answer, or if a message is not handled within a minute.
pub(crate) async fn wait_until_handled(stream: &Stream, name: &str) -> Attempt {
    let start = Instant::now();
    while start.elapsed() < ELECTION_MAX {
        let info = stream.consumer_info(name).await?;
        if info.num_pending == 0 && info.num_ack_pending == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("the consumer `{name}` does not handle all messages").into())
}

/// Returns the headers of a message as names and values.
pub(crate) fn pairs(headers: Option<&HeaderMap>) -> Vec<(&str, &[u8])> {
    let Some(headers) = headers else { return Vec::new() };
    let values = headers.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    values.map(|(name, value)| (name.as_ref(), value.as_ref())).collect()
}
