//! Generates Rust types and validators from event schemas.

mod disk;

pub use disk::{Problem, Tree, TreeFile, read_files, read_tree};
