use async_nats::jetstream::Context;
use async_nats::jetstream::message::{PublishMessage, StreamMessage};
use async_nats::jetstream::stream::{Config, LastRawMessageErrorKind, Stream};
use bytes::Bytes;

use super::headers;
use crate::dead_letter::{DeadLetter, DeadLetterSink, DeadLetterStore, Filter, StoreError, Stored};
use crate::envelope::Envelope;

/// A store of dead letters in a stream of JetStream. Each dead letter has its own subject: a prefix and its id.
#[derive(Debug, Clone)]
pub struct JetStreamDeadLetters {
    context: Context,
    stream: Stream,
    prefix: String,
}

impl JetStreamDeadLetters {
    /// Opens the stream with this name, and creates it if it is missing. The subjects begin with `prefix`, such as
    /// `dead-letters`.
    ///
    /// A new stream keeps its messages in files, without an end. To set replicas or limits, create the stream before,
    /// with the subjects `<prefix>.>`.
    ///
    /// # Errors
    ///
    /// If JetStream does not answer, or rejects the stream.
    pub async fn open(context: Context, stream: &str, prefix: &str) -> Result<Self, StoreError> {
        let subjects = vec![format!("{prefix}.>")];
        let config =
            Config { name: stream.to_owned(), subjects, max_messages_per_subject: 1, ..Config::default() };
        let stream = context.get_or_create_stream(config).await.map_err(StoreError::backend)?;
        Ok(Self { context, stream, prefix: prefix.to_owned() })
    }

    fn subject(&self, id: &str) -> String {
        format!("{}.{id}", self.prefix)
    }

    async fn last(&self, id: &str) -> Result<Option<StreamMessage>, StoreError> {
        if !is_id(id) {
            return Ok(None);
        }
        let found = self.stream.raw_message_builder().last_by_subject(self.subject(id)).send().await;
        found_or_missing(found)
    }
}

/// Returns whether a text is one token of a subject, without wildcards.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn found_or_missing(
    found: Result<StreamMessage, async_nats::jetstream::stream::RawMessageError>,
) -> Result<Option<StreamMessage>, StoreError> {
    match found {
        Ok(message) => Ok(Some(message)),
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(StoreError::backend(error)),
    }
}

fn stored(message: &StreamMessage) -> Result<Stored, StoreError> {
    let letter = DeadLetter::from_structured(&message.payload)?;
    Ok(Stored { position: message.sequence, letter })
}

impl DeadLetterSink for JetStreamDeadLetters {
    async fn put(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        if self.last(letter.id()).await?.is_some() {
            return Ok(());
        }
        let envelope = letter.to_envelope()?;
        let event = letter.event();
        let class = event.class.as_str();
        let headers = headers::write([("Content-Type", Envelope::CONTENT_TYPE), ("evschema-class", class)])
            .map_err(StoreError::Backend)?;
        let message = PublishMessage::build().payload(Bytes::from(envelope.to_structured())).headers(headers);
        let sent = self.context.send_publish(self.subject(letter.id()), message).await;
        sent.map_err(StoreError::backend)?.await.map_err(StoreError::backend)?;
        Ok(())
    }
}

impl DeadLetterStore for JetStreamDeadLetters {
    async fn list(&self, filter: &Filter, after: u64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let (mut found, mut next) = (Vec::new(), after + 1);
        while found.len() < limit {
            let subject = format!("{}.>", self.prefix);
            let message =
                self.stream.raw_message_builder().sequence(next).next_by_subject(subject).send().await;
            let Some(message) = found_or_missing(message)? else { break };
            next = message.sequence + 1;
            let stored = stored(&message)?;
            if filter.selects(&stored.letter) {
                found.push(stored);
            }
        }
        Ok(found)
    }

    async fn get(&self, id: &str) -> Result<Option<Stored>, StoreError> {
        self.last(id).await?.as_ref().map(stored).transpose()
    }

    async fn remove(&self, id: &str) -> Result<bool, StoreError> {
        let Some(message) = self.last(id).await? else { return Ok(false) };
        self.stream.delete_message(message.sequence).await.map_err(StoreError::backend)
    }
}
