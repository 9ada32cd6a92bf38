//! Tests of the macros that generated code calls, with hand-written items and programs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "functions outside of tests help the tests")]

mod formats;
mod functions;
#[cfg(feature = "axum")]
mod http;
mod json;
#[allow(dead_code, reason = "like generated code")]
mod names;
#[allow(dead_code, missing_docs, unreachable_pub, reason = "like generated code")]
mod order;
mod values;
