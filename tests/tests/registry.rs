//! The registry over HTTP, on SQLite and on Postgres.
