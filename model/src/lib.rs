#![doc = include_str!("../README.md")]
//!
//! # The path of a document
//!
//! 1. [`Document::parse`] reads bytes within [`limits`]: strict JSON, without duplicate names in an object.
//! 2. [`Schema::read`] determines the [`Draft`], checks the document against the metaschema, and lists the references.
//! 3. [`Catalog`] contains schemas by subject and version, and by `$id`.
//! 4. [`Catalog::resolve`] returns a [`Resolved`] schema: the document and all documents that it refers to.
//! 5. [`Resolved::validator`] compiles the schema to a [`Validator`]. [`graph::SchemaGraph`] gives the schema one
//!    meaning for all drafts.

mod advice;
mod ambiguity;
mod catalog;
mod compiles;
mod computed;
mod coordinates;
mod dependencies;
mod diagnostic;
mod dialect;
mod digest;
mod document;
mod excerpt;
mod fields;
pub mod formats;
pub mod graph;
mod identity;
mod keywords;
pub mod limits;
mod lock;
mod manifest;
mod metaschema;
mod patterns;
mod pointer;
mod policy;
mod position;
mod reference;
mod resolution;
mod resolved;
mod schema;
mod stop;
mod strict_json;
mod subject;
mod suggestion;
mod validation_cost;
mod validator;
mod version;
mod version_states;
mod violation;
mod vocabulary;
mod walk;

pub use catalog::{Catalog, CatalogError};
pub use coordinates::Coordinates;
pub use diagnostic::{Code, Diagnostic, Diagnostics};
pub use dialect::{Dialect, DialectError, Dialects, Draft};
pub use digest::{Digest, canonical_json};
pub use document::Document;
pub use fields::{Field, field_names, fields};
pub use formats::Formats;
pub use lock::{Lock, Locked};
pub use manifest::{
    Compatibility, FieldSettings, FormatType, Gen, Lines, Manifest, ManifestError, PublisherEntry,
    RegistrySection, SchemaKey, SchemaKeyError, SubjectOverride, TypeSettings, WaiverEntry,
};
pub use pointer::Pointer;
pub use policy::{ContentModel, Mode, ParseNameError, SubjectPolicy};
pub use position::Position;
pub use reference::{Reference, Target};
pub use resolved::Resolved;
pub use schema::Schema;
pub use stop::Stop;
pub use strict_json::parse_event;
pub use subject::{Subject, SubjectError};
pub use validator::Validator;
pub use version::{Bump, Line, Version, VersionError};
pub use version_states::VersionStates;
pub use violation::Violation;
pub use vocabulary::Vocabulary;
pub use walk::{Place, for_each_subschema};
