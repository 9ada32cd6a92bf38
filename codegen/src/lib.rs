//! Generates Rust types and validators from event schemas.

mod atlas;
mod disk;
mod generate;
mod names;
mod options;
mod plan;
mod render;
mod selection;
mod shape;
mod text;
mod view;

pub use disk::{Problem, Tree, TreeFile, read_files, read_tree};
pub use generate::generate;
pub use options::{GeneratedFile, Layout, Options};
pub use selection::{newest_of_lines, selection};
