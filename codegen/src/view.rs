//! The model that templates print: texts, lists and flags, nothing to think about.
//!
//! docs/templates.md is made from these types and their comments. What a template may rely on is
//! counted by [`crate::TEMPLATE_MODEL`].

use serde::Serialize;

/// What `subject.rs.hbs` is given: one file, a subject and its versions.
#[derive(Debug, Serialize)]
pub(crate) struct File {
    /// The versions that are generated, oldest first.
    pub(crate) versions: Vec<Version>,
}

/// What `index.rs.hbs` is given: the file that names the others.
#[derive(Debug, Serialize)]
pub(crate) struct Index {
    /// Whether files are included, as a build script wants it, rather than declared as modules.
    pub(crate) included: bool,
    /// The files, by name.
    pub(crate) modules: Vec<IndexEntry>,
}

/// One file that the index names.
#[derive(Debug, Serialize)]
pub(crate) struct IndexEntry {
    /// The name of the subject's module.
    pub(crate) name: String,
    /// Lines of its documentation.
    pub(crate) docs: Vec<String>,
    /// The file's name as a literal.
    pub(crate) path: String,
    /// Whether the module has types itself, and not only modules of versions.
    pub(crate) generated: bool,
}

/// What `shared.rs.hbs` is given: the file of the types that several modules have alike.
#[derive(Debug, Serialize)]
pub(crate) struct SharedFile {
    /// The path of the runtime crate, which templates call `rt`.
    pub(crate) runtime: String,
    /// Its types.
    pub(crate) types: Vec<Type>,
    /// Names of types that hold no text, where others have a form that borrows it.
    pub(crate) textless: Vec<String>,
}

/// Names of types that are printed elsewhere, or in the same module under another name.
#[derive(Debug, Serialize)]
pub(crate) struct Use {
    /// The path of the module that has them.
    pub(crate) path: String,
    /// What is used of it, `Name` or `Name as Other`.
    pub(crate) names: Vec<String>,
}

/// One version of a subject: a module.
#[derive(Debug, Serialize)]
pub(crate) struct Version {
    /// The name of the module, `v1`.
    pub(crate) module: String,
    /// Lines of its documentation.
    pub(crate) docs: Vec<String>,
    /// The path of the runtime crate, which templates call `rt`.
    pub(crate) runtime: String,
    /// Names of types that are printed elsewhere.
    pub(crate) uses: Vec<Use>,
    /// Its types, the event first.
    pub(crate) types: Vec<Type>,
    /// Names of types that hold no text, where others have a form that borrows it.
    pub(crate) textless: Vec<String>,
    /// What `document.rs.hbs` is given.
    pub(crate) document: Document,
}

/// The embedded schema.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    /// The URI that its references are resolved against, as a literal.
    pub(crate) base: String,
    /// The draft, as a variant of the runtime's `Draft`.
    pub(crate) draft: String,
    /// The documents that it reaches.
    pub(crate) references: Vec<DocumentReference>,
    /// Whether `format` refuses values.
    pub(crate) asserts_formats: bool,
    /// Whether a format is asserted for which the runtime has the feature `idn`.
    pub(crate) needs_idn: bool,
    /// Stands for the text of the schema until the code is formatted; print it as it is.
    pub(crate) placeholder: String,
    /// The linked form of the schema, as a literal.
    pub(crate) program: String,
    /// Paths of the programs that it refers to.
    pub(crate) links: Vec<String>,
    /// The number of its root.
    pub(crate) root: usize,
}

/// A document that is reached.
#[derive(Debug, Serialize)]
pub(crate) struct DocumentReference {
    /// A URI that leads there, as a literal.
    pub(crate) uri: String,
    /// The path of its `DOCUMENT`.
    pub(crate) path: String,
}

