//! Runs the `evschema` binary, and checks standard output, standard error and the exit code.
//!
//! Most tests are transcripts: commands with their expected output. The transcripts are in `cli/transcripts` and in the
//! README. With `EVSCHEMA_UPDATE=1`, the tests write the current output into these files.

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
