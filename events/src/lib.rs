#![doc = include_str!("../README.md")]

#[cfg(feature = "consumer")]
mod aws;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "consumer")]
pub mod consumer;
#[cfg(feature = "consumer")]
pub mod dead_letter;
#[cfg(feature = "consumer")]
mod decode;
#[cfg(feature = "cloudevents")]
pub mod envelope;
#[cfg(feature = "consumer")]
mod generated;
#[cfg(feature = "inbox")]
pub mod inbox;
#[cfg(feature = "kafka")]
pub mod kafka;
#[cfg(feature = "lambda")]
pub mod lambda;
#[cfg(feature = "consumer")]
mod message;
#[cfg(any(feature = "inbox", feature = "outbox", feature = "dead-letters"))]
pub mod migrations;
#[cfg(feature = "nats")]
pub mod nats;
#[cfg(feature = "outbox")]
pub mod outbox;
#[cfg(feature = "consumer")]
pub mod publish;
#[cfg(feature = "consumer")]
pub mod recorder;
#[cfg(feature = "consumer")]
mod sha256;
#[cfg(feature = "consumer")]
mod trace_parent;

#[cfg(feature = "consumer")]
pub use consumer::{Consumer, Context, Disposition, Outcome, RetryPolicy};
#[cfg(feature = "consumer")]
pub use dead_letter::{Class, DeadLetter, DeadLetterStore, Origin};
#[cfg(feature = "consumer")]
pub use decode::{DecodeError, FromEnvelope};
#[cfg(feature = "cloudevents")]
pub use envelope::{Envelope, EnvelopeError};
#[cfg(feature = "consumer")]
pub use message::{Delivery, Transport};
#[cfg(feature = "consumer")]
pub use publish::{Outgoing, PublishError, Published, Publisher};
#[cfg(feature = "consumer")]
pub use recorder::{Counters, Measure, Recorder};
#[cfg(feature = "consumer")]
pub use trace_parent::TraceParent;

/// The functions that the macros of this crate call.
#[cfg(feature = "consumer")]
#[doc(hidden)]
pub mod private {
    pub use crate::decode::{decode_any, is_of_subject};
}
