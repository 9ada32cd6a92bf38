//! Envelopes of Amazon Web Services: EventBridge, and the messages of SQS and SNS.

mod event_bridge;
mod message;

pub(crate) use event_bridge::read as read_event_bridge;
pub(crate) use message::read as read_message;

#[cfg(test)]
mod tests;
