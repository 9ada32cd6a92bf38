use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Code, Diagnostic, Diagnostics, Pointer, Resolved};

/// Whether `format` refuses values, everywhere alike: validator, check, generated code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Formats {
    /// The formats of the specification refuse what does not match; unknown ones annotate.
    #[default]
    Assert,
    /// Formats refuse nothing.
    Annotate,
}

/// One reason why an event is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Where in the event.
    pub pointer: Pointer,
    /// Where in the schema, as the path of keywords taken.
    pub schema_pointer: Pointer,
    /// The keyword that refuses.
    pub keyword: String,
    /// What is wrong, for people; quotes at most [`Violation::EXCERPT_CHARS_MAX`] of the event.
    pub message: String,
}

impl Violation {
    /// Most characters of an event that a message repeats.
    pub const EXCERPT_CHARS_MAX: usize = 80;
}

/// A compiled schema.
#[derive(Debug)]
pub struct Validator {
    compiled: jsonschema::Validator,
}

impl Validator {
    pub(crate) fn compile(resolved: &Resolved, formats: Formats) -> Result<Self, Diagnostics> {
        let schema = resolved.schema();
        let options = jsonschema::options()
            .with_draft(schema.draft().to_library())
            .with_base_uri(schema.base_uri())
            .should_validate_formats(formats == Formats::Assert)
            .offline();
        let compiled = if schema.is_plain() {
            // The library finds its way in it without a registry of ours.
            options.build(schema.value())
        } else {
            options.with_registry(&resolved.registry()?).build(schema.value())
        };
        let compiled = compiled.map_err(|error| {
            let pointer = Pointer::from_text(error.instance_path().to_string());
            let code = if error.kind().keyword() == "format" || error.kind().keyword() == "pattern" {
                Code::InvalidPattern
            } else {
                Code::NotASchema
            };
            let position = schema.document().closest_position(&pointer);
            let diagnostic = Diagnostic::new(code, short(&error)).at(pointer).position(position);
            vec![diagnostic.help("mend the schema at this place")]
        })?;
        Ok(Self { compiled })
    }

    /// Tells whether an event is accepted.
    pub fn is_valid(&self, event: &Value) -> bool {
        self.compiled.is_valid(event)
    }

    /// Returns every reason why an event is refused; empty when it is accepted.
    pub fn violations(&self, event: &Value) -> Vec<Violation> {
        self.compiled
            .iter_errors(event)
            .map(|error| Violation {
                pointer: Pointer::from_text(error.instance_path().to_string()),
                schema_pointer: Pointer::from_text(error.schema_path().to_string()),
                keyword: error.kind().keyword().to_owned(),
                message: short(&error),
            })
            .collect()
    }
}

/// Returns the validator's message with long values cut, so that an event is not echoed whole.
pub(crate) fn short(error: &jsonschema::ValidationError<'_>) -> String {
    let value = error.instance().to_string();
    let said = if value.chars().count() <= Violation::EXCERPT_CHARS_MAX {
        error.to_string()
    } else {
        let start: String = value.chars().take(Violation::EXCERPT_CHARS_MAX).collect();
        error.masked_with(format!("{start}…")).to_string()
    };
    said.replace('\n', " ")
}
