//! A consumer.
