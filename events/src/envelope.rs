//! Envelopes: the attributes of CloudEvents 1.0, and the payload as a slice of the input.
//!
//! | form | read | write |
//! |---|---|---|
//! | structured JSON | [`Envelope::from_structured`] | [`Envelope::to_structured`] |
//! | binary headers | [`Envelope::from_binary`] | [`Envelope::to_binary`] |
//! | either of both | [`Envelope::from_message`] | |
//! | JSON batch | [`read_batch`] | [`write_batch`] |
//!
//! No function copies the payload into a tree of values. Text attributes are borrowed if they contain no escapes.

mod assembly;
mod attribute;
mod batch;
mod binary;
mod builder;
mod cloud_event;
mod error;
mod media_type;
mod percent;
mod rfc3339;
mod structured;

pub use attribute::AttributeValue;
pub use batch::{read_batch, write_batch};
pub use binary::{BinaryMessage, Binding, Mode};
pub use builder::EnvelopeBuilder;
pub use cloud_event::Envelope;
pub use error::{EnvelopeError, EnvelopeProblem, Place};
#[cfg(feature = "consumer")]
pub(crate) use percent::encode as percent_encode;

#[cfg(test)]
mod tests;
