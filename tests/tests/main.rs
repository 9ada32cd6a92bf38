//! The only binary of integration tests. With one binary, Cargo links once, and all tests share one Postgres server.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and the whole crate is tests"
)]

mod cli;
mod codegen;
mod engine;
mod events;
mod harness;
mod patterns;
mod registry;
mod schemas;
mod tidy;
