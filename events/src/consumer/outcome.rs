use std::fmt;
use std::time::Duration;

/// The result of a handler.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The event had its effect.
    Done,
    /// The event had its effect before, such as in an earlier delivery.
    Duplicate,
    /// The event may succeed later, such as after a failure of a database.
    Retry {
        /// The delay until the next delivery. `None` uses the policy of the consumer.
        after: Option<Duration>,
        /// The reason, for logs and dead letters.
        reason: String,
    },
    /// The event can never succeed. It becomes a dead letter.
    Permanent {
        /// The reason, for logs and dead letters.
        reason: String,
    },
    /// Another event had the same source and id. The event becomes a dead letter.
    IdReused,
}

impl Outcome {
    /// Returns the outcome for an error that may pass, such as a lost connection.
    pub fn retry(error: impl fmt::Display) -> Self {
        Self::Retry { after: None, reason: error.to_string() }
    }

    /// Returns the outcome for an error that remains.
    pub fn permanent(error: impl fmt::Display) -> Self {
        Self::Permanent { reason: error.to_string() }
    }
}

/// The result of a delivery for its transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disposition {
    /// The transport acknowledges the message.
    Done,
    /// The dead letter is stored. The transport drops the message.
    DeadLettered,
    /// The transport delivers the message again.
    Retry {
        /// The delay until the next delivery.
        after: Duration,
    },
}
