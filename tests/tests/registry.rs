//! The registry over HTTP, on SQLite and on Postgres.

mod contention;
mod crash;
mod feed;
mod hostile;
mod linear;
mod load;
mod openapi;
mod otlp;
mod pages;
mod publishers;
mod read;
mod rebuild;
mod register;
mod serving;
mod state;
mod store;
mod stream;
mod subjects;
mod tokens;
mod upgrade;
mod waivers;
mod wire;
mod world;
