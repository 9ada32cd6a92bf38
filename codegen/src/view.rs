//! The model that templates print. It contains only strings, lists and flags, so templates need no logic.
//!
//! `cargo xtask regenerate` writes docs/templates.md from these types and their comments.
//! [`crate::options::TEMPLATE_MODEL`] is the version of this model.

mod any;

use serde::Serialize;

pub(crate) use any::{Any, AnyVariant, UpcastConversion, UpcastMethod};

/// The model of `subject.rs.hbs`: one file with the versions of a subject.
#[derive(Debug, Serialize)]
pub(crate) struct File {
    /// The generated versions, oldest first.
    pub(crate) versions: Vec<Version>,
    /// The enum of the versions with an event; null if the file has no event.
    pub(crate) any: Option<Any>,
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
}

/// A type of another module that the module re-exports, or the module of its constructor.
#[derive(Debug, Serialize)]
pub(crate) struct Use {
    /// The path of the item, and its name in this module if that differs: `super::x::v1::Name as Other`.
    pub(crate) path: String,
}

/// Another name of a type.
#[derive(Debug, Serialize)]
pub(crate) struct Alias {
    /// The other name.
    pub(crate) name: String,
    /// The name of the type.
    pub(crate) of: String,
}

/// The model of `glue.rs.hbs`, and a part of the model of `subject.rs.hbs`: one version of a subject.
#[derive(Debug, Serialize)]
pub(crate) struct Version {
    /// The name of the module, such as `v1`.
    pub(crate) module: String,
    /// Attributes of the module, such as `#[deprecated]`.
    pub(crate) attributes: Vec<String>,
    /// Lines of documentation.
    pub(crate) docs: Vec<String>,
    /// The path of the runtime crate; templates import it as `rt`.
    pub(crate) runtime: String,
    /// Types that the module re-exports, with the modules of their constructors.
    pub(crate) uses: Vec<Use>,
    /// Other names of types: the name of the event, if its type is a definition with another name.
    pub(crate) aliases: Vec<Alias>,
    /// The types of the module, in the order in which the schema leads to them.
    pub(crate) types: Vec<Type>,
    /// Names of types without strings; empty unless `borrowed = true`.
    pub(crate) textless: Vec<String>,
    /// The path of the file with the glue, as a Rust literal.
    pub(crate) glue: String,
    /// The embedded schema.
    pub(crate) document: Document,
    /// The version of the generator, as a Rust literal.
    pub(crate) generator: String,
    /// The format of the program.
    pub(crate) program_format: u32,
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
    /// The path of the file with the schema's JSON, relative to the file with the glue, as a Rust literal.
    pub(crate) schema: String,
    /// The path of the file with the program, as a Rust literal.
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

/// The model of `struct.rs.hbs`, `texts.rs.hbs`, `integers.rs.hbs`, `union.rs.hbs` and `newtype.rs.hbs`: one named type.
/// Exactly one of `struct`, `texts`, `integers`, `union` and `newtype` is set; the others are null.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Type {
    /// Its name.
    pub(crate) name: String,
    /// The lifetime of a borrowed form, as `<'a>`; empty for an owned type.
    pub(crate) lifetime: &'static str,
    /// The name of the module with the type's `Required`; null unless the type is an owned struct.
    pub(crate) module: Option<String>,
    /// Lines of documentation.
    pub(crate) docs: Vec<String>,
    /// The derived traits, separated by commas. A long list has a line break at its start, at its end and between lines.
    pub(crate) derives: String,
    /// Attributes that the settings request, each in one line.
    pub(crate) attributes: Vec<String>,
    /// The location of the schema that checks the type alone, as a Rust literal; null if it has none.
    pub(crate) location: Option<String>,
    /// An object with fields.
    #[serde(rename = "struct")]
    pub(crate) record: Option<Struct>,
    /// An enum of strings.
    pub(crate) texts: Option<Texts>,
    /// An enum of integers.
    pub(crate) integers: Option<Integers>,
    /// An enum of types.
    #[serde(rename = "union")]
    pub(crate) alternatives: Option<Union>,
    /// The wrapped type.
    pub(crate) newtype: Option<String>,
    /// The owned form of a type that borrows strings; null for an owned type.
    pub(crate) owned: Option<String>,
    /// The constants of an event; null if the type is not an event.
    pub(crate) event: Option<Event>,
}

/// An object with fields.
#[derive(Debug, Serialize)]
pub(crate) struct Struct {
    /// The properties that have a field.
    pub(crate) fields: Vec<Field>,
    /// The names of the other properties in the schema, as literals.
    pub(crate) also: Vec<String>,
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
    /// Attributes, such as `#[deprecated]`.
    pub(crate) attributes: Vec<String>,
    /// The name in JSON, as a Rust literal.
    pub(crate) json: String,
    /// How the runtime reads and writes it: `required`, `constant`, `optional` or `maybe`.
    pub(crate) mode: &'static str,
    /// The name of the setter; null if the schema requires the property.
    pub(crate) setter: Option<String>,
    /// The type of a value that is present. If the property may be missing, the type has no `null`.
    pub(crate) value: String,
    /// The function that returns the value or the default; null if no default is offered.
    pub(crate) default: Option<Default>,
}

/// A function that returns the value of a property or its default.
#[derive(Debug, Serialize)]
pub(crate) struct Default {
    /// The name of the function.
    pub(crate) function: String,
    /// The default, as a Rust expression.
    pub(crate) value: String,
}

/// The field that keeps all other properties.
#[derive(Debug, Serialize)]
pub(crate) struct Rest {
    /// Its type.
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
}

/// An enum of strings.
#[derive(Debug, Serialize)]
pub(crate) struct Texts {
    /// The strings, in the order of the schema.
    pub(crate) variants: Vec<Text>,
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
    /// Lines of documentation.
    pub(crate) docs: Vec<String>,
    /// Attributes, such as `#[deprecated]`.
    pub(crate) attributes: Vec<String>,
}

/// An enum of integers.
#[derive(Debug, Serialize)]
pub(crate) struct Integers {
    /// The integers, in the order of the schema.
    pub(crate) variants: Vec<Integer>,
    /// Whether the enum has exactly one variant.
    pub(crate) single: bool,
}

/// One integer of an enum.
#[derive(Debug, Serialize)]
pub(crate) struct Integer {
    /// The name of the variant.
    pub(crate) name: String,
    /// The integer, as a Rust literal.
    pub(crate) integer: String,
    /// Lines of documentation.
    pub(crate) docs: Vec<String>,
    /// Attributes, such as `#[deprecated]`.
    pub(crate) attributes: Vec<String>,
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
    /// The name of the variant.
    pub(crate) name: String,
    /// Lines of documentation.
    pub(crate) docs: Vec<String>,
    /// Attributes, such as `#[deprecated]`.
    pub(crate) attributes: Vec<String>,
    /// The type of its value; null if the variant is one string.
    #[serde(rename = "type")]
    pub(crate) rust_type: Option<String>,
    /// Its content for the glue: the type in brackets, perhaps with the name of the only property, or the string.
    pub(crate) content: String,
    /// A `Case` of the runtime, as an expression: reading uses it to choose the variant. Null if the variant is one
    /// string.
    pub(crate) case: Option<String>,
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
