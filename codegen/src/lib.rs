//! Generates Rust types and validators from event schemas.
