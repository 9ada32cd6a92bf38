//! The `[gen]` section of the manifest.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::pointer::Pointer;
use crate::subject::{Subject, SubjectError};

/// The `[gen]` section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gen {
    /// The folder that `evschema gen` writes to, relative to the manifest. A build.rs writes to `OUT_DIR`.
    pub out: String,
    /// The subjects to generate; if empty, all subjects that the repository owns or depends on.
    pub subjects: Vec<Subject>,
    /// A folder of templates; each replaces the built-in template of the same name.
    pub templates: Option<String>,
    /// The base URL of `DATASCHEMA`; by default the URL of the registry.
    pub dataschema_base: Option<String>,
    /// Whether structs keep properties that the schema allows but does not name.
    pub keep_unknown: bool,
    /// Whether types with strings get a second form that borrows the strings from the event, such as `OrderRef<'a>`.
    pub borrowed: bool,
    /// Traits that every type derives, such as `utoipa::ToSchema`, in addition to the traits that the generator chooses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub derives: Vec<String>,
    /// Attributes of every type, such as `#[must_use]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// Whether a definition of a string, number or boolean becomes a struct that wraps the value.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub newtypes: bool,
    /// The Rust type for strings of a format, by the name of the format.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub formats: BTreeMap<String, FormatType>,
    /// The user's types that replace generated types.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub replace: BTreeMap<SchemaKey, String>,
    /// Settings for the types of single schemas.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<SchemaKey, TypeSettings>,
    /// Whether to generate yanked versions.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub yanked: bool,
}

/// The key of a schema in the manifest: a subject, or a subject with the place of a subschema in its documents. Its text
/// is `commerce.order.placed` or `commerce.order.placed#/$defs/Line`. The part behind `#` is a JSON Pointer (RFC 6901)
/// without percent encoding. A key applies to every version of the subject that has this place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SchemaKey {
    /// The subject.
    pub subject: Subject,
    /// The place in the documents of the subject.
    pub pointer: Pointer,
}

/// The error for a text that is not a [`SchemaKey`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaKeyError {
    /// The part before `#` is not a subject.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// The part behind `#` is not a JSON Pointer.
    #[error("the part behind `#` must begin with `/`, such as `#/$defs/Line`")]
    Pointer,
}

/// The Rust type for strings of a format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum FormatType {
    /// The path of the type, such as `uuid::Uuid`.
    Path(String),
    /// The path of the type, and the path of the type that parses and writes its text.
    With {
        /// The type of the value.
        #[serde(rename = "type")]
        of: String,
        /// The type that implements `TextFormat` of the runtime for the type of the value.
        text: String,
    },
}

/// Settings for the type of one schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypeSettings {
    /// The name of the type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Further traits that the type derives.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub derives: Vec<String>,
    /// Further attributes of the type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// Whether the type is a struct that wraps the value. Overrides [`Gen::newtypes`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newtype: Option<bool>,
    /// Settings for the fields of the type, by the names of their properties in JSON.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldSettings>,
}

/// Settings for one field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldSettings {
    /// The name of the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Further attributes of the field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
}

impl Default for Gen {
    fn default() -> Self {
        Self {
            out: "src/events".to_owned(),
            subjects: Vec::new(),
            templates: None,
            dataschema_base: None,
            keep_unknown: false,
            borrowed: false,
            derives: Vec::new(),
            attributes: Vec::new(),
            newtypes: false,
            formats: BTreeMap::new(),
            replace: BTreeMap::new(),
            types: BTreeMap::new(),
            yanked: false,
        }
    }
}

impl FromStr for SchemaKey {
    type Err = SchemaKeyError;

    fn from_str(text: &str) -> Result<Self, SchemaKeyError> {
        let (subject, pointer) = text.split_once('#').unwrap_or((text, ""));
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return Err(SchemaKeyError::Pointer);
        }
        Ok(Self { subject: Subject::parse(subject)?, pointer: Pointer::from_text(pointer) })
    }
}

impl TryFrom<String> for SchemaKey {
    type Error = SchemaKeyError;

    fn try_from(text: String) -> Result<Self, SchemaKeyError> {
        text.parse()
    }
}

impl From<SchemaKey> for String {
    fn from(key: SchemaKey) -> Self {
        key.to_string()
    }
}

impl fmt::Display for SchemaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.pointer.as_str().is_empty() { "" } else { "#" };
        write!(f, "{}{separator}{}", self.subject, self.pointer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    #[test]
    fn all_settings_are_parsed() {
        let text = r##"
[gen]
derives = ["utoipa::ToSchema"]
newtypes = true
[gen.formats]
uuid = "uuid::Uuid"
date-time = { type = "crate::When", text = "crate::WhenText" }
[gen.replace]
"commerce.order.placed#/$defs/Money" = "crate::Money"
[gen.types."commerce.order.placed"]
name = "Order"
fields.orderId = { name = "id", attributes = ["#[doc(alias = \"key\")]"] }
[gen.types."commerce.order.placed#/$defs/Line"]
derives = ["PartialOrd"]
newtype = false
"##;
        let section = Manifest::parse(text).unwrap().generate;
        let with = FormatType::With { of: "crate::When".to_owned(), text: "crate::WhenText".to_owned() };
        assert_eq!(section.formats["date-time"], with);
        assert_eq!(section.formats["uuid"], FormatType::Path("uuid::Uuid".to_owned()));
        let keys: Vec<String> = section.types.keys().map(ToString::to_string).collect();
        assert_eq!(keys, ["commerce.order.placed", "commerce.order.placed#/$defs/Line"]);
        let fields = &section.types.values().next().unwrap().fields;
        assert_eq!(fields["orderId"].name.as_deref(), Some("id"));
        let written = toml::to_string(&section).unwrap();
        assert_eq!(toml::from_str::<Gen>(&written).unwrap(), section);
    }

    #[test]
    fn a_key_that_is_not_a_schema_is_reported_with_its_position() {
        for (key, expected) in [
            ("commerce.order.placed#Line", "must begin with `/`"),
            ("Commerce Order", "subject"),
            ("", "subject"),
        ] {
            let error = Manifest::parse(&format!("[gen.replace]\n\"{key}\" = \"crate::X\"\n")).unwrap_err();
            assert!(error.message.contains(expected), "{key}: {error}");
            assert_eq!(error.position.unwrap().line, 2, "{key}: {error}");
        }
    }
}
