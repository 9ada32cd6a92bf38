//! The model that templates print. It contains only strings, lists and flags, so templates need no logic.
//!
//! `cargo xtask regenerate` writes docs/templates.md from these types and their comments.
//! [`crate::options::TEMPLATE_MODEL`] is the version of this model.

use serde::Serialize;

/// The model of `subject.rs.hbs`: one file with the versions of a subject.
#[derive(Debug, Serialize)]
pub(crate) struct File {
    /// The generated versions, oldest first.
    pub(crate) versions: Vec<Version>,
}

/// The model of `index.rs.hbs`: the file that lists the others.
#[derive(Debug, Serialize)]
pub(crate) struct Index {
    /// Whether files are included (for a build script) or declared as modules.
    pub(crate) included: bool,
    /// The files: one for each subject, sorted by name, then the shared types.
    pub(crate) modules: Vec<IndexEntry>,
}

/// One file of the index.
#[derive(Debug, Serialize)]
pub(crate) struct IndexEntry {
    /// The name of the subject's module.
    pub(crate) name: String,
    /// Lines of documentation.
    pub(crate) docs: Vec<String>,
    /// The file name, as a Rust literal.
    pub(crate) path: String,
    /// Whether the module contains types directly, and not only modules of versions.
    pub(crate) generated: bool,
}

/// The model of `shared.rs.hbs`: the file with the types that several modules share.
#[derive(Debug, Serialize)]
pub(crate) struct SharedFile {
    /// The path of the runtime crate; templates import it as `rt`.
    pub(crate) runtime: String,
    /// The types of the file.
    pub(crate) types: Vec<Type>,
    /// Names of types without strings; empty unless `borrowed = true`.
    pub(crate) textless: Vec<String>,
}

/// Types that the module re-exports from another module, or under another name.
#[derive(Debug, Serialize)]
pub(crate) struct Use {
    /// The path of the module that declares the types.
    pub(crate) path: String,
    /// The re-exported types, as `Name` or `Name as Other`.
    pub(crate) names: Vec<String>,
}

/// One version of a subject, printed as a module.
#[derive(Debug, Serialize)]
pub(crate) struct Version {
    /// The name of the module, such as `v1`.
    pub(crate) module: String,
    /// Lines of documentation.
    pub(crate) docs: Vec<String>,
    /// The path of the runtime crate; templates import it as `rt`.
    pub(crate) runtime: String,
    /// Types that the module re-exports.
    pub(crate) uses: Vec<Use>,
    /// The types of the module, the event first.
    pub(crate) types: Vec<Type>,
    /// Names of types without strings; empty unless `borrowed = true`.
    pub(crate) textless: Vec<String>,
    /// The model of `document.rs.hbs`.
    pub(crate) document: Document,
}

/// The embedded schema of a version.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    /// The base URI of its references, as a Rust literal.
    pub(crate) base: String,
    /// The draft, as a variant of the runtime's `Draft`.
    pub(crate) draft: String,
    /// The documents that it refers to, directly or through others.
    pub(crate) references: Vec<DocumentReference>,
    /// Whether `format` rejects values.
    pub(crate) asserts_formats: bool,
    /// Whether an asserted format needs the runtime's feature `idn`.
    pub(crate) needs_idn: bool,
    /// A placeholder for the schema's JSON; print it unchanged.
    pub(crate) placeholder: String,
    /// The schema in the form that the runtime interprets, as a Rust literal.
    pub(crate) program: String,
    /// The paths of the programs that it refers to.
    pub(crate) links: Vec<String>,
    /// The number of the root node in `program`.
    pub(crate) root: usize,
}

/// A document that the schema refers to.
#[derive(Debug, Serialize)]
pub(crate) struct DocumentReference {
    /// A URI that resolves to the document, as a Rust literal.
    pub(crate) uri: String,
    /// The path of the document's `DOCUMENT`.
    pub(crate) path: String,
}

