//! The keywords of a node, with the meaning that they have in JSON Schema 2020-12.

use std::fmt;

use serde_json::{Number, Value};

use super::node::NodeId;
use crate::dialect::Draft;

/// A keyword that can reject a value.
///
/// Names refer to JSON Schema 2020-12: the vocabularies of Core (section 8), Applicator (section 10), Unevaluated
/// (section 11) and Validation (section 6).
///
/// `S` identifies a subschema, and `R` the target of a reference. Both are nodes in a [`super::SchemaGraph`].
#[derive(Debug, Clone)]
pub enum Keyword<'r, S = NodeId, R = S> {
    /// The schema `false`.
    False,
    /// A part of the schema that the graph does not support. Readers of the graph may conclude nothing from the node.
    Unsupported(Unsupported<'r>),
    /// `$ref`, `$dynamicRef` or `$recursiveRef`: the value is valid under this schema too.
    Reference(R),
    /// `type`.
    Type {
        /// The names of the types.
        names: TypeNames<'r>,
        /// Whether `1.0` is not an integer, as in draft 4.
        integers_by_lexeme: bool,
    },
    /// `enum`.
    Enum(&'r [Value]),
    /// `const`.
    Const(&'r Value),
    /// `allOf`.
    AllOf(Vec<S>),
    /// `anyOf`.
    AnyOf(Vec<S>),
    /// `oneOf`.
    OneOf(Vec<S>),
    /// `not`.
    Not(S),
    /// `if`, with `then` and `else`.
    If {
        /// The schema of `if`.
        test: S,
        /// The schema of `then`.
        then: Option<S>,
        /// The schema of `else`.
        otherwise: Option<S>,
    },
    /// `minimum`.
    Minimum(&'r Number),
    /// `exclusiveMinimum`; in draft 4, `minimum` with the flag `exclusiveMinimum`.
    ExclusiveMinimum(&'r Number),
    /// `maximum`.
    Maximum(&'r Number),
    /// `exclusiveMaximum`; in draft 4, `maximum` with the flag `exclusiveMaximum`.
    ExclusiveMaximum(&'r Number),
    /// `multipleOf`.
    MultipleOf(&'r Number),
    /// `minLength`, in Unicode code points.
    MinLength(&'r Number),
    /// `maxLength`, in Unicode code points.
    MaxLength(&'r Number),
    /// `pattern`.
    Pattern(&'r str),
    /// An asserted `format`, by the name that [`crate::formats::asserted`] returns.
    Format(&'r str),
    /// `contentEncoding` and `contentMediaType`, which drafts 6 and 7 assert.
    Content(Content<'r>),
    /// `minItems`.
    MinItems(&'r Number),
    /// `maxItems`.
    MaxItems(&'r Number),
    /// `uniqueItems`, if it is `true`.
    UniqueItems,
    /// `prefixItems`: a schema for each of the first items.
    PrefixItems(Vec<S>),
    /// `items`: the schema of the items after `prefixItems`.
    Items(S),
    /// `contains`, with `minContains` and `maxContains`.
    Contains {
        /// The schema of the items that count.
        schema: S,
        /// `minContains`; 1 if it is missing.
        min: Option<&'r Number>,
        /// `maxContains`.
        max: Option<&'r Number>,
        /// Whether the items that count are evaluated.
        marks: ContainsMarks,
    },
    /// `unevaluatedItems`.
    UnevaluatedItems(S),
    /// `minProperties`.
    MinProperties(&'r Number),
    /// `maxProperties`.
    MaxProperties(&'r Number),
    /// `required`.
    Required(Names<'r>),
    /// `properties`, in the order of the document.
    Properties(Vec<(&'r str, S)>),
    /// `patternProperties`, in the order of the document.
    PatternProperties(Vec<(&'r str, S)>),
    /// `additionalProperties`.
    AdditionalProperties(S),
    /// `propertyNames`.
    PropertyNames(S),
    /// `dependentRequired`, or the lists of `dependencies`.
    DependentRequired(Vec<(&'r str, Names<'r>)>),
    /// `dependentSchemas`, or the schemas of `dependencies`.
    DependentSchemas(Vec<(&'r str, S)>),
    /// `unevaluatedProperties`.
    UnevaluatedProperties(S),
}

impl<S, R> Keyword<'_, S, R> {
    /// Returns the names of the keyword and of the keywords that belong to it, in JSON Schema 2020-12.
    pub fn names(&self) -> &'static [&'static str] {
        match self {
            Self::False | Self::Unsupported(_) => &[],
            Self::Reference(_) => &["$ref", "$dynamicRef", "$recursiveRef"],
            Self::Type { .. } => &["type"],
            Self::Enum(_) => &["enum"],
            Self::Const(_) => &["const"],
            Self::AllOf(_) => &["allOf"],
            Self::AnyOf(_) => &["anyOf"],
            Self::OneOf(_) => &["oneOf"],
            Self::Not(_) => &["not"],
            Self::If { .. } => &["if", "then", "else"],
            Self::Minimum(_) => &["minimum"],
            Self::ExclusiveMinimum(_) => &["exclusiveMinimum"],
            Self::Maximum(_) => &["maximum"],
            Self::ExclusiveMaximum(_) => &["exclusiveMaximum"],
            Self::MultipleOf(_) => &["multipleOf"],
            Self::MinLength(_) => &["minLength"],
            Self::MaxLength(_) => &["maxLength"],
            Self::Pattern(_) => &["pattern"],
            Self::Format(_) => &["format"],
            Self::Content(_) => &["contentEncoding", "contentMediaType"],
            Self::MinItems(_) => &["minItems"],
            Self::MaxItems(_) => &["maxItems"],
            Self::UniqueItems => &["uniqueItems"],
            Self::PrefixItems(_) => &["prefixItems"],
            Self::Items(_) => &["items"],
            Self::Contains { .. } => &["contains", "minContains", "maxContains"],
            Self::UnevaluatedItems(_) => &["unevaluatedItems"],
            Self::MinProperties(_) => &["minProperties"],
            Self::MaxProperties(_) => &["maxProperties"],
            Self::Required(_) => &["required"],
            Self::Properties(_) => &["properties"],
            Self::PatternProperties(_) => &["patternProperties"],
            Self::AdditionalProperties(_) => &["additionalProperties"],
            Self::PropertyNames(_) => &["propertyNames"],
            Self::DependentRequired(_) => &["dependentRequired"],
            Self::DependentSchemas(_) => &["dependentSchemas"],
            Self::UnevaluatedProperties(_) => &["unevaluatedProperties"],
        }
    }
}

/// The names in a list such as that of `required`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names<'r>(pub(super) &'r [Value]);

impl<'r> Names<'r> {
    /// Returns the names, in the order of the document.
    pub fn iter(self) -> impl Iterator<Item = &'r str> {
        self.0.iter().filter_map(Value::as_str)
    }
}

/// The names of the types of a `type`.
#[derive(Debug, Clone, Copy)]
pub struct TypeNames<'r>(pub(super) &'r Value);

impl<'r> TypeNames<'r> {
    /// Returns the names, in the order of the document.
    pub fn iter(self) -> impl Iterator<Item = &'r str> {
        let several = self.0.as_array().map(Vec::as_slice);
        let names = several.unwrap_or_else(|| std::slice::from_ref(self.0));
        names.iter().filter_map(Value::as_str)
    }

    /// Returns whether a type is named.
    pub fn contains(self, name: &str) -> bool {
        self.iter().any(|known| known == name)
    }
}

/// The contents that a string must have.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Content<'r> {
    /// `contentEncoding`.
    pub encoding: Option<&'r str>,
    /// `contentMediaType`.
    pub media_type: Option<&'r str>,
}

/// Whether `contains` evaluates the items that it counts, for `unevaluatedItems`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainsMarks {
    /// It does not (up to draft 7, which has no `unevaluatedItems`).
    Nothing,
    /// The draft does not define it (2019-09).
    Undefined,
    /// It does (2020-12, Applicator, section 10.3.1.3).
    Counted,
}

/// A part of a schema that the graph does not support.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsupported<'r> {
    /// `$schema` names another draft, but the schema has no `$id`. The specification leaves open which draft applies
    /// (Core 2019-09, section 8.1.1), and the validator's answer depends on how it reaches the schema.
    OtherDraft {
        /// The draft of the schema around it.
        around: Draft,
        /// Whether a reference leads to it.
        is_referred: bool,
    },
    /// The schema can be reached in too many dynamic scopes.
    TooManyScopes,
    /// The value is neither an object nor a boolean.
    NotASchema,
    /// The `$id` of the document is not a URI.
    RootIdentity,
    /// The `$id` of the schema is not a URI.
    Identity,
    /// The value of a reference is not a string.
    NotAReference {
        /// The keyword.
        keyword: &'static str,
    },
    /// The reference is empty: it names the document, but the validator ignores it.
    EmptyReference {
        /// The keyword.
        keyword: &'static str,
    },
    /// The target of the reference is missing.
    MissingTarget {
        /// The keyword.
        keyword: &'static str,
        /// The reference as it was written.
        reference: &'r str,
    },
}

impl fmt::Display for Unsupported<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherDraft { .. } => {
                f.write_str("a `$schema` names another draft inside a schema that has no `$id`")
            }
            Self::TooManyScopes => f.write_str("too many dynamic references are possible here"),
            Self::NotASchema => f.write_str("a subschema is neither an object nor a boolean"),
            Self::RootIdentity => f.write_str("the document's `$id` is not a URI"),
            Self::Identity => f.write_str("an `$id` here is not a URI"),
            Self::NotAReference { keyword } => write!(f, "`{keyword}` is not a string"),
            Self::EmptyReference { keyword } => {
                write!(f, "`{keyword}` is empty; write `#` to name the document")
            }
            Self::MissingTarget { keyword, reference } => {
                write!(f, "`{keyword}` `{reference}` leads nowhere")
            }
        }
    }
}
