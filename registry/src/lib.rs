//! The evschema registry: an axum service over Postgres or SQLite.

mod config;
mod server;

pub use config::Config;
pub use server::{Server, StartError};
