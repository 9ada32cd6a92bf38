//! The model that templates print: texts, lists and flags, nothing to think about.

use serde::Serialize;

/// One file: a subject and its versions.
#[derive(Debug, Serialize)]
pub(crate) struct File {
    pub(crate) versions: Vec<Version>,
}

/// The file that names the others.
#[derive(Debug, Serialize)]
pub(crate) struct Index {
    /// Whether files are included rather than declared as modules.
    pub(crate) included: bool,
    pub(crate) modules: Vec<IndexEntry>,
}

#[derive(Debug, Serialize)]
pub(crate) struct IndexEntry {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    /// The file's name as a literal.
    pub(crate) path: String,
}

/// One version of a subject: a module.
#[derive(Debug, Serialize)]
pub(crate) struct Version {
    pub(crate) module: String,
    pub(crate) docs: Vec<String>,
    pub(crate) runtime: String,
    pub(crate) types: Vec<Type>,
    pub(crate) document: Document,
}

/// The embedded schema.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    /// Literals and paths, each ready to print.
    pub(crate) base: String,
    pub(crate) draft: String,
    pub(crate) references: Vec<DocumentReference>,
    pub(crate) asserts_formats: bool,
    /// Stands for the text until the code is formatted.
    pub(crate) placeholder: String,
    /// The linked form: a literal, paths of the programs it refers to, the number of its root.
    pub(crate) program: String,
    pub(crate) links: Vec<String>,
    pub(crate) root: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct DocumentReference {
    pub(crate) uri: String,
    pub(crate) path: String,
}

/// One named type; exactly one of the four bodies is there.
#[derive(Debug, Serialize)]
pub(crate) struct Type {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    #[serde(rename = "struct", skip_serializing_if = "Option::is_none")]
    pub(crate) record: Option<Struct>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) texts: Option<Texts>,
    #[serde(rename = "union", skip_serializing_if = "Option::is_none")]
    pub(crate) alternatives: Option<Union>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) newtype: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<Event>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Struct {
    /// Every member that the schema names, as literals.
    pub(crate) names: Vec<String>,
    pub(crate) fields: Vec<Field>,
    /// What `new` is told.
    pub(crate) arguments: Vec<Argument>,
    pub(crate) rest: Option<Rest>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
    /// Its position among the names.
    pub(crate) at: usize,
    /// How the runtime reads and writes it: `required`, `constant`, `optional` or `maybe`.
    pub(crate) mode: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct Argument {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Rest {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Texts {
    pub(crate) variants: Vec<Text>,
    /// Whether there is but one.
    pub(crate) single: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    /// The text as a literal.
    pub(crate) text: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Union {
    pub(crate) variants: Vec<Variant>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Variant {
    /// Its position among the variants.
    pub(crate) at: usize,
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
    /// The case that tells it from the others, as an expression.
    pub(crate) case: String,
}

/// What makes a type an event; all literals.
#[derive(Debug, Serialize)]
pub(crate) struct Event {
    pub(crate) subject: String,
    pub(crate) version: String,
    pub(crate) digest: String,
    pub(crate) dataschema: String,
}
