#![doc = include_str!("../README.md")]
//!
//! # The layers
//!
//! Handlers (`routes`) translate between HTTP and the services. Services (`service`) decide. Stores ([`store`]) keep
//! the data.
//!
//! A registration is an optimistic append. The registry reads the history of the subject with its revision, and checks
//! the schema without a lock. It appends the version only if the revision is still the same.

mod administration;
mod config;
mod database_url;
mod environment;
mod feed;
pub mod fsck;
mod http;
pub mod limits;
mod local_url;
mod metrics;
mod pages;
mod preflight;
mod publisher;
mod routes;
mod server;
mod service;
mod start_error;
pub mod store;

/// Returns the OpenAPI document of the registry, as JSON.
pub fn openapi() -> String {
    routes::openapi_text()
}

pub use administration::Administration;
pub use config::{Config, Timeouts};
pub use environment::{Clock, Environment, RequestIds, Secrets};
pub use preflight::Tokens;
pub use publisher::Publisher;
pub use server::Server;
pub use start_error::StartError;
