//! The keywords of every draft, with the form of their values.

use crate::dialect::Draft;

/// A keyword in the drafts in which it has one form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keyword {
    pub(crate) name: &'static str,
    /// The first draft.
    pub(crate) since: Draft,
    /// The last draft.
    pub(crate) until: Draft,
    pub(crate) form: Form,
    pub(crate) role: Role,
}

/// The role of a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It can reject a value, itself or through its subschemas.
    Asserts,
    /// It identifies, refers or defines.
    Names,
    /// It only describes.
    Annotates,
}

/// The form of a keyword's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Anything,
    Types,
    Text,
    /// A URI reference that has no fragment, or an empty one.
    Identity,
    Boolean,
    Number,
    PositiveNumber,
    /// A whole number of at least 0.
    Count,
    /// An array of any values.
    Values,
    /// An array of different strings.
    Names,
    /// An object whose values are [`Form::Names`].
    NamesMap,
    Schema,
    /// A schema, `true` or `false`. Draft 4 has no other boolean schemas.
    SchemaOrBoolean,
    SchemaOrSchemas,
    Schemas,
    SchemaMap,
    /// An object whose values are schemas or [`Form::Names`].
    SchemaOrNamesMap,
}

impl Form {
    /// Returns whether values of this form contain subschemas.
    pub(crate) fn has_schemas(self) -> bool {
        matches!(
            self,
            Self::Schema
                | Self::SchemaOrBoolean
                | Self::SchemaOrSchemas
                | Self::Schemas
                | Self::SchemaMap
                | Self::SchemaOrNamesMap
        )
    }
}

impl Keyword {
    const fn new(name: &'static str, since: Draft, form: Form, role: Role) -> Self {
        Self { name, since, until: Draft::Draft202012, form, role }
    }

    const fn until(self, until: Draft) -> Self {
        Self { until, ..self }
    }

    /// Returns whether a draft has the keyword.
    pub(crate) fn is_in(&self, draft: Draft) -> bool {
        self.since <= draft && draft <= self.until
    }
}

/// Returns the keyword of this name in a draft.
pub(crate) fn keyword(name: &str, draft: Draft) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name && keyword.is_in(draft))
}

/// The keywords whose schemas apply only where a reference leads to them. Documents use both names in every draft.
pub(crate) const DEFINITIONS: [&str; 2] = ["$defs", "definitions"];

/// Returns whether the keyword of this name never rejects a value in any draft, or is an annotation by convention.
pub(crate) fn only_describes(name: &str) -> bool {
    // The validator checks the contents of strings in drafts 6 and 7.
    let is_checked = matches!(name, "contentEncoding" | "contentMediaType");
    let mut rows = KEYWORDS.iter().filter(|keyword| keyword.name == name).peekable();
    let is_custom = name == "example" || name.starts_with("x-");
    is_custom || (!is_checked && rows.peek().is_some() && rows.all(|keyword| keyword.role != Role::Asserts))
}

/// The seven types.
pub(crate) const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

/// The formats of the specification, with the first draft in which each rejects values.
///
/// If a draft leaves out a format that earlier and later drafts have, the format rejects values in this draft too.
pub(crate) const FORMATS: &[(&str, Draft)] = &[
    ("date", Draft::Draft4),
    ("date-time", Draft::Draft4),
    ("duration", Draft::Draft201909),
    ("email", Draft::Draft4),
    ("hostname", Draft::Draft4),
    ("idn-email", Draft::Draft4),
    ("idn-hostname", Draft::Draft7),
    ("ipv4", Draft::Draft4),
    ("ipv6", Draft::Draft4),
    ("iri", Draft::Draft7),
    ("iri-reference", Draft::Draft7),
    ("json-pointer", Draft::Draft6),
    ("regex", Draft::Draft4),
    ("relative-json-pointer", Draft::Draft7),
    ("time", Draft::Draft4),
    ("uri", Draft::Draft4),
    ("uri-reference", Draft::Draft6),
    ("uri-template", Draft::Draft6),
    ("uuid", Draft::Draft201909),
];

use Draft::{Draft4, Draft6, Draft7, Draft201909, Draft202012};
use Role::{Annotates, Asserts, Names};

