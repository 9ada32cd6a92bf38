//! Which schemas say something, for content models.
//!
//! A content model takes `{"additionalProperties": true}` for the same as no such keyword, so the schemas that
//! say nothing are recognised as they are written, before references are followed.

use evschema_model::Draft;
use serde_json::Value;

/// Keywords that a draft and all later ones have, by the first draft.
const KEYWORDS: &[(Draft, &[&str])] = &[
    (
        Draft::Draft4,
        &[
            "$ref",
            "additionalProperties",
            "allOf",
            "anyOf",
            "enum",
            "exclusiveMaximum",
            "exclusiveMinimum",
            "format",
            "items",
            "maxItems",
            "maxLength",
            "maxProperties",
            "maximum",
            "minItems",
            "minLength",
            "minProperties",
            "minimum",
            "multipleOf",
            "not",
            "oneOf",
            "pattern",
            "patternProperties",
            "properties",
            "required",
            "type",
            "uniqueItems",
        ],
    ),
    (Draft::Draft6, &["const", "contains", "propertyNames"]),
    (Draft::Draft7, &["else", "if", "then"]),
    (
        Draft::Draft201909,
        &[
            "dependentRequired",
            "dependentSchemas",
            "maxContains",
            "minContains",
            "unevaluatedItems",
            "unevaluatedProperties",
        ],
    ),
    (Draft::Draft202012, &["$dynamicRef", "prefixItems"]),
];

/// Returns whether a schema says more than `true`, `false` or an annotation.
pub(super) fn is_real(schema: &Value, draft: Draft) -> bool {
    let Value::Object(members) = schema else { return false };
    let mut keywords = members.iter().filter(|(name, _)| is_keyword(name, draft));
    match (keywords.next(), keywords.next()) {
        (None, _) => false,
        // `{"not": {}}` is `false`.
        (Some((name, not)), None) if name == "not" => not.as_object().is_none_or(|not| !not.is_empty()),
        (Some(_), _) => true,
    }
}

/// Returns whether a name is a keyword of a draft that may refuse something.
fn is_keyword(name: &str, draft: Draft) -> bool {
    let is_later = KEYWORDS.iter().any(|(first, names)| *first <= draft && names.contains(&name));
    is_later
        || match name {
            "additionalItems" => draft < Draft::Draft202012,
            "contentEncoding" | "contentMediaType" => matches!(draft, Draft::Draft6 | Draft::Draft7),
            "dependencies" => draft < Draft::Draft201909,
            "$recursiveRef" => draft == Draft::Draft201909,
            _ => false,
        }
}

/// Returns whether a pattern is one of those that people write for any name.
pub(super) fn matches_every_name(pattern: &str) -> bool {
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let inner = inner.strip_suffix('$').unwrap_or(inner);
    let inner = inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(inner);
    matches!(inner, "" | ".*" | ".+" | ".*?" | ".+?" | r"[\s\S]*" | r"[\s\S]+")
}
