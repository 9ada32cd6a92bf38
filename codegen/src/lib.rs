#![doc = include_str!("../README.md")]
//!
//! # The steps of the generator
//!
//! [`generate`] takes a [`evschema_model::Catalog`] and a selection, and returns files:
//!
//! 1. The model loads the documents, reads the keywords of each schema in the words of JSON Schema 2020-12, and resolves
//!    every reference ([`evschema_model::graph::Documents`]). Drafts make no difference in the other steps.
//! 2. Shapes describe the values that a type must be able to hold. A shape may allow more values than the schema
//!    accepts, but never fewer. This is safe, because generated code checks each event with the linked form.
//! 3. The plan contains every type, name and literal of the code.
//! 4. The linked form of each document has all conditions that an event must meet, as JSON that the runtime
//!    interprets. It also lists the conditions that the types check while they parse.
//! 5. Upcasts decide how the events of one version become events of the next generated version.
//! 6. Templates print the plan: the types that people read, and the glue that connects them with the runtime.
//!
//! # Other functions
//!
//! [`read_tree`] reads schemas from disk. [`from_manifest`] is for build.rs. [`explain()`] explains
//! how generated code parses each schema, and [`explain_upcasts`] how it converts events to newer versions. With the
//! feature `schemars`, `schema_of` returns the schema of a Rust type.

mod build_script;
#[cfg(feature = "schemars")]
mod code_first;
mod defaults;
mod disk;
mod explain;
mod generate;
mod generate_error;
mod names;
mod opened;
mod options;
mod plan;
mod program;
mod render;
mod selection;
mod shape;
mod syntax;
mod text;
mod upcast;
mod view;

pub use build_script::{BuildScript, Errors, UnwrapOrExit, from_manifest};
#[cfg(feature = "schemars")]
pub use code_first::schema_of;
pub use disk::{
    Problem, Tree, TreeFile, read_at_most, read_files, read_inside, read_templates, read_tree, stays_inside,
    write_inside,
};
pub use explain::{Class, Explained, explain};
pub use generate::{Linked, generate, linked};
pub use generate_error::GenerateError;
pub use options::{GeneratedFile, Layout, Options, TEMPLATE_MODEL, Templates, TypeOptions};
pub use selection::{Selection, newest_of_lines};
pub use upcast::{ExplainedStep, MissingPart, explain_upcasts};