/// All keywords. A keyword with several forms has a row for each form.
pub(crate) const KEYWORDS: &[Keyword] = &[
    Keyword::new("$anchor", Draft201909, Form::Text, Names),
    Keyword::new("$comment", Draft7, Form::Text, Annotates),
    Keyword::new("$defs", Draft201909, Form::SchemaMap, Names),
    Keyword::new("$dynamicAnchor", Draft202012, Form::Text, Names),
    Keyword::new("$dynamicRef", Draft202012, Form::Text, Asserts),
    Keyword::new("$id", Draft6, Form::Text, Names).until(Draft7),
    Keyword::new("$id", Draft201909, Form::Identity, Names),
    Keyword::new("$recursiveAnchor", Draft201909, Form::Boolean, Names).until(Draft201909),
    Keyword::new("$recursiveRef", Draft201909, Form::Text, Asserts).until(Draft201909),
    Keyword::new("$ref", Draft4, Form::Text, Asserts),
    Keyword::new("$schema", Draft4, Form::Text, Names),
    Keyword::new("$vocabulary", Draft201909, Form::Anything, Names),
    Keyword::new("additionalItems", Draft4, Form::SchemaOrBoolean, Asserts).until(Draft201909),
    Keyword::new("additionalProperties", Draft4, Form::SchemaOrBoolean, Asserts),
    Keyword::new("allOf", Draft4, Form::Schemas, Asserts),
    Keyword::new("anyOf", Draft4, Form::Schemas, Asserts),
    Keyword::new("const", Draft6, Form::Anything, Asserts),
    Keyword::new("contains", Draft6, Form::Schema, Asserts),
    Keyword::new("contentEncoding", Draft7, Form::Text, Annotates),
    Keyword::new("contentMediaType", Draft7, Form::Text, Annotates),
    Keyword::new("contentSchema", Draft201909, Form::Schema, Annotates),
    Keyword::new("default", Draft4, Form::Anything, Annotates),
    Keyword::new("definitions", Draft4, Form::SchemaMap, Names),
    Keyword::new("dependencies", Draft4, Form::SchemaOrNamesMap, Asserts).until(Draft7),
    Keyword::new("dependentRequired", Draft201909, Form::NamesMap, Asserts),
    Keyword::new("dependentSchemas", Draft201909, Form::SchemaMap, Asserts),
    Keyword::new("deprecated", Draft201909, Form::Boolean, Annotates),
    Keyword::new("description", Draft4, Form::Text, Annotates),
    Keyword::new("else", Draft7, Form::Schema, Asserts),
    Keyword::new("enum", Draft4, Form::Values, Asserts),
    Keyword::new("examples", Draft6, Form::Values, Annotates),
    Keyword::new("exclusiveMaximum", Draft4, Form::Boolean, Asserts).until(Draft4),
    Keyword::new("exclusiveMaximum", Draft6, Form::Number, Asserts),
    Keyword::new("exclusiveMinimum", Draft4, Form::Boolean, Asserts).until(Draft4),
    Keyword::new("exclusiveMinimum", Draft6, Form::Number, Asserts),
    Keyword::new("format", Draft4, Form::Text, Asserts),
    Keyword::new("id", Draft4, Form::Text, Names).until(Draft4),
    Keyword::new("if", Draft7, Form::Schema, Asserts),
    Keyword::new("items", Draft4, Form::SchemaOrSchemas, Asserts).until(Draft201909),
    Keyword::new("items", Draft202012, Form::Schema, Asserts),
    Keyword::new("maxContains", Draft201909, Form::Count, Asserts),
    Keyword::new("maxItems", Draft4, Form::Count, Asserts),
    Keyword::new("maxLength", Draft4, Form::Count, Asserts),
    Keyword::new("maxProperties", Draft4, Form::Count, Asserts),
    Keyword::new("maximum", Draft4, Form::Number, Asserts),
    Keyword::new("minContains", Draft201909, Form::Count, Asserts),
    Keyword::new("minItems", Draft4, Form::Count, Asserts),
    Keyword::new("minLength", Draft4, Form::Count, Asserts),
    Keyword::new("minProperties", Draft4, Form::Count, Asserts),
    Keyword::new("minimum", Draft4, Form::Number, Asserts),
    Keyword::new("multipleOf", Draft4, Form::PositiveNumber, Asserts),
    Keyword::new("not", Draft4, Form::Schema, Asserts),
    Keyword::new("oneOf", Draft4, Form::Schemas, Asserts),
    Keyword::new("pattern", Draft4, Form::Text, Asserts),
    Keyword::new("patternProperties", Draft4, Form::SchemaMap, Asserts),
    Keyword::new("prefixItems", Draft202012, Form::Schemas, Asserts),
    Keyword::new("properties", Draft4, Form::SchemaMap, Asserts),
    Keyword::new("propertyNames", Draft6, Form::Schema, Asserts),
    Keyword::new("readOnly", Draft7, Form::Boolean, Annotates),
    Keyword::new("required", Draft4, Form::Names, Asserts),
    Keyword::new("then", Draft7, Form::Schema, Asserts),
    Keyword::new("title", Draft4, Form::Text, Annotates),
    Keyword::new("type", Draft4, Form::Types, Asserts),
    Keyword::new("unevaluatedItems", Draft201909, Form::Schema, Asserts),
    Keyword::new("unevaluatedProperties", Draft201909, Form::Schema, Asserts),
    Keyword::new("uniqueItems", Draft4, Form::Boolean, Asserts),
    Keyword::new("writeOnly", Draft7, Form::Boolean, Annotates),
];