/// One named type: `struct.rs.hbs`, `texts.rs.hbs`, `union.rs.hbs`, `newtype.rs.hbs` and, beside one of
/// them, `event.rs.hbs` are given it. Exactly one of the four bodies is there, the others are null.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Type {
    /// Its name.
    pub(crate) name: String,
    /// Lines of its documentation.
    pub(crate) docs: Vec<String>,
    /// An object with fields.
    #[serde(rename = "struct")]
    pub(crate) record: Option<Struct>,
    /// An enum of texts.
    pub(crate) texts: Option<Texts>,
    /// An enum of types.
    #[serde(rename = "union")]
    pub(crate) alternatives: Option<Union>,
    /// The type that it is around.
    pub(crate) newtype: Option<String>,
    /// The type that it borrows text for, whose name then ends in a lifetime; null where it owns its text.
    pub(crate) owned: Option<String>,
    /// What makes it an event, if it is one.
    pub(crate) event: Option<Event>,
}

/// An object with fields.
#[derive(Debug, Serialize)]
pub(crate) struct Struct {
    /// Every member that the schema names, as literals.
    pub(crate) names: Vec<String>,
    /// Whether there are more names than fields.
    pub(crate) names_more: bool,
    /// The members that it has fields for.
    pub(crate) fields: Vec<Field>,
    /// What `new` is told, by name.
    pub(crate) arguments: Vec<Argument>,
    /// The field that keeps all other members, if they are kept.
    pub(crate) rest: Option<Rest>,
}

/// A member of an object.
#[derive(Debug, Serialize)]
pub(crate) struct Field {
    /// Its name in Rust.
    pub(crate) name: String,
    /// Lines of its documentation, constraints in words among them.
    pub(crate) docs: Vec<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
    /// Its name in JSON, as a literal.
    pub(crate) json: String,
    /// Its position among the names.
    pub(crate) at: usize,
    /// How the runtime reads and writes it: `required`, `constant`, `optional` or `maybe`.
    pub(crate) mode: &'static str,
    /// The name of its setter; null where `new` is told.
    pub(crate) setter: Option<String>,
    /// The type of a value that is there and not `null`.
    pub(crate) value: String,
}

/// What `new` is told.
#[derive(Debug, Serialize)]
pub(crate) struct Argument {
    /// The name of the field.
    pub(crate) name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
}

/// The field that keeps all other members.
#[derive(Debug, Serialize)]
pub(crate) struct Rest {
    /// Its name.
    pub(crate) name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
}

/// An enum of texts.
#[derive(Debug, Serialize)]
pub(crate) struct Texts {
    /// The texts, in the order of the schema.
    pub(crate) variants: Vec<Text>,
    /// The same as `name = text,` on one line, if they fit.
    pub(crate) line: Option<String>,
    /// The same on as few lines as hold them.
    pub(crate) lines: Vec<String>,
    /// Whether there is but one.
    pub(crate) single: bool,
}

/// A text.
#[derive(Debug, Serialize)]
pub(crate) struct Text {
    /// The name of the variant.
    pub(crate) name: String,
    /// The text as a literal.
    pub(crate) text: String,
}

/// An enum of types.
#[derive(Debug, Serialize)]
pub(crate) struct Union {
    /// The types, in the order of the schema.
    pub(crate) variants: Vec<Variant>,
}

/// A type among others.
#[derive(Debug, Serialize)]
pub(crate) struct Variant {
    /// Its position among the variants.
    pub(crate) at: usize,
    /// The name of the variant.
    pub(crate) name: String,
    /// Lines of its documentation.
    pub(crate) docs: Vec<String>,
    /// The type that it holds.
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
    /// The case that tells it from the others, as an expression.
    pub(crate) case: String,
}

/// What makes a type an event; all literals.
#[derive(Debug, Serialize)]
pub(crate) struct Event {
    /// The subject.
    pub(crate) subject: String,
    /// The version.
    pub(crate) version: String,
    /// The digest of the schema.
    pub(crate) digest: String,
    /// Where the schema lives.
    pub(crate) dataschema: String,
    /// The name of the type that borrows its text, if there is one.
    pub(crate) borrowed: Option<String>,
}
