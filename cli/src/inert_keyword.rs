//! Keywords that have no effect in the draft of their schema.

use evschema_compat::Severity;
use evschema_model::{Pointer, Schema};
use serde_json::Value;

use crate::finding::{Finding, Place};

/// Returns a warning for each `dependencies` in a draft in which it is no keyword.
pub(crate) fn findings(schema: &Schema, file: &str) -> Vec<Finding> {
    schema.ignored_dependencies().iter().map(|pointer| finding(schema, pointer, file)).collect()
}

fn finding(schema: &Schema, pointer: &Pointer, file: &str) -> Finding {
    let message = format!("`dependencies` has no effect in draft {}", schema.draft());
    let place = Place {
        at: None,
        file: file.to_owned(),
        text: Some(schema.document().text().into()),
        first_line: 1,
        pointer: pointer.clone(),
        position: schema.document().closest_position(pointer),
    };
    let mut finding = Finding::error("keyword-without-effect", message, place).help(help(schema, pointer));
    finding.severity = Severity::Warning;
    finding
}

/// Names the keywords of this draft that do the same: lists of names have one, schemas another.
fn help(schema: &Schema, pointer: &Pointer) -> String {
    let values: Vec<&Value> = pointer
        .find(schema.value())
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|map| map.values())
        .collect();
    let keyword = if values.iter().all(|value| value.is_array()) {
        "`dependentRequired`"
    } else if values.iter().any(|value| value.is_array()) {
        "`dependentRequired` for lists of names, and `dependentSchemas` for schemas"
    } else {
        "`dependentSchemas`"
    };
    format!("use {keyword}; `dependencies` is a keyword up to draft-07 only")
}
