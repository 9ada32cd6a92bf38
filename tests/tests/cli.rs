//! Runs the binary of the command, and checks standard output, standard error and the exit code.
//!
//! Most tests are transcripts in `cli/transcripts` and in the README: commands and the output that they show.
//! `EVSCHEMA_UPDATE=1` writes the current output into these files.

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
