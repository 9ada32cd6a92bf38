#![doc = include_str!("../README.md")]

#[cfg(feature = "cloudevents")]
pub mod envelope;

#[cfg(feature = "cloudevents")]
pub use envelope::{Envelope, EnvelopeError};
