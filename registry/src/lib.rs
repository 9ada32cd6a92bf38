//! The evschema registry: an axum service over Postgres or SQLite.
//!
//! Handlers (`routes`) translate between HTTP and the services; services (`service`) decide;
//! stores ([`store`]) remember. A registration is an optimistic append: read the history with its
//! revision, check it without a lock, append only if the revision is still the same.

mod administration;
mod app;
mod config;
mod environment;
mod feed;
pub mod fsck;
mod http;
pub mod limits;
mod metrics;
mod pages;
mod publisher;
mod rehearsal;
mod routes;
mod server;
mod service;
pub mod store;

/// Returns the OpenAPI document of the registry, as JSON.
pub fn openapi() -> String {
    routes::openapi_text()
}

pub use administration::Administration;
pub use config::{Config, Patience};
pub use environment::{Clock, Environment, RequestIds, Secrets};
pub use publisher::Publisher;
pub use rehearsal::Tokens;
pub use server::{Server, StartError};
