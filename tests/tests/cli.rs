//! The command through its binary: standard output, standard error, exit code.
//!
//! Most of it are transcripts, in `cli/transcripts` and the README: what a person types and what
//! the terminal then shows. `EVSCHEMA_UPDATE=1` writes what is shown into them.

mod deception;
mod demo;
mod reference;
mod registry_round_trip;
mod serve;
mod streams;
mod token;
mod transcript;
mod transcripts;
mod workflow;
