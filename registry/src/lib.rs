//! The evschema registry: an axum service over Postgres or SQLite.