/// The model of `struct.rs.hbs`, `texts.rs.hbs`, `union.rs.hbs`, `newtype.rs.hbs` and `event.rs.hbs`: one named type.
/// Exactly one of `struct`, `texts`, `union` and `newtype` is set; the others are null.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Type {
    /// Its name.
    pub(crate) name: String,
    /// Lines of documentation.
    pub(crate) docs: Vec<String>,
    /// An object with fields.
    #[serde(rename = "struct")]
    pub(crate) record: Option<Struct>,
    /// An enum of strings.
    pub(crate) texts: Option<Texts>,
    /// An enum of types.
    #[serde(rename = "union")]
    pub(crate) alternatives: Option<Union>,
    /// The wrapped type.
    pub(crate) newtype: Option<String>,
    /// The owned form of a type that borrows strings: `name` then ends in a lifetime. Null for an owned type.
    pub(crate) owned: Option<String>,
    /// The constants of an event; null if the type is not an event.
    pub(crate) event: Option<Event>,
}

/// An object with fields.
#[derive(Debug, Serialize)]
pub(crate) struct Struct {
    /// The names of all properties in the schema, as literals.
    pub(crate) names: Vec<String>,
    /// Whether `names` is longer than `fields`.
    pub(crate) names_more: bool,
    /// The properties that have a field.
    pub(crate) fields: Vec<Field>,
    /// The arguments of `new`, sorted by name.
    pub(crate) arguments: Vec<Argument>,
    /// The field that keeps all other properties, or null.
    pub(crate) rest: Option<Rest>,
}

/// A property of an object.
#[derive(Debug, Serialize)]
pub(crate) struct Field {
    /// The name in Rust.
    pub(crate) name: String,
    /// Lines of documentation, including the constraints in words.
    pub(crate) docs: Vec<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
    /// The name in JSON, as a Rust literal.
    pub(crate) json: String,
    /// The position in `names`.
    pub(crate) at: usize,
    /// How the runtime reads and writes it: `required`, `constant`, `optional` or `maybe`.
    pub(crate) mode: &'static str,
    /// The name of the setter; null if the schema requires the property.
    pub(crate) setter: Option<String>,
    /// The type of a value that is present and not `null`.
    pub(crate) value: String,
}

/// An argument of `new`.
#[derive(Debug, Serialize)]
pub(crate) struct Argument {
    /// The name of the field.
    pub(crate) name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
}

/// The field that keeps all other properties.
#[derive(Debug, Serialize)]
pub(crate) struct Rest {
    /// Its name.
    pub(crate) name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
}

/// An enum of strings.
#[derive(Debug, Serialize)]
pub(crate) struct Texts {
    /// The strings, in the order of the schema.
    pub(crate) variants: Vec<Text>,
    /// All variants as `name = text,` on one line; null if they do not fit.
    pub(crate) line: Option<String>,
    /// All variants as `name = text,` on as few lines as possible.
    pub(crate) lines: Vec<String>,
    /// Whether the enum has exactly one variant.
    pub(crate) single: bool,
}

/// One string of an enum.
#[derive(Debug, Serialize)]
pub(crate) struct Text {
    /// The name of the variant.
    pub(crate) name: String,
    /// The string, as a Rust literal.
    pub(crate) text: String,
}

/// An enum of types.
#[derive(Debug, Serialize)]
pub(crate) struct Union {
    /// The types, in the order of the schema.
    pub(crate) variants: Vec<Variant>,
}

/// One variant of an enum of types.
#[derive(Debug, Serialize)]
pub(crate) struct Variant {
    /// The position in `variants`.
    pub(crate) at: usize,
    /// The name of the variant.
    pub(crate) name: String,
    /// Lines of documentation.
    pub(crate) docs: Vec<String>,
    /// The type of its value.
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
    /// A `Case` of the runtime, as an expression: reading uses it to choose the variant.
    pub(crate) case: String,
}

/// The constants of an event; all are literals.
#[derive(Debug, Serialize)]
pub(crate) struct Event {
    /// The subject.
    pub(crate) subject: String,
    /// The version.
    pub(crate) version: String,
    /// The digest of the schema.
    pub(crate) digest: String,
    /// The URL or path of the schema.
    pub(crate) dataschema: String,
    /// The name of the borrowed form of the type, or null.
    pub(crate) borrowed: Option<String>,
}
