//! Generates Rust types and validators from event schemas.
//!
//! [`generate`] is pure: a [`evschema_model::Catalog`] and a selection in, files out. On the way
//!
//! 1. the atlas opens the documents and finds where every reference leads;
//! 2. shapes say what a schema's values may be, as far as a type needs to know: they may say more
//!    than the schema accepts and never less, because generated code checks with the linked form;
//! 3. the plan settles every type, name and literal;
//! 4. the linked form of each document says what an event has to satisfy, in one line of JSON
//!    that the runtime interprets, and which parts of it the types check while they read;
//! 5. templates print the plan, and a formatter proves that what they print is Rust.
//!
//! Around it stand [`read_tree`], which reads schemas from disk, [`from_manifest`], for build.rs,
//! [`explain()`], which says how each schema is read, and, with the feature `schemars`, `schema_of`:
//! from a Rust type to a schema.

mod atlas;
mod build_script;
#[cfg(feature = "schemars")]
mod code_first;
mod declared;
mod disk;
mod explain;
mod generate;
mod link;
mod names;
mod options;
mod plan;
mod render;
mod selection;
mod shape;
mod text;
mod view;

pub use build_script::{BuildScript, Errors, UnwrapOrExit, from_manifest};
#[cfg(feature = "schemars")]
pub use code_first::schema_of;
pub use declared::{Declared, DeclaredBody, declared};
pub use disk::{
    Problem, Tree, TreeFile, read_at_most, read_files, read_inside, read_templates, read_tree, stays_inside,
    write_inside,
};
pub use explain::{Class, Explained, explain};
pub use generate::{Linked, generate, linked};
pub use options::{GeneratedFile, Layout, Options, TEMPLATE_MODEL, Templates};
pub use selection::{newest_of_lines, selection, unselectable};
