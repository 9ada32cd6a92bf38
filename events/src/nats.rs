//! NATS JetStream: a consumer loop, a publisher, and a store of dead letters. Available with the feature `nats`.

mod dead_letters;
mod headers;
mod publisher;
mod worker;

pub use dead_letters::JetStreamDeadLetters;
pub use publisher::{JetStreamPublisher, PublishMode};
pub use worker::{NatsError, Worker};
