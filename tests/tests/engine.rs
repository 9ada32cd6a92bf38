//! The compatibility engine on pairs that nobody wrote, and what it is tried with.

mod content;
mod draw;
mod growth;
mod trial;
