//! The values of the keywords of a schema object.

use serde_json::{Map, Value};

/// Declares a field for each keyword.
macro_rules! keywords {
    ($($field:ident: $name:literal,)*) => {
        /// The values of the keywords that can reject a value, by keyword.
        #[derive(Debug, Default)]
        pub(super) struct Written<'v> {
            $(pub(super) $field: Option<&'v Value>,)*
        }

        impl<'v> Written<'v> {
            /// Finds them in one pass over the members. Most schemas have three members, so a lookup of each of the
            /// nearly fifty keywords would take longer.
            pub(super) fn of(members: &'v Map<String, Value>) -> Self {
                let mut written = Self::default();
                for (name, value) in members {
                    match name.as_str() {
                        $($name => written.$field = Some(value),)*
                        _ => {}
                    }
                }
                written
            }
        }
    };
}

keywords! {
    types: "type",
    properties: "properties",
    required: "required",
    values: "enum",
    constant: "const",
    format: "format",
    pattern: "pattern",
    min_length: "minLength",
    max_length: "maxLength",
    content_encoding: "contentEncoding",
    content_media_type: "contentMediaType",
    minimum: "minimum",
    maximum: "maximum",
    exclusive_minimum: "exclusiveMinimum",
    exclusive_maximum: "exclusiveMaximum",
    multiple_of: "multipleOf",
    items: "items",
    prefix_items: "prefixItems",
    additional_items: "additionalItems",
    unevaluated_items: "unevaluatedItems",
    min_items: "minItems",
    max_items: "maxItems",
    unique_items: "uniqueItems",
    contains: "contains",
    min_contains: "minContains",
    max_contains: "maxContains",
    additional_properties: "additionalProperties",
    pattern_properties: "patternProperties",
    property_names: "propertyNames",
    min_properties: "minProperties",
    max_properties: "maxProperties",
    dependencies: "dependencies",
    dependent_required: "dependentRequired",
    dependent_schemas: "dependentSchemas",
    unevaluated_properties: "unevaluatedProperties",
    reference: "$ref",
    dynamic_reference: "$dynamicRef",
    recursive_reference: "$recursiveRef",
    all_of: "allOf",
    any_of: "anyOf",
    one_of: "oneOf",
    not: "not",
    test: "if",
    then: "then",
    otherwise: "else",
}
