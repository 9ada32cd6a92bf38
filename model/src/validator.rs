use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::steps::Steps;
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
    resolved: Resolved,
    /// Counted when the first event asks for it.
    steps: OnceLock<Option<Steps>>,
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
        Ok(Self { compiled, resolved: resolved.clone(), steps: OnceLock::new() })
    }

    /// Tells whether an event is decided within [`crate::limits::VALIDATION_STEPS_MAX`] steps.
    ///
    /// Schemas that refer to themselves twice can ask for more steps than anybody has time for; who
    /// takes schemas or events from others asks this first.
    pub fn can_decide(&self, event: &Value) -> bool {
        /// References, each as often as the event is deep, that need no count: `n` of them make at
        /// most e^(n/e) ways, as many in a row as beside each other.
        const FEW: usize = 36;
        let documents = self.resolved.documents().into_iter().chain([self.resolved.schema()]);
        let references: usize = documents.map(|document| document.references().len()).sum();
        if references.saturating_mul(1 + depth_of(event)) <= FEW {
            return true;
        }
        let steps = self.steps.get_or_init(|| Steps::of(&self.resolved));
        steps.as_ref().is_none_or(|steps| steps.allow(event))
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

fn depth_of(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(depth_of).max().unwrap_or(0),
        Value::Array(items) => 1 + items.iter().map(depth_of).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
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
