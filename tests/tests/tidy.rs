//! Checks rules about the repository itself that no compiler checks.

mod circles;
mod edges;
mod files;
mod language;
mod migrations;
mod pure;
mod rules;
mod supply;
mod workspace;
