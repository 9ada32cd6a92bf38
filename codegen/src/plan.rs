//! The plan of the generated code: all names, types and literals. The planner completes the plan before the printer
//! prints any code.

mod borrowed;
mod boxes;
mod clusters;
mod constraints;
mod definitions;
mod identifiers;
mod integers;
mod literals;
mod modules;
mod naming;
mod path;
mod readers;
mod requests;
mod settings;
mod typing;
mod unions;
mod variant_names;
mod variants;

pub(crate) use borrowed::Borrowed;
pub(crate) use clusters::distinguish;
pub(crate) use definitions::{
    Body, Case, Field, Form, IntegerVariant, Plan, Requested, RustType, Struct, TextVariant, TypeId, TypeRef,
    UnionVariant,
};
pub(crate) use identifiers::not_identifiers;
pub(crate) use modules::{Module, modules};
pub(crate) use path::root_name;
pub(crate) use typing::Planner;
