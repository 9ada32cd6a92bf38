//! Which schemas are *real*: they assert something.

use evschema_model::Draft;
use serde_json::Value;

/// Returns whether a schema asserts something: not `true`, `false`, `{}`, `{"not": {}}` or annotations
/// only. `format` alone and any reference count.
pub(super) fn is_real(schema: &Value, draft: Draft) -> bool {
    let Value::Object(members) = schema else { return false };
    let mut asserting = members.iter().filter(|(keyword, value)| is_assertion(keyword, value, draft));
    match (asserting.next(), asserting.next()) {
        (None, _) => false,
        (Some((keyword, value)), None) if keyword == "not" => !accepts_all(value),
        (Some(_), _) => true,
    }
}

/// Returns whether a schema is `false` or `{"not": {}}`, annotations left aside.
pub(in crate::oracle) fn refuses_all(schema: &Value, draft: Draft) -> bool {
    match schema {
        Value::Bool(accepts) => !accepts,
        Value::Object(members) => {
            members.get("not").is_some_and(accepts_all) && !is_real(schema, draft)
        }
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => false,
    }
}

fn accepts_all(schema: &Value) -> bool {
    schema == &Value::Bool(true) || schema.as_object().is_some_and(serde_json::Map::is_empty)
}

fn is_assertion(keyword: &str, value: &Value, draft: Draft) -> bool {
    match keyword {
        "properties" | "patternProperties" => value.as_object().is_some_and(|all| !all.is_empty()),
        "$ref" | "type" | "enum" | "multipleOf" | "minimum" | "maximum" | "exclusiveMinimum"
        | "exclusiveMaximum" | "minLength" | "maxLength" | "pattern" | "format" | "items" | "minItems"
        | "maxItems" | "uniqueItems" | "required" | "additionalProperties" | "minProperties"
        | "maxProperties" | "allOf" | "anyOf" | "oneOf" | "not" => true,
        "additionalItems" => draft < Draft::Draft202012,
        "dependencies" => draft < Draft::Draft201909,
        "const" | "contains" | "propertyNames" => Draft::Draft6 <= draft,
        "if" => Draft::Draft7 <= draft,
        "dependentRequired" | "dependentSchemas" | "unevaluatedProperties" | "unevaluatedItems"
        | "minContains" | "maxContains" => Draft::Draft201909 <= draft,
        "$recursiveRef" => draft == Draft::Draft201909,
        "$dynamicRef" | "prefixItems" => draft == Draft::Draft202012,
        _ => false,
    }
}
