//! The registry over HTTP, on SQLite and on Postgres.

mod register;
mod world;
