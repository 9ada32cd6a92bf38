//! The compatibility engine with random pairs, and tests of the code that draws them.

mod content;
mod draw;
mod growth;
mod trial;
