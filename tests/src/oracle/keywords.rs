//! The keywords of the drafts, and simple properties of schemas.

use evschema_model::Draft;
use serde_json::{Map, Value};

/// Keywords that assert something about a value without a subschema.
pub(super) const ASSERTIONS: [&str; 21] = [
    "type",
    "enum",
    "const",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "required",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
];

/// Keywords that apply subschemas or relate members.
const APPLICATORS: [&str; 25] = [
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependencies",
    "dependentSchemas",
    "dependentRequired",
    "properties",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "items",
    "prefixItems",
    "additionalItems",
    "unevaluatedItems",
    "contains",
    "minContains",
    "maxContains",
];

/// Returns whether a draft has a keyword. In a draft without the keyword, it is an annotation.
pub(super) fn has(draft: Draft, keyword: &str) -> bool {
    match keyword {
        "const" | "contains" | "propertyNames" => Draft::Draft6 <= draft,
        "if" | "then" | "else" => Draft::Draft7 <= draft,
        "dependentSchemas"
        | "dependentRequired"
        | "unevaluatedProperties"
        | "unevaluatedItems"
        | "minContains"
        | "maxContains" => Draft::Draft201909 <= draft,
        "$dynamicRef" | "prefixItems" => draft == Draft::Draft202012,
        "$recursiveRef" => draft == Draft::Draft201909,
        "additionalItems" => draft <= Draft::Draft201909,
        "dependencies" => draft <= Draft::Draft7,
        "contentEncoding" | "contentMediaType" => matches!(draft, Draft::Draft6 | Draft::Draft7),
        "contentSchema" => false,
        _ => true,
    }
}

/// Returns whether a schema is real, which means that it describes values. A real schema has more than annotations, and
/// is not `true`, `false` or `{"not": {}}`.
pub(super) fn is_real(schema: &Value, draft: Draft) -> bool {
    let Value::Object(members) = schema else { return false };
    let mut spoken = ASSERTIONS
        .iter()
        .chain(&APPLICATORS)
        .filter(|keyword| members.contains_key(**keyword) && has(draft, keyword));
    match (spoken.next(), spoken.next()) {
        (None, _) => false,
        (Some(&"not"), None) => !is_nothing(members),
        (Some(_), _) => true,
    }
}

/// Returns whether a schema is `{"not": {}}`, possibly with annotations.
fn is_nothing(members: &Map<String, Value>) -> bool {
    members.get("not").is_some_and(|negated| negated.as_object().is_some_and(Map::is_empty))
}

/// Returns whether a schema obviously rejects every value: `false` or `{"not": {}}`.
pub(super) fn closes(schema: &Value) -> bool {
    match schema {
        Value::Bool(accepts) => !accepts,
        Value::Object(members) => members.len() == 1 && is_nothing(members),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => false,
    }
}

/// Returns whether a pattern obviously matches every name.
pub(super) fn is_catch_all(pattern: &str) -> bool {
    let rest = pattern.strip_prefix('^').unwrap_or(pattern);
    let rest = rest.strip_suffix('$').unwrap_or(rest);
    let rest = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(rest);
    matches!(rest, "" | ".*" | ".+" | "[\\s\\S]*" | "[\\s\\S]+") && pattern != "^$"
}
