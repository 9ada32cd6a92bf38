//! Generates Rust types and validators from event schemas.

mod disk;
mod generate;
mod options;
mod selection;

pub use disk::{Problem, Tree, TreeFile, read_files, read_tree};
pub use generate::generate;
pub use options::{GeneratedFile, Layout, Options};
pub use selection::{newest_of_lines, selection};
