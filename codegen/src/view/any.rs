//! The model of the enum of a subject's versions.

use serde::Serialize;

/// The model of `any_glue.rs.hbs`, and a part of the model of `subject.rs.hbs`: the enum of all versions of a subject.
#[derive(Debug, Serialize)]
pub(crate) struct Any {
    /// The name of the enum.
    pub(crate) name: String,
    /// Lines of documentation.
    pub(crate) docs: Vec<String>,
    /// The path of the runtime crate; templates import it as `rt`.
    pub(crate) runtime: String,
    /// The subject, as a Rust literal.
    pub(crate) subject: String,
    /// The path of the file with the glue, as a Rust literal.
    pub(crate) glue: String,
    /// The versions, oldest first.
    pub(crate) variants: Vec<AnyVariant>,
    /// The path of the newest version's type.
    pub(crate) latest: String,
    /// The name of the trait with the methods; empty if there are none.
    pub(crate) methods_of: String,
    /// The methods that people implement.
    pub(crate) methods: Vec<UpcastMethod>,
    /// The conversions between types of consecutive versions.
    pub(crate) conversions: Vec<UpcastConversion>,
}

/// One version of a subject.
#[derive(Debug, Serialize)]
pub(crate) struct AnyVariant {
    /// The name of the variant.
    pub(crate) name: String,
    /// Lines of documentation.
    pub(crate) docs: Vec<String>,
    /// The path of the event's type.
    #[serde(rename = "type")]
    pub(crate) rust_type: String,
    /// A `Signs` of the runtime, as an expression.
    pub(crate) signs: String,
    /// The conversion of `event` to the newest version, as an expression.
    pub(crate) latest: String,
    /// Whether the converted event must be validated, because people wrote a part of it.
    pub(crate) checked: bool,
}

/// A method that people implement.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UpcastMethod {
    /// Its name.
    pub(crate) name: String,
    /// Lines of documentation.
    pub(crate) docs: Vec<String>,
    /// The path of the old type.
    pub(crate) old: String,
    /// The type of the result.
    pub(crate) new: String,
}

/// The conversion of a type to the type of the next version.
#[derive(Debug, Serialize)]
pub(crate) struct UpcastConversion {
    /// The name of the function; empty if the conversion is an `impl From`.
    pub(crate) function: String,
    /// The name of the argument; `_` if no line uses it.
    pub(crate) argument: &'static str,
    /// The path of the old type.
    pub(crate) old: String,
    /// The path of the new type.
    pub(crate) new: String,
    /// The name of the trait of the argument `upcasts`; empty if the conversion has no such argument.
    pub(crate) methods_of: String,
    /// The lines of the function.
    pub(crate) lines: Vec<String>,
}
