//! The traits of generated types that can be checked.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::document::Document;
use crate::program::NodeRef;
use crate::read::Read;
use crate::write::Write;

/// A type generated from one version of a subject.
///
/// Each generated type also has these constants and functions as inherent items, so only code that is generic over
/// events needs this trait.
pub trait Event: Write + for<'a> Read<'a> + Serialize + DeserializeOwned {
    /// The subject, such as `commerce.order.placed`.
    const SUBJECT: &'static str;
    /// The version, such as `1.2.0`.
    const VERSION: &'static str;
    /// The digest of the schema, `sha256:…`.
    const DIGEST: &'static str;
    /// The URL or path of the schema: the `dataschema` of a CloudEvent.
    const DATASCHEMA: &'static str;
    /// The schema, unchanged.
    const SCHEMA: &'static str;

    /// Returns the schema with all documents that it refers to.
    fn document() -> &'static Document;
}

/// A generated type whose values can be checked alone: an event, or a type with a node of its own.
pub trait Checked {
    /// Returns the node that checks a value of this type.
    fn node() -> NodeRef;
}
