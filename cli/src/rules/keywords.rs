//! Rules about events: the keywords that reject an event.

use evschema_compat::Rule;

/// Defines a rule for each keyword, with its summary.
macro_rules! keywords {
    ($($keyword:literal $summary:literal;)*) => {
        /// A rule for each keyword that the validator reports.
        pub(super) const RULES: &[Rule] = &[$(super::rule::rule(
            $keyword,
            $summary,
            "the event does not meet this keyword of its schema",
            "correct the event, or register a version that accepts the event",
        )),*];
    };
}

keywords! {
    "$ref" "the target of a reference does not exist";
    "additionalItems" "the array has more items than the schema lists";
    "additionalProperties" "the object has a property that the schema does not allow";
    "anyOf" "the value matches no branch of `anyOf`";
    "const" "the value differs from the only allowed value";
    "contains" "the array has too few or too many items that match";
    "contentEncoding" "the string does not have the required encoding";
    "contentMediaType" "the string does not have the required media type";
    "enum" "the value is not in the list of allowed values";
    "exclusiveMaximum" "the number is not below the bound";
    "exclusiveMinimum" "the number is not above the bound";
    "falseSchema" "the schema is `false`, so it rejects every value here";
    "format" "the string does not have the format";
    "maxItems" "the array has too many items";
    "maxLength" "the string is too long";
    "maxProperties" "the object has too many properties";
    "maximum" "the number is too large";
    "minItems" "the array has too few items";
    "minLength" "the string is too short";
    "minProperties" "the object has too few properties";
    "minimum" "the number is too small";
    "multipleOf" "the number is not a multiple of the required step";
    "not" "the value matches a schema that it must not match";
    "oneOf" "the value matches no branch of `oneOf`, or more than one";
    "pattern" "the string does not match the pattern";
    "propertyNames" "a property has a name that the schema does not allow";
    "required" "the object lacks a required property";
    "type" "the value does not have an allowed type";
    "unevaluatedItems" "the array has an item that no part of the schema allows";
    "unevaluatedProperties" "the object has a property that no part of the schema allows";
    "uniqueItems" "the array has two equal items";
    "unexplained" "the schema rejects the event, but listing all violations would take too long";
}
