use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::Stream;
use bytes::Bytes;
use evschema_events::envelope::Binding;
use evschema_events::{Envelope, FromEnvelope as _, Outgoing};
use futures_util::StreamExt as _;

use super::state::AccountState;
use crate::events::LedgerEvent;
use crate::failure::Attempt;
use crate::jetstream::{headers, pairs};

/// The events of all accounts, in one stream with one subject for each account.
#[derive(Debug)]
pub(crate) struct Journal {
    context: Context,
    stream: Stream,
}

/// An answer of the broker to an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Appended {
    /// The event is in the stream at this position.
    At(u64),
    /// The stream already had this event.
    Duplicate,
    /// Another writer has appended to the account since the expected position.
    Conflict,
}

/// An event of the journal.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// The account.
    pub(crate) account: String,
    /// The position in the stream.
    pub(crate) position: u64,
    /// The event type, and the version of its schema.
    pub(crate) version: String,
    /// The time in the envelope.
    pub(crate) time: String,
    /// The event.
    pub(crate) event: LedgerEvent,
}

/// The subjects of all accounts.
pub(crate) const ALL: &str = "ledger.account.*";

/// Number of attempts to append while the broker has no leader.
const ATTEMPTS_MAX: u32 = 50;

impl Journal {
    /// Returns the journal in a stream.
    pub(crate) fn new(context: Context, stream: Stream) -> Self {
        Self { context, stream }
    }

    /// Appends an event to an account, if `expected` is still the position of its last event.
    ///
    /// # Errors
    ///
    /// If the broker does not answer.
    pub(crate) async fn append(
        &self,
        account: &str,
        envelope: &Envelope<'_>,
        expected: u64,
    ) -> Attempt<Appended> {
        let subject = subject(account);
        let message_id = Outgoing::new(&subject, envelope).message_id();
        let mut attempt = 1;
        loop {
            let message = PublishMessage::build()
                .payload(Bytes::copy_from_slice(envelope.data().unwrap_or_default()))
                .headers(headers(envelope)?)
                .message_id(&message_id)
                .expected_last_subject_sequence(expected);
            let answer = match self.context.send_publish(subject.clone(), message).await {
                Ok(sent) => sent.await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(answer) if answer.duplicate => return Ok(Appended::Duplicate),
                Ok(answer) => return Ok(Appended::At(answer.sequence)),
                Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => {
                    return Ok(Appended::Conflict);
                }
                Err(error) if attempt == ATTEMPTS_MAX => return Err(error.into()),
                // The message id makes this safe: the broker drops a second copy.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
            attempt += 1;
        }
    }

    /// Reads the events of a subject after a position, in order. Returns their number.
    ///
    /// # Errors
    ///
    /// If the broker does not answer, or if an event cannot be decoded.
    pub(crate) async fn read(
        &self,
        subject: &str,
        after: u64,
        mut visit: impl FnMut(Recorded) -> Attempt,
    ) -> Attempt<usize> {
        let config = pull::OrderedConfig {
            filter_subject: subject.to_owned(),
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: after + 1 },
            ..pull::OrderedConfig::default()
        };
        let consumer = self.stream.create_consumer(config).await?;
        if consumer.cached_info().num_pending == 0 {
            return Ok(0);
        }
        let mut messages = consumer.messages().await?;
        let (mut count, mut last) = (0, after);
        while let Some(message) = messages.next().await {
            let message = message?;
            let info = message.info()?;
            let (position, is_last) = (info.stream_sequence, info.pending == 0);
            // If the client must create its consumer again before the first message, it begins with the whole stream.
            if position <= last {
                continue;
            }
            last = position;
            let envelope =
                Envelope::from_message(Binding::Nats, pairs(message.headers.as_ref()), &message.payload)?;
            let version = envelope.dataschema().unwrap_or_default();
            let version = version.trim_start_matches("/schemas/").trim_end_matches(".json").to_owned();
            visit(Recorded {
                account: message.subject.rsplit('.').next().unwrap_or_default().to_owned(),
                position,
                version,
                time: envelope.time().unwrap_or_default().to_owned(),
                event: LedgerEvent::from_envelope(&envelope)?,
            })?;
            count += 1;
            if is_last {
                break;
            }
        }
        Ok(count)
    }

    /// Rebuilds the state of one account from a known state and the events after it.
    ///
    /// # Errors
    ///
    /// Like [`Journal::read`], or if the events are not consecutive.
    pub(crate) async fn load(&self, account: &str, mut state: AccountState) -> Attempt<AccountState> {
        let after = state.position;
        self.read(&subject(account), after, |recorded| Ok(state.apply(recorded.event, recorded.position)?))
            .await?;
        Ok(state)
    }
}

/// Returns the subject of an account.
pub(crate) fn subject(account: &str) -> String {
    format!("ledger.account.{account}")
}
