//! The registry over HTTP, on SQLite and on Postgres.

mod contention;
mod crash;
mod feed;
mod hostile;
mod identities;
mod linear;
mod load;
mod next;
mod openapi;
mod otlp;
mod pages;
mod policy;
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
