use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::consumer::pull::MessagesErrorKind;
use async_nats::jetstream::{AckKind, Message};
use futures_util::{FutureExt as _, StreamExt as _};

use super::headers;
use crate::consumer::{Consumer, Context, Disposition, Outcome};
use crate::dead_letter::DeadLetterSink;
use crate::message::{Delivery, Transport};

/// Reads messages of a pull consumer, and acknowledges each of them by the disposition of the [`Consumer`].
///
/// | disposition | answer to JetStream |
/// |---|---|
/// | done | `+ACK` |
/// | retry | `-NAK` with the delay |
/// | dead letter stored | `+TERM` |
///
/// While a handler runs, the worker sends `+WPI`, so that JetStream does not deliver the message again. If an answer is
/// lost, JetStream delivers the message again. The inbox recognizes this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Worker {
    concurrency: usize,
}

/// Why a worker stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NatsError {
    /// JetStream would stop to deliver a message before the consumer makes a dead letter of it.
    #[error(
        "`max_deliver` of the JetStream consumer is {max_deliver}; set it to -1, or to more than {attempts}"
    )]
    MaxDeliver {
        /// The limit of the JetStream consumer.
        max_deliver: i64,
        /// The number of deliveries that the consumer needs.
        attempts: u32,
    },
    /// The JetStream consumer does not acknowledge each message.
    #[error("the JetStream consumer needs the acknowledgement policy `explicit`")]
    AckPolicy,
    /// The JetStream consumer was deleted, or cannot be read.
    #[error("the messages of the JetStream consumer cannot be read: {0}")]
    Messages(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Default for Worker {
    fn default() -> Self {
        Self::new()
    }
}

impl Worker {
    /// Returns a worker that handles one event after the other, in the order of the stream.
    pub const fn new() -> Self {
        Self { concurrency: 1 }
    }

    /// Sets how many events are handled at the same time. With more than one, their order is not kept.
    pub const fn concurrency(self, concurrency: usize) -> Self {
        Self { concurrency: if concurrency == 0 { 1 } else { concurrency } }
    }

    /// Handles messages until `shutdown` is ready. Then the worker takes no further message, and returns after the
    /// started handlers.
    ///
    /// # Errors
    ///
    /// If the settings of the JetStream consumer would lose messages, or if the JetStream consumer was deleted. After a
    /// lost connection, the worker continues.
    pub async fn run<E, H, S, Fut>(
        self,
        consumer: &Consumer<E, H, S>,
        source: &PullConsumer,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), NatsError>
    where
        H: Fn(E, Context) -> Fut + Send + Sync,
        Fut: Future<Output = Outcome> + Send,
        S: DeadLetterSink,
    {
        let settings = &source.cached_info().config;
        let (max_deliver, attempts) = (settings.max_deliver, consumer.attempts_max());
        if 0 < max_deliver && max_deliver <= i64::from(attempts) {
            return Err(NatsError::MaxDeliver { max_deliver, attempts });
        }
        if settings.ack_policy != async_nats::jetstream::consumer::AckPolicy::Explicit {
            return Err(NatsError::AckPolicy);
        }
        let progress = settings.ack_wait / 2;
        let is_over = AtomicBool::new(false);
        let shutdown = async {
            shutdown.await;
            is_over.store(true, Ordering::Relaxed);
        };
        let mut shutdown = std::pin::pin!(shutdown.fuse());
        let failed = |cause: Box<dyn std::error::Error + Send + Sync>| NatsError::Messages(cause);
        loop {
            let messages = source
                .stream()
                .max_messages_per_batch(self.concurrency.saturating_mul(2).clamp(1, 1_000))
                .messages()
                .await
                .map_err(|error| failed(error.into()))?;
            let mut end = None;
            messages
                .take_until(&mut shutdown)
                .take_while(|message| {
                    let is_end = matches!(message, Err(error) if is_fatal(error.kind()));
                    if let Err(error) = message {
                        tracing::warn!(%error, "reading messages from JetStream failed");
                        end = is_end.then(|| error.to_string());
                    }
                    std::future::ready(!is_end)
                })
                .filter_map(|message| std::future::ready(message.ok()))
                .for_each_concurrent(self.concurrency, |message| async move {
                    handle(consumer, &message, progress).await;
                })
                .await;
            if let Some(cause) = end {
                return Err(failed(cause.into()));
            }
            // The stream also ends after the shutdown, and after a lost subscription.
            if is_over.load(Ordering::Relaxed) {
                return Ok(());
            }
            let pause = tokio::time::sleep(Duration::from_millis(200));
            tokio::select! {
                biased;
                () = &mut shutdown => return Ok(()),
                () = pause => {}
            }
        }
    }
}

/// Returns whether another attempt would fail, too.
fn is_fatal(kind: MessagesErrorKind) -> bool {
    match kind {
        MessagesErrorKind::ConsumerDeleted
        | MessagesErrorKind::PushBasedConsumer
        | MessagesErrorKind::RequestLimitExceeded => true,
        MessagesErrorKind::MissingHeartbeat
        | MessagesErrorKind::Pull
        | MessagesErrorKind::NoResponders
        | MessagesErrorKind::Other => false,
    }
}

async fn handle<E, H, S, Fut>(consumer: &Consumer<E, H, S>, message: &Message, progress: Duration)
where
    H: Fn(E, Context) -> Fut + Send + Sync,
    Fut: Future<Output = Outcome> + Send,
    S: DeadLetterSink,
{
    let Ok(info) = message.info() else {
        tracing::warn!(subject = message.subject.as_str(), "the message is not from JetStream");
        return;
    };
    let headers = headers::read(message.headers.as_ref());
    let attempt = u32::try_from(info.delivered).unwrap_or(u32::MAX);
    let delivery = Delivery::new(Transport::Nats, headers, &message.payload, attempt).with_place(
        info.stream,
        message.subject.as_str(),
        info.stream_sequence.to_string(),
    );
    let mut work = std::pin::pin!(consumer.process(&delivery));
    let disposition = loop {
        tokio::select! {
            disposition = &mut work => break disposition,
            () = tokio::time::sleep(progress.max(Duration::from_millis(50))) => {
                acknowledge(message, AckKind::Progress).await;
            }
        }
    };
    let answer = match disposition {
        Disposition::Done => AckKind::Ack,
        Disposition::DeadLettered => AckKind::Term,
        Disposition::Retry { after } => AckKind::Nak(Some(after)),
    };
    acknowledge(message, answer).await;
}

async fn acknowledge(message: &Message, answer: AckKind) {
    if let Err(error) = message.ack_with(answer).await {
        tracing::warn!(%error, "the answer to JetStream was not sent, so the message comes again");
    }
}
